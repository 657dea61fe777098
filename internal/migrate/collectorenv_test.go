package migrate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// Of the variables of the chart's own collector, the owner's alone become
// values: what the chart gives by itself it gives again.
func TestVariablesOfTheChartsCollector(t *testing.T) {
	t.Parallel()
	renderer, err := render.New()
	require.NoError(t, err)
	for name, c := range map[string]struct {
		env       []any
		want, not []string
	}{
		"none": {not: []string{"env:", "GOGC", "GOMEMLIMIT", "LIGHTSTEP_ACCESS_TOKEN"}},
		"the owner's": {
			env:  []any{map[string]any{"name": "GOGC", "value": "90"}, map[string]any{"name": "HTTPS_PROXY", "value": "http://proxy.example.com:3128"}},
			want: []string{"name: GOGC", `value: "90"`, "name: HTTPS_PROXY"}, not: []string{"GOMEMLIMIT", "LIGHTSTEP_ACCESS_TOKEN"},
		},
	} {
		for _, memory := range []string{"1Gi", "777Mi"} {
			collector := map[string]any{"resources": map[string]any{"limits": map[string]any{"memory": memory}}}
			if c.env != nil {
				collector["env"] = c.env
			}
			values, err := render.ReadValues(render.Map("values", map[string]any{
				"istio":           map[string]any{"version": "1.28"},
				"global":          map[string]any{"tracer": map[string]any{"lightstep": map[string]any{"address": "satellite.example.com:443", "secure": false}}},
				"accessTokenFrom": map[string]any{"name": "token"},
				"collector":       collector,
			}))
			require.NoError(t, err)
			rendered, err := renderer.Render(t.Context(), values)
			require.NoError(t, err)
			result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "rendered.yaml", Data: rendered.YAML()}}, migrate.Options{To: "1.28"})
			require.NoError(t, err)
			for _, text := range c.want {
				assert.Contains(t, string(result.Values), text, name)
			}
			for _, text := range c.not {
				assert.NotContains(t, string(result.Values), text, name)
			}
			assert.Contains(t, string(result.Values), "name: token", name)
		}
	}
}
