package document

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMergeKeepsJSON: a file of JSON is JSON with ours in it, whether a value is
// added, replaced or put where nothing was.
func TestMergeKeepsJSON(t *testing.T) {
	const ours = "kind: IstioOperator\nspec:\n  meshConfig:\n    enableTracing: true\n    extensionProviders:\n    - name: ours\n      opentelemetry: {service: a.b, port: 4317}\n" +
		"  values:\n    pilot:\n      env: {SHARED_MESH_CONFIG: istio-lightstep, TEXT: \"a <b>\\nc\"}\n      traceSampling: 2.5\n"
	for name, mine := range map[string]string{
		"one line": `{"kind":"IstioOperator","spec":{"profile":"demo"}}`,
		"lines":    "{\n  \"kind\": \"IstioOperator\",\n  \"spec\": {\n    \"values\": {\"pilot\": {\"traceSampling\": 1}},\n    \"meshConfig\": {\"extensionProviders\": [{\"name\": \"b\"}]}\n  }\n}\n",
		"empty":    `{"kind": "IstioOperator", "spec": {}}`,
		"null":     `{"kind": "IstioOperator", "spec": {"values":null, "meshConfig": {"enableTracing":false}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			merged, err := Merge([]byte(mine), []byte(ours))
			require.NoError(t, err)
			var value map[string]any
			require.NoError(t, json.Unmarshal(merged, &value), "%s", merged)
			assert.Contains(t, string(merged), `"SHARED_MESH_CONFIG": "istio-lightstep"`)
			assert.Contains(t, string(merged), `"traceSampling": 2.5`)
			assert.Contains(t, string(merged), `"name": "ours"`)
			again, err := Merge(merged, []byte(ours))
			require.NoError(t, err)
			assert.Equal(t, string(merged), string(again))
		})
	}
}
