//go:build e2e

package e2e_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gruntwork-io/terratest/modules/random"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// denyAll lets nothing into the namespace's pods but what is named: Istio's own
// ports, and Bookinfo's.
const denyAll = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: istio}
spec:
  podSelector: {matchExpressions: [{key: app, operator: In, values: [istiod, istio-ingressgateway]}]}
  policyTypes: [Ingress]
  ingress: [{}]
`

// registryOnly is mesh config of the user's: nothing leaves but to hosts that
// Istio knows.
const registryOnly = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  meshConfig: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}}
`

// policies has NetworkPolicies and REGISTRY_ONLY on: spans are still delivered.
func policies(t *testing.T, m *mesh) {
	m.released(t)
	ctx := context.WithoutCancel(t.Context())
	text, err := m.release().Document(t, ctx, "istioOperator", m.values(), m.version())
	require.NoError(t, err)
	require.NoError(t, m.istio.Install(ctx, registryOnly, text))
	require.NoError(t, m.cluster.Apply(ctx, istio.Namespace, denyAll))
	t.Cleanup(func() {
		require.NoError(t, m.cluster.Delete(ctx, istio.Namespace, denyAll))
		m.document(t)
	})
	m.step("REGISTRY_ONLY and NetworkPolicies that deny all else are on; enforced: %t", m.policiesEnforced(t))
	m.tracing(t, m.bookinfo())
	m.deliver(t, 50)
}

// policiesEnforced tells whether the cluster's network heeds NetworkPolicies: a
// port of the collector that nothing listens on is refused where it does not, and
// unanswered where it does. A kind cluster of this run has to.
func (m *mesh) policiesEnforced(t *testing.T) bool {
	t.Helper()
	collectors, err := m.cluster.Pods(t.Context(), m.Namespace, "app.kubernetes.io/component=collector")
	require.NoError(t, err)
	require.NotEmpty(t, collectors)
	said := m.fromOutside(t, `timeout 3 bash -c "</dev/tcp/$0/9999" 2>/dev/null; echo $?`, collectors[0].Status.PodIP)
	const timedOut = "124"
	enforced := said == timedOut
	if m.kind != nil {
		assert.True(t, enforced, "the kind cluster does not enforce NetworkPolicies")
	}
	return enforced
}

// restricted runs the release in a namespace of its own that takes no pods but
// those of Pod Security's level restricted.
func restricted(t *testing.T, m *mesh) {
	m.unreleased(t)
	m.document(t)
	ctx := context.WithoutCancel(t.Context())
	namespace := "release-" + strings.ToLower(random.UniqueID())
	require.NoError(t, m.cluster.Namespace(ctx, namespace, map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}))
	t.Cleanup(func() { require.NoError(t, m.cluster.DeleteNamespace(ctx, namespace)) })
	elsewhere := m.release()
	elsewhere.Namespace = namespace
	t.Cleanup(func() { require.NoError(t, elsewhere.Uninstall(t, ctx)) })
	_, err := elsewhere.Install(t, ctx, m.values(), release.Values{"istio": tree{"namespace": istio.Namespace}})
	require.NoError(t, err)
	m.tracing(t, m.bookinfo())
	m.deliver(t, 50)
	said, err := elsewhere.Test(t, ctx)
	require.NoError(t, err, "%s", said)
}
