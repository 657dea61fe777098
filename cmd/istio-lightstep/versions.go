package main

import (
	"errors"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

func newVersions(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:   "versions",
		Short: "List the supported Istio versions and their capabilities",
		Long: "Prints a row for each minor version of Istio, and for each patch version that changed something: the\n" +
			"delivery that `auto` selects, the supported deliveries and the supported outputs.",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			renderer, err := render.New()
			if err != nil {
				return err
			}
			return writeDialects(s, renderer.Dialects())
		},
	}
}

// writeDialects writes a table: aligned on a terminal, parted by tabs in a
// pipe.
func writeDialects(s *streams, dialects []render.Dialect) error {
	rows := [][]string{{"ISTIO", "FROM", "AUTO", "DELIVERIES", "OUTPUTS"}}
	for _, d := range dialects {
		rows = append(rows, []string{d.Minor, d.From, d.Auto, strings.Join(d.Deliveries, ","), strings.Join(d.Outputs, ",")})
	}
	var text strings.Builder
	for _, row := range rows {
		text.WriteString(strings.Join(row, "\t") + "\n")
	}
	if !s.wide {
		_, err := io.WriteString(s.out, text.String())
		return err
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	_, err := io.WriteString(table, text.String())
	return errors.Join(err, table.Flush())
}
