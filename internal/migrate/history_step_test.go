package migrate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// TestWhatHelmKeepsIsNamed: former revisions of a release have LightStep's settings, and nothing deletes them.
func TestWhatHelmKeepsIsNamed(t *testing.T) {
	t.Parallel()
	const flux = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: istiod, namespace: mesh}\nspec:\n  chart: {spec: {chart: istiod}}\n  values:\n    " +
		"meshConfig: {defaultProviders: {tracing: [ls]}, extensionProviders: [{name: ls, lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}}]}\n"
	for name, c := range map[string]struct {
		files map[string]string
		said  string
	}{
		"Helm":     {commandFiles("up.sh", commandByHelm+" -n mesh\n"), "`helm history istiod-mesh -n mesh` and `helm history istio-lightstep -n mesh` list them"},
		"istioctl": {commandFiles("up.sh", "istioctl install -y -f cp.yaml -f more.yaml\n"), ". `helm history istio-lightstep -n istio-system` lists them"},
		"Flux":     {map[string]string{"release.yaml": flux}, "`helm history RELEASE -n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sources []migrate.Source
			for file, text := range c.files {
				sources = append(sources, migrate.Source{Name: file, Data: []byte(text)})
			}
			result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.28", Dir: "out", Backend: &migrate.Backend{Name: "honeycomb"}})
			require.NoError(t, err)
			require.NotEmpty(t, result.Steps)
			step := result.Steps[len(result.Steps)-1]
			assert.Contains(t, step.Text, c.said)
			assert.Contains(t, step.Text, "--history-max 1")
			assert.NotContains(t, step.Run, "sh.helm.release")
		})
	}
}
