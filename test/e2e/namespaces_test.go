//go:build e2e

package e2e_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gruntwork-io/terratest/modules/random"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// severalNamespaces has Bookinfo in a namespace of its own beside the one of the
// application, and both traced at once with no change of the release.
func severalNamespaces(t *testing.T, m *mesh) {
	m.released(t)
	other := m.otherBookinfo(t, m.istio.Label())
	m.deliverAt(t, other, 50)
	m.deliver(t, 50)
}

// otherBookinfo makes Bookinfo in a namespace with these labels for injection,
// which is deleted at the test's end,
// reached through the gateway under its name and .example as host.
func (m *mesh) otherBookinfo(t *testing.T, injection map[string]string) bookinfo.Mesh {
	t.Helper()
	name := "bookinfo-" + strings.ToLower(random.UniqueID())
	t.Cleanup(func() {
		require.NoError(t, m.cluster.DeleteNamespace(context.WithoutCancel(t.Context()), name))
	})
	require.NoError(t, m.cluster.Namespace(t.Context(), name, injection))
	require.NoError(t, m.cluster.Apply(t.Context(), name, m.bookinfoObjects(t)))
	gateway := strings.ReplaceAll(m.bookinfoGateway(t, m.istio.Release), `- "*"`, "- "+name+".example")
	require.NoError(t, m.cluster.Apply(t.Context(), name, gateway))
	require.NoError(t, m.cluster.Ready(t.Context(), name))
	m.step("Bookinfo runs in namespace %s too", name)
	b := bookinfo.Mesh{Namespace: name, RouterSpan: m.Istio.RouterSpan}
	// Pods are ready before every proxy has heard of them.
	require.NoError(t, m.pageOf(b).Answers(t.Context()))
	m.tracing(t, b)
	return b
}

// namespaceWithoutCA names a namespace whose Secret of the CA is missing: the
// install's warnings name it.
func namespaceWithoutCA(t *testing.T, m *mesh) {
	if !m.Istio.Direct {
		t.Skip("no direct delivery before Istio 1.26")
	}
	m.undecided(t, "delivery", "cacert", "backends", "global.tracer.lightstep.address")
	lacking := "without-ca-" + strings.ToLower(random.UniqueID())
	require.NoError(t, m.cluster.Namespace(t.Context(), lacking, nil))
	t.Cleanup(func() { require.NoError(t, m.cluster.DeleteNamespace(context.WithoutCancel(t.Context()), lacking)) })
	told, err := m.release().DryRun(t, t.Context(), m.values(), release.Values{
		"delivery": "direct",
		"cacert":   tree{"pem": "", "existingSecret": tree{"name": "lightstep.cacert"}, "namespaces": []string{lacking}},
		"istio":    tree{"version": m.Istio.Version},
	})
	// An istiod that was not told of the token is refused, with the warnings beside.
	require.ErrorContains(t, err, "LS-TOKEN-NOT-READ")
	told += err.Error()
	assert.Contains(t, told, "namespace "+lacking+" has no Secret lightstep.cacert")
	assert.Contains(t, told, "LS-CACERT-SECRET-MISSING")
	assert.NotContains(t, told, token)
}
