package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func newExplain(s *streams) *cobra.Command {
	var in input
	command := &cobra.Command{
		Use:     "explain",
		Short:   "Tell in a few lines what some values lead to",
		Long:    "Tells how spans travel, where the access token and the CA live, and what is lost or not covered.",
		Example: "  istio-lightstep explain -f values.yaml",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := in.checkStdin(); err != nil {
				return err
			}
			renderer, err := in.renderer()
			if err != nil {
				return err
			}
			values, err := in.values(s.in, in.files...)
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
	return command
}
