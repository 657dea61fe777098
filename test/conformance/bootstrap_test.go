package conformance_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// checkBootstrap has the release write the bootstrap of an injected pod's proxy and
// of each gateway's, and looks in them for the native tracer: no Envoy of these days
// has it, so what it is started with is as near as a test comes to it.
func (c *conformance) checkBootstrap(t *testing.T, pod *corev1.Pod, manifests istio.Manifests) {
	t.Helper()
	if c.tools.Paths.Bootstrap == "" || !c.native() {
		return
	}
	// Sidecars have the settings in a variable, gateways in the mesh config file.
	c.checkTracerIn(t, "sidecar", proxyOf(t, pod).Env, "")
	if c.Output == "istioOperator" {
		mesh, err := manifests.ConfigMapKey("istio", "mesh")
		require.NoError(t, err)
		for _, name := range c.gateways() {
			gateway, err := manifests.Deployment(name)
			require.NoError(t, err)
			container := gateway.Spec.Template.Spec.Containers[0]
			require.True(t, slices.ContainsFunc(container.VolumeMounts, func(m corev1.VolumeMount) bool { return m.MountPath == "/etc/istio/config" }))
			c.checkTracerIn(t, "router", container.Env, mesh)
		}
	}
	c.did(bootstrapped)
}

// checkTracerIn looks for the one tracer, its token's file and the cluster that it sends to.
func (c *conformance) checkTracerIn(t *testing.T, role string, env []corev1.EnvVar, mesh string) {
	t.Helper()
	text, files, err := c.tools.Bootstrap(t.Context(), role, env, mesh)
	require.NoError(t, err)
	var bootstrap map[string]any
	require.NoError(t, json.Unmarshal(text, &bootstrap))

	token := istio.BootstrapFolder + "/lightstep_access_token.txt"
	assert.Equal(t, map[string]any{"http": map[string]any{
		"name": "envoy.tracers.lightstep",
		"typedConfig": map[string]any{
			"@type":            "type.googleapis.com/envoy.config.trace.v3.LightstepConfig",
			"collectorCluster": "lightstep",
			"accessTokenFile":  token,
		},
	}}, bootstrap["tracing"])
	assert.Equal(t, map[string]string{"lightstep_access_token.txt": tokenMarker}, files)
	assert.Equal(t, 1, strings.Count(string(text), "envoy.tracers."), "tracers in the bootstrap")

	clusters := at(bootstrap, "staticResources", "clusters")
	cluster := named(clusters, "lightstep")
	require.NotNil(t, cluster)
	for _, other := range []string{"zipkin", "datadog_agent"} {
		assert.Nil(t, named(clusters, other), "a second tracer's cluster")
	}
	assert.Equal(t, "STRICT_DNS", cluster["type"])
	assert.Contains(t, string(mustJSON(t, cluster)), `http2ProtocolOptions`)
	assert.Equal(t, []any{map[string]any{"lbEndpoints": []any{map[string]any{"endpoint": map[string]any{
		"address": map[string]any{"socketAddress": map[string]any{"address": satelliteHost, "portValue": 9292.0}},
	}}}}}, at(cluster, "loadAssignment", "endpoints"))

	// The agent serves the CA's file under this name.
	assert.Equal(t, "envoy.transport_sockets.tls", at(cluster, "transportSocket", "name"))
	tls := at(cluster, "transportSocket", "typedConfig")
	assert.Equal(t, "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", at(tls, "@type"))
	assert.Equal(t, satelliteHost, at(tls, "sni"))
	assert.Equal(t, []any{"h2"}, at(tls, "commonTlsContext", "alpnProtocols"))
	assert.Equal(t, "file-root:"+cacertPath, at(tls, "commonTlsContext", "combinedValidationContext", "validationContextSdsSecretConfig", "name"))
	require.NotNil(t, named(clusters, "sds-grpc"), "the cluster of the agent, which serves the CA")
}

func mustJSON(t *testing.T, object any) []byte {
	t.Helper()
	text, err := json.Marshal(object)
	require.NoError(t, err)
	return text
}
