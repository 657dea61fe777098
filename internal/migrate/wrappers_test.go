package migrate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// TestStepsInTheInstallersWords: what Flux, Argo CD, Sail or k3s installs is
// changed by these, and by istioctl or a release of Helm nowhere.
func TestStepsInTheInstallersWords(t *testing.T) {
	const values = `
      meshConfig:
        extensionProviders:
        - name: lightstep
          lightstep: {service: ingest.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}
        defaultProviders: {tracing: [lightstep]}
`
	const native = `
      meshConfig:
        defaultConfig: {tracing: {lightstep: {address: "sat.obs:9292", accessToken: t0kz9d6b7a1e4c52}}}
`
	head := func(kind, spec string) string {
		return kind + "metadata: {name: mesh, namespace: istio-system}\nspec:\n" + spec
	}
	for name, shape := range map[string]struct {
		head string
		says []string
	}{
		"flux": {
			head("apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n", "  chart: {spec: {chart: istiod}}\n  values:"),
			[]string{"\ncommit 'istio", `flux reconcile kustomization "$KUSTOMIZATION" --with-source`, "flux reconcile helmrelease ", "spec.values of helmrelease mesh in mine.yaml"},
		},
		"argo": {
			head("apiVersion: argoproj.io/v1alpha1\nkind: Application\n", "  sources:\n  - chart: istiod\n    helm:\n     values: |"),
			[]string{"\ncommit 'istio", `argocd app sync "$PARENT"`, "argocd app wait ", "spec.sources[0].helm.values of application mesh in mine.yaml"},
		},
		"applicationset": {
			head("apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n", "  template:\n   spec:\n    source:\n     helm:\n      valuesObject:"),
			[]string{"\ncommit 'istio", "argocd app sync ", "of applicationset mesh in mine.yaml"},
		},
		"k3s": {
			head("apiVersion: helm.cattle.io/v1\nkind: HelmChart\n", "  chart: istiod\n  valuesContent: |"),
			[]string{"spec.valuesContent of helmchart mesh in mine.yaml"},
		},
		"sail": {
			head("apiVersion: sailoperator.io/v1\nkind: Istio\n", "  version: v1.26.2\n  values:"),
			[]string{"output=sail", "spec.values of istio mesh in mine.yaml"},
		},
	} {
		for from, inside := range map[string]string{"provider": values, "native": native} {
			t.Run(fmt.Sprintf("%s from %s", name, from), func(t *testing.T) {
				inside := inside
				if name == "applicationset" {
					inside = strings.ReplaceAll(inside, "\n  ", "\n    ")
				}
				result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(shape.head + inside)}}, migrate.Options{To: "1.28"})
				require.NoError(t, err)
				require.True(t, result.Found)
				var text strings.Builder
				for _, step := range result.Steps {
					text.WriteString(step.Text + "\n" + step.Run + "\n")
				}
				for _, words := range shape.says {
					assert.Contains(t, text.String(), words)
				}
				assert.Contains(t, text.String(), "mine.yaml")
				const ours = "helm upgrade --install istio-lightstep "
				for _, words := range []string{"istioctl", "ISTIOCTL", "helm upgrade --install", "{{", "<no value>"} {
					assert.NotContains(t, strings.ReplaceAll(text.String(), ours, ""), words)
				}
				if strings.Contains(text.String(), "git commit ") {
					assert.NotContains(t, text.String(), ours)
					assert.NotContains(t, strings.ReplaceAll(text.String(), "kubectl apply -f migrated/secret.yaml", ""), "kubectl apply")
					assert.NotContains(t, text.String(), "helm install")
				}
			})
		}
	}
}
