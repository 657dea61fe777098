package conformance_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/otelcol"
)

// TestTypes holds the types that the default image has, by the rules, against
// those that the real collector has of them: no part is taken for a stranger, nor
// for one that does not take a signal that it takes.
func TestTypes(t *testing.T) {
	collector, err := otelcol.Open()
	require.NoError(t, err)
	out, err := exec.CommandContext(t.Context(), collector.Path, "components").Output()
	require.NoError(t, err)
	var has map[string]any
	require.NoError(t, yaml.Unmarshal(out, &has))
	r, err := render.New()
	require.NoError(t, err)
	checked := 0
	for _, kind := range []string{"receivers", "processors", "exporters", "connectors", "extensions"} {
		list, _ := has[kind].([]any)
		for _, entry := range list {
			part, _ := entry.(map[string]any)
			name, _ := part["name"].(string)
			assert.False(t, finds(t, r, "LS-COLLECTOR-TYPE", kind, name, "traces"), "%s: %s", kind, name)
			assert.True(t, finds(t, r, "LS-COLLECTOR-TYPE", kind, name+"x", "traces"), "%s: %sx", kind, name)
			stability, _ := part["stability"].(map[string]any)
			for _, signal := range []string{"traces", "metrics", "logs"} {
				if level, known := stability[signal].(string); known && kind != "connectors" {
					assert.Equal(t, level == "Undefined", finds(t, r, "LS-COLLECTOR-SIGNAL", kind, name, signal), "%s: %s: %s", kind, name, signal)
				}
			}
			checked++
		}
	}
	assert.Greater(t, checked, 12, "%s", out)
}

func finds(t *testing.T, r *render.Renderer, id, kind, name, signal string) bool {
	t.Helper()
	config := map[string]any{kind: map[string]any{name + "/own": map[string]any{}}}
	if slices.Contains([]string{"receivers", "processors", "exporters"}, kind) {
		config["service"] = map[string]any{"pipelines": map[string]any{signal + "/own": map[string]any{kind: []any{name + "/own"}}}}
	}
	text, err := json.Marshal(map[string]any{"collector": map[string]any{"config": config}})
	require.NoError(t, err)
	v, err := render.ReadValues(render.Set("istio.version=1.26.2"), render.Bytes("values.yaml", text))
	require.NoError(t, err)
	problems, err := r.Check(t.Context(), v)
	require.NoError(t, err)
	for _, p := range problems {
		if p.ID == id {
			return true
		}
	}
	return false
}
