package main

import (
	"os"

	"github.com/spf13/cobra"
)

// helmVariables are the variables in which Helm hands a plugin the flags that it
// takes out of the plugin's arguments, by the flag of this command. KUBECONFIG has
// its usual name.
var helmVariables = map[string]string{
	"namespace": "HELM_NAMESPACE",
	"context":   "HELM_KUBECONTEXT",
	"as":        "HELM_KUBEASUSER",
	"as-group":  "HELM_KUBEASGROUPS",
}

// asHelmPlugin gives flags the values that Helm took, where Helm runs this command
// as its plugin: `helm lightstep render -n NAMESPACE`. Helm says "default" of no
// namespace too, and then this command's own default holds.
func asHelmPlugin(command *cobra.Command) error {
	if os.Getenv("HELM_PLUGIN_NAME") != "lightstep" {
		return nil
	}
	for name, variable := range helmVariables {
		flag, value := command.Flag(name), os.Getenv(variable)
		if flag == nil || value == "" || name == "namespace" && value == "default" {
			continue
		}
		if err := flag.Value.Set(value); err != nil {
			return err
		}
	}
	for _, each := range command.Commands() {
		if err := asHelmPlugin(each); err != nil {
			return err
		}
	}
	return nil
}
