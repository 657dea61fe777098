package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

func newRender(s *streams) *cobra.Command {
	var in input
	var into string
	var separately bool
	command := &cobra.Command{
		Use:   "render",
		Short: "Print the manifests for some values",
		Long: "Prints what `helm template` prints for the same values: the objects to apply or, with\n" +
			"--set output=…, one control-plane document.",
		Example: "  istio-lightstep render -f values.yaml --set istio.version=1.26.2\n" +
			"  istio-lightstep render -f values.yaml --set output=istioOperator --into mine.yaml",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			switch {
			case separately && into != "":
				return errors.New("--each and --into exclude each other")
			case separately && len(in.files) == 0:
				return errEachNeedsFiles
			}
			if err := in.checkStdin(into); err != nil {
				return err
			}
			renderer, err := in.renderer()
			if err != nil {
				return err
			}
			job := &renderJob{streams: s, input: &in, renderer: renderer, separately: separately}
			switch {
			case separately:
				return job.each(command.Context())
			case into != "":
				return job.into(command.Context(), into)
			default:
				return job.one(command.Context())
			}
		},
	}
	in.register(command)
	command.Flags().StringVar(&into, "into", "", "merge our control-plane document into your own `file` and print that")
	command.Flags().BoolVar(&separately, "each", false, "make every -f a target of its own; --set* apply to each")
	_ = command.MarkFlagFilename("into", "yaml", "yml")
	return command
}

// renderJob renders the values that the flags name.
type renderJob struct {
	*streams
	*input
	renderer   *render.Renderer
	separately bool // every file is a target of its own
}

// rendered is what came of one target.
type rendered struct {
	values   *render.Values
	yaml     []byte
	problems []problem.Problem // errors where there is no YAML, else warnings
	err      error
}

func (j *renderJob) render(ctx context.Context, files ...string) rendered {
	values, err := j.values(j.in, files...)
	if err != nil {
		return rendered{err: err}
	}
	result, err := j.renderer.Render(ctx, values)
	var refused *render.ProblemsError
	if errors.As(err, &refused) {
		return rendered{problems: refused.Problems}
	}
	if err != nil {
		return rendered{err: err}
	}
	return rendered{values: values, yaml: result.YAML(), problems: result.Warnings}
}

// tell tells the problems of a target, and refuses it where they are errors.
func (j *renderJob) tell(name string, r rendered) error {
	if r.err != nil {
		return r.err
	}
	if problem.Errors(r.problems) {
		return j.refuse(name, r.problems)
	}
	if j.separately && len(r.problems) > 0 {
		return j.text().Target(name, r.problems)
	}
	return j.text().Problems(r.problems)
}

func (j *renderJob) one(ctx context.Context) error {
	r := j.render(ctx, j.files...)
	if err := j.tell(targetName(j.files...), r); err != nil {
		return err
	}
	_, err := j.out.Write(r.yaml)
	return err
}

// into merges what is rendered into the user's own document, and prints that
// where the rules find no error in it, such as a second tracer of the user's.
func (j *renderJob) into(ctx context.Context, name string) error {
	called, mine, err := readDocument(j.in, name)
	if err != nil {
		return fmt.Errorf("read the control-plane document: %w", err)
	}
	r := j.render(ctx, j.files...)
	if err := j.tell(targetName(j.files...), r); err != nil {
		return err
	}
	merged, err := document.Merge(mine, r.yaml)
	if err != nil {
		return fmt.Errorf("--into takes one control-plane document, such as that of --set output=istioOperator: %w",
			j.refuseDocument(called, err))
	}
	called += " (merged)"
	found, err := j.renderer.Check(ctx, r.values, render.WithDocument(called, merged))
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(p problem.Problem) bool { return !strings.HasPrefix(p.Path, "document.") })
	if err := j.tell(called, rendered{problems: found}); err != nil {
		return err
	}
	_, err = j.out.Write(merged)
	return err
}

// each renders every file as a target of its own. Those with errors are told
// and left out.
func (j *renderJob) each(ctx context.Context) error {
	var status outcome
	err := each(ctx, j.files,
		func(ctx context.Context, file string) rendered { return j.render(ctx, file) },
		func(file string, r rendered) error {
			name := targetName(file)
			err := j.tell(name, r)
			if err != nil {
				return status.settle(j.streams, name, err)
			}
			_, err = fmt.Fprintf(j.out, "---\n# target: %s\n%s", name, bytes.TrimPrefix(r.yaml, []byte("---\n")))
			return err
		})
	return errors.Join(err, status.err())
}
