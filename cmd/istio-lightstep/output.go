package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// resultFormats are those of a command that prints one result. The fields of
// json and yaml are in docs/command.md, and stay.
var resultFormats = []string{"text", "json", "yaml"}

// registerFormat registers -o, which takes one of some formats.
func registerFormat(command *cobra.Command, format *string, formats []string) {
	command.Flags().StringVarP(format, "output", "o", formats[0], "`format`: "+strings.Join(formats, ", "))
	_ = command.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
}

// printed is a result: its text for people, and what it is for programs.
type printed struct {
	text   string
	result any
}

// printResult prints what make gives, in one of resultFormats.
func (s *streams) printResult(format string, make func() (printed, error)) error {
	if err := knownFormat(format); err != nil {
		return err
	}
	p, err := make()
	if err != nil {
		return err
	}
	return s.writeFormat(format, p.result, func() error {
		_, err := s.out.WriteString(p.text)
		return err
	})
}

// knownFormat refuses what is none of resultFormats.
func knownFormat(format string) error {
	if !slices.Contains(resultFormats, format) {
		return fmt.Errorf("unknown output format %q: use one of %s", terminal.Safe(format), strings.Join(resultFormats, ", "))
	}
	return nil
}

// writeFormat writes a result in one of resultFormats, of which text has its own
// way.
func (s *streams) writeFormat(format string, result any, text func() error) error {
	switch format {
	case "json":
		return terminal.WriteJSON(s.out, result)
	case "yaml":
		data, err := yaml.Marshal(result)
		if err != nil {
			return err
		}
		// A text of several lines is one there too, and could begin one with a command.
		_, err = s.out.WriteString(terminal.SafeLines(string(data)))
		return err
	}
	return text()
}

// flagsOf are flags that have a meaning only with another.
type flagsOf struct {
	flag  string
	names []string
}

// register has their usages say so.
func (f flagsOf) register(flags *pflag.FlagSet) {
	for _, name := range f.names {
		flags.Lookup(name).Usage = "with --" + f.flag + ": " + flags.Lookup(name).Usage
	}
}

// check refuses them where the other is not given.
func (f flagsOf) check(flags *pflag.FlagSet, given bool) error {
	for _, name := range f.names {
		if flags.Changed(name) && !given {
			return fmt.Errorf("--%s goes with --%s", name, f.flag)
		}
	}
	return nil
}

// completed gives a flag's values to the shell.
func completed(values func() ([]string, error)) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		all, err := values()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

// istioVersions are the minors of Istio that are known, and the patches that
// changed something.
func istioVersions() ([]string, error) {
	table, err := dialect.Load()
	if err != nil {
		return nil, err
	}
	var versions []string
	for _, row := range table.Rows() {
		versions = append(versions, row.Minor)
		if from := row.From.String(); from != row.Minor+".0" {
			versions = append(versions, from)
		}
	}
	return slices.Compact(versions), nil
}

func newVersions(s *streams) *cobra.Command {
	var format string
	command := &cobra.Command{
		Use:  "versions",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			return s.printResult(format, func() (printed, error) {
				renderer, err := render.New()
				if err != nil {
					return printed{}, err
				}
				dialects := renderer.Dialects()
				return printed{s.dialects(dialects), map[string]any{"versions": dialects}}, nil
			})
		},
	}
	registerFormat(command, &format, resultFormats)
	return command
}

// dialects is a table: aligned on a terminal, parted by tabs in a pipe.
func (s *streams) dialects(dialects []render.Dialect) string {
	rows := [][]string{{"ISTIO", "FROM", "AUTO", "DELIVERIES", "OUTPUTS"}}
	for _, d := range dialects {
		rows = append(rows, []string{d.Minor, d.From, d.Auto, strings.Join(d.Deliveries, ","), strings.Join(d.Outputs, ",")})
	}
	var text strings.Builder
	for _, row := range rows {
		text.WriteString(strings.Join(row, "\t") + "\n")
	}
	if !s.wide {
		return text.String()
	}
	var aligned strings.Builder
	table := tabwriter.NewWriter(&aligned, 0, 0, 2, ' ', 0)
	_, _ = table.Write([]byte(text.String()))
	_ = table.Flush()
	return aligned.String()
}

// versionResult is what version prints.
type versionResult struct {
	Version  string `json:"version"`   // of this program
	Go       string `json:"goVersion"` // that it is built with
	Platform string `json:"platform"`  // such as linux/amd64
	Istio    string `json:"istio"`     // versions that are supported
}

func newVersion(s *streams) *cobra.Command {
	var format string
	command := &cobra.Command{
		Use:  "version",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			return s.printResult(format, func() (printed, error) {
				v := versionResult{version(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, istioRange()}
				return printed{"Version: " + v.Version + "\nGo: " + v.Go + "\nPlatform: " + v.Platform + "\nIstio: " + v.Istio + "\n", v}, nil
			})
		},
	}
	registerFormat(command, &format, resultFormats)
	return command
}
