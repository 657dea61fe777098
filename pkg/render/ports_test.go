package render_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// everyPort are values with containers of the chart that listen.
const everyPort = `
istio: {version: "1.31.0"}
accessTokenFrom: {name: lightstep-access-token}
global: {tracer: {lightstep: {address: "satellite.lightstep:9292", cacertPath: /etc/lightstep/cacert.pem}}}
cacert: {existingSecret: {name: lightstep-ca}}
collector: {tap: {enabled: true}}
`

// Each port of the collector's pod is refused to the user's own parts of the collector.
func TestPortsOfThePodAreTaken(t *testing.T) {
	t.Parallel()
	r := newRenderer(t)
	values, err := render.ReadValues(render.Bytes("values.yaml", []byte(everyPort)))
	require.NoError(t, err)
	rendered, err := r.Render(t.Context(), values)
	require.NoError(t, err)
	objects, err := rendered.Objects()
	require.NoError(t, err)
	ports := map[int32]string{}
	for _, o := range objects {
		if o.GetKind() != "StatefulSet" {
			continue
		}
		var set appsv1.StatefulSet
		require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &set))
		for _, c := range set.Spec.Template.Spec.Containers {
			for _, p := range c.Ports {
				ports[p.ContainerPort] = c.Name
			}
		}
	}
	require.Len(t, ports, 5, "the collector's three, of reload and of the tap: %v", ports)
	for port, container := range ports {
		own := fmt.Sprintf(`collector: {config: {receivers: {otlp/own: {protocols: {grpc: {endpoint: "0.0.0.0:%d"}}}},
  service: {pipelines: {traces/own: {receivers: [otlp/own], exporters: [otlp_grpc/lightstep]}}}}}`, port)
		with, err := render.ReadValues(render.Bytes("values.yaml", []byte(everyPort)), render.Bytes("own.yaml", []byte(own)))
		require.NoError(t, err)
		problems, err := r.Check(t.Context(), with)
		require.NoError(t, err)
		var ids []string
		for _, p := range problems {
			ids = append(ids, p.ID)
		}
		assert.Contains(t, ids, "LS-COLLECTOR-CONFIG-PORT", "port %d of container %s", port, container)
	}
}
