//go:build e2e

package e2e_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// direct are the values of direct delivery. The Secret lightstep.cacert goes to
// the application's namespace, as in the task.
func (m *mesh) direct() release.Values {
	return release.Values{"delivery": "direct", "cacert": tree{"namespaces": []string{m.Application}}}
}

// sendDirectly gives istiod the token and the injection template, and lets
// proxies start anew with the mount; all is put back at the test's end.
func (m *mesh) sendDirectly(t *testing.T) string {
	t.Helper()
	return m.sendDirectlyWith(t, m.direct())
}

func (m *mesh) sendDirectlyWith(t *testing.T, values release.Values) string {
	t.Helper()
	if !m.Istio.Direct {
		t.Skip("no direct delivery before Istio 1.26")
	}
	m.unreleased(t)
	t.Cleanup(func() {
		m.document(t)
		require.NoError(t, m.cluster.Restart(context.WithoutCancel(t.Context()), m.Application))
	})
	m.document(t, values)
	notes := m.install(t, values)
	// istiod read its environment before the Secret of the token was there.
	ctx := t.Context()
	require.NoError(t, m.cluster.RollOut(ctx, "istio-system", m.istio.Deployment()))
	require.NoError(t, m.cluster.Ready(ctx, "istio-system"))
	require.NoError(t, m.cluster.Restart(ctx, m.Application))
	require.NoError(t, m.page().Answers(ctx))
	m.step("proxies send themselves")
	return notes
}

// directDelivery is the way without a collector, with a private CA. A satellite
// whose certificate names another host gets nothing.
func directDelivery(t *testing.T, m *mesh) {
	notes := m.sendDirectly(t)
	assert.Contains(t, notes, "LS-DIRECT-LOSES", "what it costs is said before it happens")
	m.tracing(t, m.bookinfo())
	m.deliver(t, requests)

	right, err := m.satellite.Authority.Issue(m.satellite.Host(), m.satellite.Host()+".svc", m.satellite.Host()+".svc.cluster.local")
	require.NoError(t, err)
	wrong, err := m.satellite.Authority.Issue("satellite.elsewhere.example")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.satellite.Show(context.WithoutCancel(t.Context()), right)) })
	require.NoError(t, m.satellite.Show(t.Context(), wrong))
	sent := m.page().Send(t.Context(), 30)
	require.NoError(t, sent.Err(), "tracing never costs a request")
	require.NoError(t, m.satellite.Nothing(t.Context(), m.bookinfo(), sent))
	m.step("a satellite with another host's certificate got nothing")

	require.NoError(t, m.satellite.Show(t.Context(), right))
	m.tracing(t, m.bookinfo())
}
