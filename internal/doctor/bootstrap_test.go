package doctor

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// TestAnnotationsThatLeaveTracingAlone: what annotation proxy.istio.io/config has beside a
// tracer, the mesh's own tracer, and what it has where a provider sends the spans.
func TestAnnotationsThatLeaveTracingAlone(t *testing.T) {
	t.Parallel()
	for text, base := range map[string]string{
		"concurrency: 2": "native",
		"tracing: {lightstep: {address: a, accessToken: b}, sampling: 50}": "native",
		"tracing: {sampling: 50}":          "collector",
		"tracing:  {zipkin: {address: a}}": "direct",
		"tracing: [":                       "native",
	} {
		assert.Empty(t, found(t, base, []change{{Patch: "Pod bookinfo/ratings-v1-7c9-a1", With: map[string]any{
			"metadata": map[string]any{"annotations": map[string]any{"proxy.istio.io/config": text}},
		}}}, nil), text)
	}
}

// TestBootstrapsThatLeaveTracingAlone: what a bootstrap override has beside a tracer, or
// where the mesh's tracer is not in the bootstrap.
func TestBootstrapsThatLeaveTracingAlone(t *testing.T) {
	t.Parallel()
	override := change{Patch: "Pod bookinfo/ratings-v1-7c9-a1", With: map[string]any{
		"metadata": map[string]any{"annotations": map[string]any{"sidecar.istio.io/bootstrapOverride": "own-bootstrap"}},
	}}
	with := func(json string) change {
		return change{Apply: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own-bootstrap, namespace: bookinfo}\ndata: {custom_bootstrap.json: '" + json + "'}\n"}
	}
	tracer := with(`{"tracing": {"http": {"name": "envoy.tracers.zipkin"}}}`)
	for name, c := range map[string]struct {
		base    string
		changes []change
	}{
		"no tracer":            {"native", []change{override, with(`{"stats_sinks": []}`)}},
		"an empty section":     {"native", []change{override, with(`{"tracing": {}}`)}},
		"no JSON":              {"native", []change{override, with(`{`)}},
		"no such ConfigMap":    {"native", []change{override}},
		"not asked for":        {"native", []change{tracer}},
		"a provider traces":    {"collector", []change{override, tracer}},
		"a provider, directly": {"direct", []change{override, tracer}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, found(t, c.base, c.changes, nil))
		})
	}

	// A ConfigMap that may not be read is told of, and takes no other check away.
	r := recordedBase(t, "native")
	override.apply(t, r)
	snapshot, err := mesh.Read(t.Context(), noBootstrap{r}, mesh.Options{})
	require.NoError(t, err)
	require.Len(t, snapshot.Gaps, 1)
	assert.Equal(t, "configmap bookinfo/own-bootstrap", snapshot.Gaps[0].What)
	assert.False(t, snapshot.Unseen("configmaps"))
}

// noBootstrap lets nobody see the ConfigMap.
type noBootstrap struct{ *mesh.Recorded }

func (n noBootstrap) Get(ctx context.Context, of mesh.Resource, namespace, name string) ([]byte, error) {
	if name == "own-bootstrap" {
		return nil, apierrors.NewForbidden(schema.GroupResource{Resource: of.Name}, name, nil)
	}
	return n.Recorded.Get(ctx, of, namespace, name)
}
