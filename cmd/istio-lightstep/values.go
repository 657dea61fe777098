package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// stdinName is what problems call values from standard input.
const stdinName = "stdin"

// input is the flags that say which values, and for which release.
type input struct {
	files                                     []string
	set, setString, setJSON, setFile, literal []string
	release, namespace, kubeVersion           string
	previous                                  string // of check and render alone
}

func (i *input) register(command *cobra.Command) {
	i.registerValues(command)
	flags := command.Flags()
	flags.StringVar(&i.release, "release", "istio-lightstep", "`name` of the release")
	flags.StringVarP(&i.namespace, "namespace", "n", "istio-system", "`namespace` of the release")
	flags.StringVar(&i.kubeVersion, "kube-version", "", "Kubernetes `version` to render for")
}

// registerPrevious adds --previous, for the commands that refuse values.
func (i *input) registerPrevious(command *cobra.Command) {
	command.Flags().StringVar(&i.previous, "previous", "",
		"`file` with the values, or the manifests, that are installed now: refuse to leave spans in their queues")
	_ = command.MarkFlagFilename("previous", "yaml", "yml", "json")
}

func (i *input) registerValues(command *cobra.Command) {
	flags := command.Flags()
	flags.StringSliceVarP(&i.files, "values", "f", nil, "values `file`, or - for standard input (repeatable; later ones win)")
	flags.StringArrayVar(&i.set, "set", nil, "set values: `key=value[,...]` (repeatable)")
	flags.StringArrayVar(&i.setString, "set-string", nil, "set values as strings: `key=value[,...]` (repeatable)")
	flags.StringArrayVar(&i.setJSON, "set-json", nil, "set JSON values: `key=json` (repeatable)")
	flags.StringArrayVar(&i.setFile, "set-file", nil, "set values from files: `key=path[,...]` (repeatable)")
	flags.StringArrayVar(&i.literal, "set-literal", nil, "set a literal string: `key=value` (repeatable)")
	_ = command.MarkFlagFilename("values", "yaml", "yml", "json")
}

// renderer makes the renderer for the release.
func (i *input) renderer(in io.Reader) (*render.Renderer, error) {
	options := []render.Option{render.WithRelease(i.release, i.namespace)}
	if i.previous != "" {
		name, data, err := readDocument(in, i.previous)
		if err != nil {
			return nil, fmt.Errorf("read --previous: %w", err)
		}
		options = append(options, render.WithPrevious(name, data))
	}
	if i.kubeVersion != "" {
		options = append(options, render.WithKubeVersion(i.kubeVersion))
	}
	return render.New(options...)
}

// checkStdin refuses standard input asked for twice; others are files read
// besides the values.
func (i *input) checkStdin(others ...string) error {
	asked := 0
	for _, name := range append(others, i.files...) {
		if name == "-" {
			asked++
		}
	}
	if asked > 1 {
		return errors.New("standard input (-) can be read once only")
	}
	return nil
}

// values reads the files, and what the --set flags add to them.
func (i *input) values(in io.Reader) (*render.Values, error) {
	return render.ReadValues(i.target(in, i.files...).Sources...)
}

// targets are the files together, or each for itself.
func (i *input) targets(in io.Reader, each eachFlag) []render.Target {
	if !each.set {
		return []render.Target{i.target(in, i.files...)}
	}
	targets := make([]render.Target, len(each.files))
	for at, file := range each.files {
		targets[at] = i.target(in, append(slices.Clone(each.under), file)...)
		targets[at].Name = targetName(file)
	}
	return targets
}

// target is some of the files, and what the --set flags add to them.
func (i *input) target(in io.Reader, files ...string) render.Target {
	var sources []render.Source
	for _, name := range files {
		if name == "-" {
			sources = append(sources, render.Reader(stdinName, in))
		} else {
			sources = append(sources, render.File(name))
		}
	}
	for _, flag := range []struct {
		given  []string
		source func(string) render.Source
	}{
		{i.setJSON, render.SetJSON},
		{i.set, render.Set},
		{i.setString, render.SetString},
		{i.setFile, render.SetFile},
		{i.literal, render.SetLiteral},
	} {
		for _, expr := range flag.given {
			sources = append(sources, flag.source(expr))
		}
	}
	return render.Target{Name: targetName(files...), Sources: sources}
}

// targetName names values for people.
func targetName(files ...string) string {
	if len(files) == 0 {
		return "the values"
	}
	names := make([]string, len(files))
	for i, name := range files {
		if names[i] = name; name == "-" {
			names[i] = stdinName
		}
	}
	return strings.Join(names, ", ")
}

// readDocument reads a YAML document of the user's own, such as that of a
// control plane, from a file or, for -, from standard input.
func readDocument(in io.Reader, name string) (called string, data []byte, err error) {
	called = targetName(name)
	if name != "-" {
		data, err = bounded.File(name, bounded.Document)
	} else if data, err = bounded.Read(in, bounded.Document); err != nil {
		err = fmt.Errorf("%s: %w", called, err)
	}
	return called, data, err
}

// eachFlag is --each of a command that takes values files: each of its files is a target,
// over those that are under all.
type eachFlag struct {
	set          bool
	under, files []string
}

func (e *eachFlag) register(command *cobra.Command) {
	command.Flags().BoolVar(&e.set, "each", false,
		"make each argument a target of its own, after the files of -f; without arguments each file of -f; --set* apply to each")
}

// arguments takes those of the command, which --each alone has. In the end, files are all.
func (e *eachFlag) arguments(command *cobra.Command, args []string, files *[]string) error {
	switch {
	case !e.set && len(args) > 0:
		return fmt.Errorf("%s takes no arguments without --each%s", command.CommandPath(), meant(args[0]))
	case !e.set:
		return nil
	case len(args) == 0 && len(*files) == 0:
		return errors.New("--each needs at least one file, as an argument or by -f")
	case len(args) == 0:
		e.files = *files
		return nil
	case slices.Contains(*files, "-"):
		return errors.New("standard input (-) can be read once only, and --each reads the files of -f for each argument")
	}
	e.under, e.files = *files, args
	*files = slices.Concat(e.under, args)
	return nil
}

// outcome is what became of the targets so far.
type outcome struct {
	refused, failed bool
}

// settle notes the error of one target, so that the others go on. Of a failure
// people are told here.
func (o *outcome) settle(s *streams, target string, err error) {
	if errors.Is(err, errRefused) {
		o.refused = true
		return
	}
	o.failed = true
	s.tellFailure(target, err)
}

// err gives the gravest of the targets' errors.
func (o *outcome) err() error {
	switch {
	case o.failed:
		return errFailed
	case o.refused:
		return errRefused
	default:
		return nil
	}
}
