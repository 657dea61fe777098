package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

func newExplain(s *streams) *cobra.Command {
	var in input
	var from, to, format string
	command := &cobra.Command{
		Use:   "explain",
		Short: "Summarize the effect of the values",
		Long: "Prints how spans travel, where the access token and the CA are stored, and what is lost or not covered.\n" +
			"With --from and --to, prints what breaks between two Istio versions, and what this chart does about it.",
		Example: "  istio-lightstep explain -f values.yaml\n" +
			"  istio-lightstep explain -f values.yaml -o json | jq -r '.summary[] | select(.name == \"Route\").text'\n" +
			"  istio-lightstep explain --from 1.14 --to 1.31",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if (from == "") != (to == "") {
				return errors.New("--from and --to must be set together, such as --from 1.24 --to 1.28")
			}
			return s.printResult(format, func() (printed, error) {
				if from != "" {
					timeline, err := migrate.NewTimeline(command.Context(), from, to)
					if err != nil {
						return printed{}, err
					}
					return printed{timeline.String(), timeline}, nil
				}
				return s.summarize(command, &in)
			})
		},
	}
	in.register(command)
	registerFormat(command, &format, resultFormats)
	flags := command.Flags()
	flags.StringVar(&from, "from", "", "print what changes from this Istio `version`")
	flags.StringVar(&to, "to", "", "print what changes up to this Istio `version`")
	_ = command.RegisterFlagCompletionFunc("from", completed(istioVersions))
	_ = command.RegisterFlagCompletionFunc("to", completed(istioVersions))
	command.MarkFlagsMutuallyExclusive("from", "values")
	return command
}

func (s *streams) summarize(command *cobra.Command, in *input) (printed, error) {
	if err := in.checkStdin(); err != nil {
		return printed{}, err
	}
	renderer, err := in.renderer()
	if err != nil {
		return printed{}, err
	}
	values, err := in.values(s.in)
	if err != nil {
		return printed{}, err
	}
	text, err := renderer.Explain(command.Context(), values)
	if err != nil {
		return printed{}, err
	}
	text = strings.TrimRight(text, "\n") + "\n"
	return printed{text, map[string]any{"summary": statements(text)}}, nil
}

// statement is one line of what explain prints.
type statement struct {
	Name string `json:"name"` // such as Route
	Text string `json:"text"`
}

// nameWidth is how wide the chart's template writes the names, a space included.
const nameWidth = 16

// statements takes apart what the chart's template prints.
func statements(text string) []statement {
	var all []statement
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		at := min(nameWidth, len(line))
		all = append(all, statement{Name: strings.TrimSpace(line[:at]), Text: line[at:]})
	}
	return all
}
