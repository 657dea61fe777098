package main

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// isHelmPlugin tells whether Helm runs this command.
func isHelmPlugin() bool { return os.Getenv("HELM_PLUGIN_NAME") == "lightstep" }

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
	if !isHelmPlugin() {
		return nil
	}
	for name, variable := range helmVariables {
		flag, value := command.Flag(name), os.Getenv(variable)
		if flag == nil || value == "" || name == "namespace" && value == "default" {
			continue
		}
		if groups, ok := flag.Value.(pflag.SliceValue); ok {
			// Helm joins them, at times twice. Those on the command line replace them.
			if err := groups.Replace(listed(value)); err != nil {
				return err
			}
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

// listed gives the entries of a list with commas, each once.
func listed(list string) []string {
	var all []string
	for entry := range strings.SplitSeq(list, ",") {
		if entry != "" && !slices.Contains(all, entry) {
			all = append(all, entry)
		}
	}
	return all
}

// fromHelm takes over what Helm was told of the cluster and this command has no flags for.
func (c clusterFlags) fromHelm() {
	if !isHelmPlugin() {
		return
	}
	for variable, field := range map[string]**string{
		"HELM_KUBEAPISERVER":       &c.APIServer,
		"HELM_KUBETOKEN":           &c.BearerToken,
		"HELM_KUBECAFILE":          &c.CAFile,
		"HELM_KUBETLS_SERVER_NAME": &c.TLSServerName,
	} {
		if value := os.Getenv(variable); value != "" {
			*field = &value
		}
	}
	if insecure, err := strconv.ParseBool(os.Getenv("HELM_KUBEINSECURE_SKIP_TLS_VERIFY")); err == nil && insecure {
		c.Insecure = &insecure
	}
}
