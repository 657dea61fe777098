package conformance_test

import (
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/otelcol"
)

// TestTypes holds the types that the default image has, by the rules, against
// those that the real collector has of them: no part is taken for a stranger.
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
			assert.False(t, isStranger(t, r, kind, name), "%s: %s", kind, name)
			assert.True(t, isStranger(t, r, kind, name+"x"), "%s: %sx", kind, name)
			checked++
		}
	}
	assert.Greater(t, checked, 12, "%s", out)
}

func isStranger(t *testing.T, r *render.Renderer, kind, name string) bool {
	t.Helper()
	part := map[string]any{kind: map[string]any{name + "/own": map[string]any{}}}
	text, err := json.Marshal(map[string]any{"collector": map[string]any{"config": part}})
	require.NoError(t, err)
	v, err := render.ReadValues(render.Set("istio.version=1.26.2"), render.Bytes("values.yaml", text))
	require.NoError(t, err)
	problems, err := r.Check(t.Context(), v)
	require.NoError(t, err)
	for _, p := range problems {
		if p.ID == "LS-COLLECTOR-TYPE" {
			return true
		}
	}
	return false
}
