package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
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
	if !slices.Contains(resultFormats, format) {
		return fmt.Errorf("unknown output format %q: use one of %s", terminal.Safe(format), strings.Join(resultFormats, ", "))
	}
	p, err := make()
	if err != nil {
		return err
	}
	text := []byte(p.text)
	switch format {
	case "json":
		return terminal.WriteJSON(s.out, p.result)
	case "yaml":
		if text, err = yaml.Marshal(p.result); err != nil {
			return err
		}
	}
	_, err = s.out.Write(text)
	return err
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
