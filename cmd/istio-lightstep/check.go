package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

func newCheck(s *streams) *cobra.Command {
	var in input
	var with string
	var findings findingFlags
	var separately eachFlag
	command := &cobra.Command{
		Use: "check",
		RunE: func(command *cobra.Command, args []string) error {
			if err := separately.arguments(command, args, &in.files); err != nil {
				return err
			}
			if err := in.checkStdin(with, in.previous); err != nil {
				return err
			}
			writer, err := s.reporter(findings.format)
			if err != nil {
				return err
			}
			ignored, err := findings.ignored()
			if err != nil {
				return err
			}
			renderer, err := in.renderer(s.in)
			if err != nil {
				return err
			}
			options := []render.CheckOption{render.At(time.Now())}
			var beside string
			if with != "" {
				name, data, err := readDocument(s.in, with)
				if err != nil {
					return fmt.Errorf("read the control-plane document: %w", err)
				}
				options, beside = append(options, render.WithDocument(name, data)), name
			}
			job := &checkJob{streams: s, input: &in, renderer: renderer, options: options, writer: writer, ignored: ignored, beside: beside}
			return job.run(command.Context(), in.targets(s.in, separately))
		},
	}
	in.register(command)
	in.registerPrevious(command)
	findings.register(command, ignore.OfValues, report.Formats())
	command.Flags().StringVar(&with, "with", "", "also check this `file`: your control-plane document, Telemetries and other objects of Istio")
	separately.register(command)
	_ = command.MarkFlagFilename("with", "yaml", "yml")
	return command
}

// reporter gives the writer of a format: text is for people, the others are
// the result.
func (s *streams) reporter(format string) (report.Writer, error) {
	w := io.Writer(s.out)
	if format == report.Text {
		w = s.err
	}
	return report.New(format, w, s.reportOptions()...)
}

// checkJob checks the values that the flags name.
type checkJob struct {
	*streams
	*input
	renderer *render.Renderer
	options  []render.CheckOption
	writer   report.Writer
	ignored  ignore.IDs
	beside   string // the control-plane document of --with, if any
}

func (j *checkJob) check(ctx context.Context, values *render.Values) ([]problem.Problem, error) {
	problems, err := j.renderer.Check(ctx, values, j.options...)
	ignoreProblems(problems, j.ignored)
	return problems, err
}

// name is that of a target with the document beside it.
func (j *checkJob) name(target render.Target) string {
	switch {
	case j.beside == "":
		return target.Name
	case len(j.files) == 0:
		return j.beside
	default:
		return target.Name + ", " + j.beside
	}
}

func (j *checkJob) run(ctx context.Context, targets []render.Target) error {
	var status outcome
	for target, checked := range render.Each(ctx, targets, j.check) {
		name, err := j.name(target), checked.Err
		switch {
		case err != nil && len(targets) == 1:
			return err
		case err != nil:
			status.settle(j.streams, name, err)
			continue
		}
		status.refused = status.refused || problem.HasErrors(checked.Value)
		if err := j.writer.Target(name, checked.Value); err != nil {
			return err
		}
	}
	return errors.Join(j.writer.Close(), status.err())
}
