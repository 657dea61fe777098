package compare

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
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
			assert.Equal(t, collector.Chart, o.GetLabels()[collector.NameLabel])
		}
	}
	assert.Equal(t, []string{"otlp_grpc/jaeger", "otlp_grpc/lightstep", "otlp_grpc/tempo"}, r.exporters)
	assert.Equal(t, []string{"otlp_grpc/old"}, r.drained)
}

// A release of a chart that has this one as a dependency is found by another label than the alias, which is not the chart's name.
func TestFindsAReleaseWithAnAlias(t *testing.T) {
	t.Parallel()
	aliased := func(alias string) string {
		return strings.ReplaceAll(strings.ReplaceAll(objects+podObject(alias+"-0"), "shop-istio-lightstep", alias),
			"app.kubernetes.io/name: istio-lightstep", "app.kubernetes.io/name: "+alias+", istio-lightstep.io/alias-of: istio-lightstep")
	}
	read := func(text string) mesh.Source {
		recorded, err := mesh.ReadRecorded(strings.NewReader(text))
		require.NoError(t, err)
		return recorded
	}
	one := read(aliased("stable"))
	two := read(aliased("stable") + "\n---" + aliased("canary"))

	for name, c := range map[string]struct {
		from    mesh.Source
		release string
	}{
		"the only one":        {one, ""},
		"by its release":      {one, "shop"},
		"by its alias":        {one, "shop/stable"},
		"of two by its alias": {two, "shop/stable"},
	} {
		r, err := find(t.Context(), c.from, &Options{Namespace: "istio-system", Release: c.release})
		require.NoError(t, err, name)
		assert.Equal(t, []string{"otlp_grpc/lightstep", "otlp_grpc/second"}, r.exporters, name)
		pods, _, err := r.pods(t.Context(), c.from)
		require.NoError(t, err, name)
		assert.Equal(t, []mesh.Ref{{Namespace: "istio-system", Name: "stable-0"}}, pods, name)
	}
	_, err := find(t.Context(), two, &Options{Namespace: "istio-system", Release: "shop"})
	require.ErrorContains(t, err, "has the releases shop/canary, shop/stable: --release names one")
	_, err = find(t.Context(), one, &Options{Namespace: "istio-system", Release: "other"})
	require.ErrorIs(t, err, ErrNoCollector)
}
