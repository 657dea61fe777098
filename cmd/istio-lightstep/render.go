package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

func newRender(s *streams) *cobra.Command {
	job := &renderJob{streams: s, input: new(input)}
	command := &cobra.Command{
		Use:   "render [--each FILE…]",
		Short: "Print the manifests for the given values",
		Long: "Prints the same as `helm template --no-hooks` for the same values: the objects to apply or, with\n" +
			"--set output=…, one control-plane document. The hooks are the pod of `helm test` and the Job that\n" +
			"runs before an uninstall.",
		Example: "  istio-lightstep render -f values.yaml --set istio.version=1.26.2\n" +
			"  istio-lightstep render -f values.yaml --output-dir objects\n" +
			"  istio-lightstep render -f values.yaml --set output=istioOperator --into mine.yaml\n" +
			"  istio-lightstep render --each meshes/*.yaml",
		RunE: func(command *cobra.Command, args []string) error {
			if err := job.separately.files(command, args, &job.files); err != nil {
				return err
			}
			return job.run(command.Context())
		},
	}
	job.register(command)
	job.separately.register(command)
	flags := command.Flags()
	flags.StringVar(&job.mine, "into", "", "merge our control-plane document into your own `file` and print that")
	flags.BoolVar(&job.hooks, "hooks", false, "also print Helm's hooks, which are not for kubectl apply")
	flags.StringVar(&job.dir, "output-dir", "", "write each object to a separate file in this `folder`, and print the file names")
	_ = command.MarkFlagFilename("into", "yaml", "yml")
	_ = command.MarkFlagDirname("output-dir")
	return command
}

// renderJob renders the values that the flags name.
type renderJob struct {
	*streams
	*input
	separately eachFlag
	hooks      bool
	mine, dir  string // --into and --output-dir
	renderer   *render.Renderer
}

func (j *renderJob) run(ctx context.Context) error {
	given := 0
	for _, is := range []bool{j.separately.set, j.mine != "", j.dir != ""} {
		if is {
			given++
		}
	}
	if given > 1 {
		return errors.New("--each, --into and --output-dir exclude each other")
	}
	if err := j.checkStdin(j.mine); err != nil {
		return err
	}
	renderer, err := j.input.renderer()
	if err != nil {
		return err
	}
	j.renderer = renderer
	switch {
	case j.separately.set:
		return j.each(ctx)
	case j.mine != "":
		return j.into(ctx)
	default:
		return j.one(ctx)
	}
}

// rendered is what came of one target.
type rendered struct {
	values   *render.Values
	result   *render.Result
	problems []problem.Problem // errors where there is no result, else warnings
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
	if !j.hooks {
		result = result.WithoutHooks()
	}
	return rendered{values: values, result: result, problems: result.Warnings}
}

// tell tells the problems of a target, and refuses it where they are errors.
func (j *renderJob) tell(name string, r rendered) error {
	if r.err != nil {
		return r.err
	}
	if problem.HasErrors(r.problems) {
		return j.refuse(name, r.problems)
	}
	if j.separately.set && len(r.problems) > 0 {
		return j.target(name, r.problems)
	}
	return report.WriteText(j.err, r.problems, j.reportOptions()...)
}

func (j *renderJob) one(ctx context.Context) error {
	r := j.render(ctx, j.files...)
	if err := j.tell(targetName(j.files...), r); err != nil {
		return err
	}
	if j.dir != "" {
		return j.write(ctx, r.result)
	}
	_, err := j.out.Write(r.result.YAML())
	return err
}

// into merges what is rendered into the user's own document, and prints that
// where the rules find no error in it, such as a second tracer of the user's.
func (j *renderJob) into(ctx context.Context) error {
	called, mine, err := readDocument(j.in, j.mine)
	if err != nil {
		return fmt.Errorf("read the control-plane document: %w", err)
	}
	r := j.render(ctx, j.files...)
	if err := j.tell(targetName(j.files...), r); err != nil {
		return err
	}
	merged, problems, err := j.renderer.Merge(ctx, r.values, r.result.YAML(), called, mine)
	var refused *render.ProblemsError
	switch {
	case errors.As(err, &refused):
		return j.refuse(called, refused.Problems)
	case err != nil:
		return fmt.Errorf("--into takes one control-plane document, such as that of --set output=istioOperator: %w", err)
	}
	if err := j.tell(called, rendered{problems: problems}); err != nil {
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
			_, err = fmt.Fprintf(j.out, "---\n# target: %s\n%s", terminal.Safe(name), bytes.TrimPrefix(r.result.YAML(), []byte("---\n")))
			return err
		})
	return errors.Join(err, status.err())
}
