//go:build e2e

package e2e_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// closed is the NetworkPolicy of docs/platforms.md.
var closed = release.Values{"collector": tree{"networkPolicy": tree{
	"from": []tree{
		{"namespaceSelector": tree{"matchLabels": tree{"istio-injection": "enabled"}}},
		{"namespaceSelector": tree{"matchExpressions": []tree{{"key": "istio.io/rev", "operator": "Exists"}}}},
		{"namespaceSelector": tree{"matchLabels": tree{"kubernetes.io/metadata.name": istio.Namespace}}},
	},
	"metricsFrom": []tree{{"namespaceSelector": tree{"matchLabels": tree{"kubernetes.io/metadata.name": "monitoring"}}}},
	"egress":      tree{"enabled": true},
}}}

// byPods admits proxies by the label that Istio gives their pods, in its place.
var byPods = release.Values{"collector": tree{"networkPolicy": tree{"from": []tree{{
	"namespaceSelector": tree{},
	"podSelector":       tree{"matchExpressions": []tree{{"key": "service.istio.io/canonical-name", "operator": "Exists"}}},
}}}}}

// networkPolicyOfCollectors has the collectors' NetworkPolicy let in who it names alone, and
// out to the satellite alone: a pod that is not of the mesh reaches none of their
// ports, and all spans arrive, in plain text and with mutual TLS.
func networkPolicyOfCollectors(t *testing.T, m *mesh) {
	m.unreleased(t)
	m = m.elsewhere(t)
	// With the container that reloads a CA, which has a port too.
	ca, err := yaml.Marshal(tree{
		"apiVersion": "v1", "kind": "Secret", "metadata": tree{"name": "ca"},
		"stringData": tree{"cacert.pem": string(m.satellite.Authority.PEM())},
	})
	require.NoError(t, err)
	require.NoError(t, m.cluster.Apply(t.Context(), m.Namespace, string(ca)))
	m.install(t, release.Values{"cacert": tree{"pem": "", "existingSecret": tree{"name": "ca"}}})
	open := m.reachable(t)
	assert.Contains(t, open, "spans")
	assert.NotContains(t, open, "health")
	assert.NotContains(t, open, "reload")
	_, err = m.release().Upgrade(t, t.Context(), m.values(), closed)
	require.NoError(t, err)
	assert.Empty(t, m.reachable(t), "ports that a pod reaches that is not of the mesh")
	m.tracing(t, m.bookinfo())
	m.deliver(t, 50)
	m.helmTestPasses(t)
	m.doctorIsQuiet(t)
	_, err = m.release().Upgrade(t, t.Context(), m.values(), closed, byPods)
	require.NoError(t, err)
	assert.Empty(t, m.reachable(t), "ports that a pod reaches that is not of the mesh")
	m.deliver(t, 50)
	m.doctorIsQuiet(t)
	m.mutualTLS(t, "PERMISSIVE", closed)
	m.mutualTLS(t, "STRICT", closed)
	m.deliver(t, 50)
	m.helmTestPasses(t)
	assert.Empty(t, m.reachable(t), "ports that a pod reaches that is not of the mesh")
}

// reachable names the ports of the first collector at which a pod that is not of the
// mesh gets a connection.
func (m *mesh) reachable(t *testing.T) []string {
	t.Helper()
	collector, err := m.cluster.Kubernetes.CoreV1().Pods(m.Namespace).Get(t.Context(), m.collector(0), getOptions)
	require.NoError(t, err)
	said := m.fromOutside(t, `for p in spans=4317 health=13133 metrics=8888 reload=8080; do
  timeout 3 bash -c "</dev/tcp/$0/${p#*=}" 2>/dev/null && echo ${p%=*}
done; true`, collector.Status.PodIP)
	m.step("a pod that is not of the mesh reaches: %q", strings.Fields(said))
	return strings.Fields(said)
}
