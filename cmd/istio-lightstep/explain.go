package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/internal/presets"
	"github.com/istio-lightstep/istio-lightstep/internal/telemetries"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

func newExplain(s *streams) *cobra.Command {
	var in input
	var from, to, format, with string
	command := &cobra.Command{
		Use:  "explain",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if (from == "") != (to == "") {
				return errors.New("--from and --to must be set together, such as --from 1.24 --to 1.28")
			}
			ofBackends, err := areBackends(from, to)
			if err != nil {
				return err
			}
			return s.printResult(format, func() (printed, error) {
				switch {
				case ofBackends:
					difference, err := presets.NewDifference(from, to)
					if err != nil {
						return printed{}, err
					}
					return printed{difference.String(), difference}, nil
				case from != "":
					timeline, err := migrate.NewTimeline(command.Context(), from, to)
					if err != nil {
						return printed{}, err
					}
					return printed{timeline.String(), timeline}, nil
				}
				return s.summarize(command, &in, with)
			})
		},
	}
	in.register(command)
	registerFormat(command, &format, resultFormats)
	flags := command.Flags()
	flags.StringVar(&from, "from", "", "print what changes from this Istio `version`, or from the backend of this preset")
	flags.StringVar(&to, "to", "", "print what changes up to this Istio `version`, or to the backend of this preset")
	flags.StringVar(&with, "with", "", "also print how the Telemetries in this `file` and those of the chart are merged")
	_ = command.MarkFlagFilename("with", "yaml", "yml", "json")
	_ = command.RegisterFlagCompletionFunc("from", completed(versionsAndPresets))
	_ = command.RegisterFlagCompletionFunc("to", completed(versionsAndPresets))
	command.MarkFlagsMutuallyExclusive("from", "values")
	command.MarkFlagsMutuallyExclusive("from", "with")
	return command
}

// areBackends tells whether --from and --to are backends, and not versions. What
// begins in a digit, or in v and one, is a version.
func areBackends(from, to string) (bool, error) {
	isVersion := func(name string) bool { return startOfVersion.MatchString(name) }
	switch {
	case from == "", isVersion(from) && isVersion(to):
		return false, nil
	case isVersion(from) || isVersion(to):
		return false, errors.New("--from and --to must be two Istio versions, such as 1.24 and 1.28, or two presets, such as lightstep and honeycomb")
	}
	return true, nil
}

var startOfVersion = regexp.MustCompile(`^v?[0-9]`)

// versionsAndPresets are what --from and --to may be.
func versionsAndPresets() ([]string, error) {
	versions, err := istioVersions()
	if err != nil {
		return nil, err
	}
	ids, err := presets.IDs()
	return append(versions, ids...), err
}

func (s *streams) summarize(command *cobra.Command, in *input, with string) (printed, error) {
	if err := in.checkStdin(with); err != nil {
		return printed{}, err
	}
	renderer, err := in.renderer(s.in)
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
	result := map[string]any{"summary": statements(text)}
	if with != "" {
		effect, lines, err := s.telemetries(command.Context(), renderer, values, with)
		if err != nil {
			return printed{}, err
		}
		result["telemetries"] = effect
		for _, line := range lines {
			text += fmt.Sprintf("%-*s%s\n", nameWidth, "Telemetry", line)
		}
	}
	return printed{text, result}, nil
}

// telemetries gives the effect of the Telemetries of the values and of a file.
func (s *streams) telemetries(ctx context.Context, renderer *render.Renderer, values *render.Values, with string) (telemetries.Effect, []string, error) {
	result, err := renderer.Render(ctx, values)
	if err != nil {
		return telemetries.Effect{}, nil, err
	}
	objects, err := result.Objects()
	if err != nil {
		return telemetries.Effect{}, nil, err
	}
	name, data, err := readDocument(s.in, with)
	if err != nil {
		return telemetries.Effect{}, nil, fmt.Errorf("read the Telemetries: %w", err)
	}
	effect, ours, err := telemetries.Beside(objects, bytes.NewReader(data))
	if err != nil {
		return telemetries.Effect{}, nil, fmt.Errorf("%s: %w", name, err)
	}
	return effect, effect.Lines(ours), nil
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
