package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor"
)

// newDoctorConfigMap is the filter in the commands by which doctor mends a
// mesh config.
func newDoctorConfigMap(s *streams) *cobra.Command {
	var edit doctor.Edit
	command := &cobra.Command{
		Use:   "configmap",
		Short: "Change the YAML inside a ConfigMap",
		Long: "Reads a ConfigMap from standard input, changes the YAML document in one of its keys, and writes it\n" +
			"to standard output. Keeps comments and order. doctor prints commands that use it to fix a mesh config.",
		Example: "  kubectl get configmap istio -n istio-system -o yaml |\n" +
			"    istio-lightstep doctor configmap --key mesh --remove 'extensionProviders[name=old]' |\n" +
			"    kubectl replace -f -",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			in, err := bounded.Read(s.in, bounded.Document)
			if err != nil {
				return fmt.Errorf("read the ConfigMap: %w", err)
			}
			out, err := edit.Apply(in)
			if err != nil {
				return err
			}
			_, err = s.out.Write(out)
			return err
		},
	}
	flags := command.Flags()
	flags.StringVar(&edit.Key, "key", "mesh", "`key` of the ConfigMap's data")
	flags.StringArrayVar(&edit.Remove, "remove", nil, "remove `path`: a.b, or a[name=x] for an item of a list (repeatable)")
	flags.StringArrayVar(&edit.Append, "append", nil, "add an item to a list: `path=value` (repeatable)")
	return command
}
