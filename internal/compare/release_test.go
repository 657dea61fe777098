package compare

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// What the chart configures is read as it is meant: a backend with attributes of
// its own has a pipeline of its own, and a drained one is given nothing.
func TestPipelinesOfTheChart(t *testing.T) {
	t.Parallel()
	renderer, err := render.New()
	require.NoError(t, err)
	values, err := render.ReadValues(render.Bytes("values.yaml", []byte(`
istio: {version: "1.28.2"}
accessTokenFrom: {name: token}
global: {tracer: {lightstep: {address: "satellite.obs:9292"}}}
collector: {tap: {enabled: true}}
backends:
  jaeger: {preset: jaeger, endpoint: "jaeger.obs:4317"}
  tempo: {preset: tempo, endpoint: "tempo.obs:4317", resource: {team: shop}}
  old: {preset: jaeger, endpoint: "old.obs:4317", drain: true}
`)))
	require.NoError(t, err)
	result, err := renderer.Render(t.Context(), values)
	require.NoError(t, err)
	objects, err := result.Objects()
	require.NoError(t, err)
	r := &release{}
	for _, o := range objects {
		if data, ok := o.Object["data"].(map[string]any); ok && o.GetKind() == "ConfigMap" {
			text, _ := data["config.yaml"].(string)
			r.pipelines(text)
			assert.Equal(t, chartName, o.GetLabels()[chartLabel])
		}
	}
	assert.Equal(t, []string{"otlp_grpc/jaeger", "otlp_grpc/lightstep", "otlp_grpc/tempo"}, r.exporters)
	assert.Equal(t, []string{"otlp_grpc/old"}, r.drained)
}
