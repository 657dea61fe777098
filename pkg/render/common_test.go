package render_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// Every kind of object has the labels and annotations of commonLabels and commonAnnotations. Those of hooks are in the
// chart's own tests.
func TestCommonLabelsAndAnnotations(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, render.WithRelease("istio-lightstep", "tracing"))
	kinds := map[string]bool{}
	for _, sources := range [][]render.Source{
		{render.File("testdata/everything.yaml"), render.Set("collector.mtls.mode=STRICT")},
		{render.File(examples + "/istio-1.26/values.yaml"), render.Set("commonLabels.team=mesh"), render.Set("commonAnnotations.owner=a: b")},
		{render.File(examples + "/istio-1.26-direct/values.yaml"), render.Set("commonLabels.team=mesh"), render.Set("commonAnnotations.owner=a: b")},
	} {
		result, err := r.Render(t.Context(), readValues(t, sources...))
		require.NoError(t, err)
		objects, err := result.Objects()
		require.NoError(t, err)
		for _, o := range objects {
			if o.GetName() == "one" {
				continue // of extraObjects, which are rendered as they are
			}
			kinds[o.GetKind()] = true
			assert.Equal(t, "mesh", o.GetLabels()["team"], "%s %s", o.GetKind(), o.GetName())
			assert.Equal(t, "a: b", o.GetAnnotations()["owner"], "%s %s", o.GetKind(), o.GetName())
		}
	}
	for _, kind := range []string{
		"ConfigMap", "DestinationRule", "HorizontalPodAutoscaler", "NetworkPolicy", "PeerAuthentication", "PodDisruptionBudget",
		"PodMonitor", "PrometheusRule", "Secret", "Service", "ServiceAccount", "ServiceEntry", "StatefulSet", "Telemetry",
	} {
		assert.True(t, kinds[kind], kind)
	}
}
