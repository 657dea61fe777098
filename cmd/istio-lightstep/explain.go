package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

func newExplain(s *streams) *cobra.Command {
	var in input
	var from, to string
	command := &cobra.Command{
		Use:   "explain",
		Short: "Summarize the effect of the values",
		Long: "Prints how spans travel, where the access token and the CA are stored, and what is lost or not covered.\n" +
			"With --from and --to, prints what breaks between two Istio versions, and what this chart does about it.",
		Example: "  istio-lightstep explain -f values.yaml\n" +
			"  istio-lightstep explain --from 1.14 --to 1.31",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if (from == "") != (to == "") {
				return errors.New("--from and --to must be set together, such as --from 1.24 --to 1.28")
			}
			if from != "" {
				text, err := migrate.Timeline(command.Context(), from, to)
				if err != nil {
					return err
				}
				_, err = io.WriteString(s.out, text)
				return err
			}
			if err := in.checkStdin(); err != nil {
				return err
			}
			renderer, err := in.renderer()
			if err != nil {
				return err
			}
			values, err := in.values(s.in)
			if err != nil {
				return err
			}
			text, err := renderer.Explain(command.Context(), values)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(s.out, strings.TrimRight(text, "\n"))
			return err
		},
	}
	in.register(command)
	flags := command.Flags()
	flags.StringVar(&from, "from", "", "print what changes from this Istio `version`")
	flags.StringVar(&to, "to", "", "print what changes up to this Istio `version`")
	command.MarkFlagsMutuallyExclusive("from", "values")
	return command
}
