package migrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// TestTheStepsAreThoseOfTheInstaller: of several files the one that installs Istio tells,
// and not one that only holds values for it.
func TestTheStepsAreThoseOfTheInstaller(t *testing.T) {
	t.Parallel()
	const provider = "{extensionProviders: [{name: ls, lightstep: {service: sat.obs, port: 8360, accessToken: t0kz9d6b7a1e4c52}}], defaultProviders: {tracing: [ls]}}"
	configMap := func(namespace, name, key, text string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: " + namespace + ", name: " + name + "}\ndata:\n  " + key + ": |\n    " + text + "\n"
	}
	values := configMap("flux-system", "istiod-values", "values.yaml", "meshConfig: "+provider)
	flux := "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {namespace: flux-system, name: istiod}\nspec:\n" +
		"  valuesFrom: [{kind: ConfigMap, name: istiod-values}]\n  values: {pilot: {traceSampling: 3}, meshConfig: {defaultConfig: {tracing: {sampling: 3}}}}\n"
	aks := configMap("aks-istio-system", "istio-shared-configmap-asm-1-24", "mesh", provider)
	for name, test := range map[string]struct {
		sources []string
		live    bool
		want    string
	}{
		"values behind a HelmRelease":   {[]string{flux, values}, false, "flux reconcile helmrelease istiod"},
		"values before a HelmRelease":   {[]string{values, flux}, false, "flux reconcile helmrelease istiod"},
		"values alone":                  {[]string{values}, false, `into data.values\.yaml of configmap istiod-values`},
		"mesh config of an installer":   {[]string{configMap("istio-system", "istio", "mesh", provider)}, false, `"$ISTIOCTL" install`},
		"values that istioctl noted":    {[]string{configMap("istio-system", "istio-sidecar-injector", "values", "meshConfig: "+provider)}, false, `"$ISTIOCTL" install`},
		"add-on of AKS":                 {[]string{aks}, false, "the Istio add-on of AKS does"},
		"add-on of AKS, in a cluster":   {[]string{aks}, true, "the Istio add-on of AKS does"},
		"add-on of AKS, and its values": {[]string{values, aks}, false, "the Istio add-on of AKS does"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sources []migrate.Source
			for i, text := range test.sources {
				sources = append(sources, migrate.Source{Name: string(rune('a'+i)) + ".yaml", Data: []byte(text), Live: test.live})
			}
			result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.24"})
			require.NoError(t, err)
			var steps strings.Builder
			for _, step := range result.Steps {
				steps.WriteString(step.Text + "\n" + step.Run + "\n")
			}
			assert.Contains(t, steps.String(), test.want)
		})
	}
}
