package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/fileset"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

func newRender(s *streams) *cobra.Command {
	job := &renderJob{streams: s, input: new(input)}
	command := &cobra.Command{
		Use: "render [--each FILE…]",
		RunE: func(command *cobra.Command, args []string) error {
			if err := job.separately.arguments(command, args, &job.files); err != nil {
				return err
			}
			return job.run(command.Context())
		},
	}
	job.register(command)
	job.registerPrevious(command)
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
	if err := j.checkStdin(j.mine, j.previous); err != nil {
		return err
	}
	renderer, err := j.input.renderer(j.in)
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

// tell tells the problems of a target, and gives what was rendered but for
// what was not asked for. Errors among the problems are errRefused.
func (j *renderJob) tell(name string, result *render.Result, err error) (*render.Result, error) {
	var refused *render.ProblemsError
	switch {
	case errors.As(err, &refused):
		return nil, j.refuse(name, refused.Problems)
	case err != nil:
		return nil, err
	case !j.hooks:
		result = result.WithoutHooks()
	}
	return result, j.warn(name, result.Warnings)
}

// warn tells warnings, of one target among many with its name.
func (j *renderJob) warn(name string, problems []problem.Problem) error {
	if j.separately.set && len(problems) > 0 {
		return j.writeTarget(name, problems)
	}
	return report.WriteText(j.err, problems, j.reportOptions()...)
}

// render renders the files together.
func (j *renderJob) render(ctx context.Context) (*render.Values, *render.Result, error) {
	values, err := j.values(j.in)
	if err != nil {
		return nil, nil, err
	}
	result, err := j.renderer.Render(ctx, values)
	result, err = j.tell(targetName(j.files...), result, err)
	return values, result, err
}

func (j *renderJob) one(ctx context.Context) error {
	_, result, err := j.render(ctx)
	if err != nil {
		return err
	}
	if j.dir != "" {
		return j.write(ctx, result)
	}
	_, err = j.out.Write(result.YAML())
	return err
}

// into merges what is rendered into the user's own document, and prints that
// where the rules find no error in it, such as a second tracer of the user's.
func (j *renderJob) into(ctx context.Context) error {
	called, mine, err := readDocument(j.in, j.mine)
	if err != nil {
		return fmt.Errorf("read the control-plane document: %w", err)
	}
	values, result, err := j.render(ctx)
	if err != nil {
		return err
	}
	merged, warnings, err := j.renderer.Merge(ctx, values, result, called, mine)
	var refused *render.ProblemsError
	switch {
	case errors.As(err, &refused):
		return j.refuse(called, refused.Problems)
	case err != nil:
		return fmt.Errorf("--into takes one control-plane document, such as that of --set output=istioOperator: %w", err)
	}
	if err := j.warn(called, warnings); err != nil {
		return err
	}
	_, err = j.out.Write(merged)
	return err
}

// each renders every file as a target of its own. Those with errors are told
// and left out.
func (j *renderJob) each(ctx context.Context) error {
	var status outcome
	for target, rendered := range render.Each(ctx, j.targets(j.in, j.separately), j.renderer.Render) {
		result, err := j.tell(target.Name, rendered.Value, rendered.Err)
		if err != nil {
			status.settle(j.streams, target.Name, err)
			continue
		}
		_, err = fmt.Fprintf(j.out, "---\n# target: %s\n%s", terminal.Safe(target.Name), bytes.TrimPrefix(result.YAML(), []byte("---\n")))
		if err != nil {
			return err
		}
	}
	return status.err()
}

// write writes every object to a file of its own in the folder, and prints the
// names: all of them, or none. Files of a former run are replaced, and nobody
// else's. A folder that holds further manifests is refused: `kubectl apply -f`
// would apply those too.
func (j *renderJob) write(ctx context.Context, result *render.Result) error {
	files, err := result.Files()
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(files))
	if err := writeFolder(ctx, j.dir, names, files); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := fmt.Fprintf(j.out, "wrote %s\n", terminal.Safe(filepath.Join(j.dir, name))); err != nil {
			return err
		}
	}
	return nil
}

// writeFolder writes the files to the folder.
func writeFolder(ctx context.Context, dir string, names []string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	folder, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	former, err := replaceable(folder, names)
	if err = errors.Join(onlyOurs(folder, names), err); err == nil {
		// What is half written holds the token: a signal ends the writing first, and then the program.
		held, release := holdSignals(ctx)
		defer release()
		err = fileset.Write(held, folder, privately(names, files), former)
	}
	return errors.Join(err, folder.Close())
}

// onlyOurs refuses a folder with manifests that are not among the names, such as
// objects of a former run that the values no longer make.
func onlyOurs(folder *os.Root, names []string) error {
	entries, err := fs.ReadDir(folder.FS(), ".")
	if err != nil {
		return err
	}
	var others []string
	for _, entry := range entries {
		manifest := slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(entry.Name()))
		if manifest && !entry.IsDir() && !slices.Contains(names, entry.Name()) {
			others = append(others, terminal.Safe(entry.Name()))
		}
	}
	if len(others) == 0 {
		return nil
	}
	return fmt.Errorf("%s holds %s, which this run does not write: give an empty folder, or remove them",
		folder.Name(), strings.Join(others, ", "))
}

// renderedBy begins each document of the chart's.
var renderedBy = []byte("---\n# Source: istio-lightstep/templates/")

// privately gives the files to write, for this user alone, as they may hold the
// access token.
func privately(names []string, texts map[string][]byte) []fileset.File {
	var files []fileset.File
	for _, name := range names {
		files = append(files, fileset.File{Name: name, Data: texts[name], Mode: 0o600})
	}
	return files
}

// replaceable gives the names that a former run has written. It refuses to
// replace anything else: what is no file, such as a link to elsewhere, a file
// that may not be written, and one of the user's.
func replaceable(folder *os.Root, names []string) (former []string, err error) {
	for _, name := range names {
		called := terminal.Safe(filepath.Join(folder.Name(), name))
		switch info, err := folder.Lstat(name); {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular():
			return nil, fmt.Errorf("%s is not a regular file", called)
		case info.Mode().Perm()&0o200 == 0:
			return nil, fmt.Errorf("%s is read-only: give an empty folder, or remove the file", called)
		}
		file, err := folder.Open(name)
		if err != nil {
			return nil, err
		}
		begins, err := io.ReadAll(io.LimitReader(file, int64(len(renderedBy))))
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		if !bytes.Equal(begins, renderedBy) {
			return nil, fmt.Errorf("%s was not written by this command: give an empty folder, or remove the file", called)
		}
		former = append(former, name)
	}
	return former, nil
}
