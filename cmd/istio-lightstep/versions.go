package main

import (
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

func newVersions(s *streams) *cobra.Command {
	var format string
	command := &cobra.Command{
		Use:   "versions",
		Short: "List the supported Istio versions and their capabilities",
		Long: "Prints a row for each minor version of Istio, and for each patch version that changed something: the\n" +
			"delivery that `auto` selects, the supported deliveries and the supported outputs.",
		Example: "  istio-lightstep versions\n" +
			"  istio-lightstep versions -o json | jq -r '.versions[].minor'",
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
		Use:   "version",
		Short: "Print the version of this command",
		Args:  noArguments,
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
