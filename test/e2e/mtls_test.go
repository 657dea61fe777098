//go:build e2e

package e2e_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// mutualTLSToCollectors goes from plain text to mutual TLS and back as
// docs/platforms.md says, with traffic running, and replaces a collector on the
// way: no request fails and no trace is lost. With STRICT, plain text is refused.
func mutualTLSToCollectors(t *testing.T, m *mesh) {
	m.unreleased(t)
	m.install(t)
	m.tracing(t, m.bookinfo())
	running := m.page().Start(t.Context(), 10)
	// Stopped below too; a test that ends before stops it here.
	defer running.Stop()
	for _, mode := range []string{"PERMISSIVE", "STRICT"} {
		m.mutualTLS(t, mode)
		m.haveSidecars(t, true)
	}
	said, err := m.release().Test(t, t.Context())
	require.NoError(t, err, "%s", said)
	assert.Contains(t, said, "refuses plain text")
	pods := m.cluster.Kubernetes.CoreV1().Pods(m.Namespace)
	require.NoError(t, pods.Delete(t.Context(), m.collector(0), metav1.DeleteOptions{}))
	time.Sleep(15 * time.Second) // Longer than it still takes spans.
	require.NoError(t, m.cluster.Ready(t.Context(), m.Namespace))
	m.step("STRICT: plain text is refused, and a collector was replaced")
	for _, mode := range []string{"PERMISSIVE", "DISABLE"} {
		m.mutualTLS(t, mode)
	}
	m.haveSidecars(t, false)
	report, err := m.verdict(t.Context(), m.bookinfo(), running.Stop(), arrival)
	require.NoError(t, err)
	m.step("%s: %s", t.Name(), report)
}

func (m *mesh) mutualTLS(t *testing.T, mode string) {
	t.Helper()
	_, err := m.release().Upgrade(t, t.Context(), m.values(), release.Values{"collector": tree{"mtls": tree{"mode": mode}}})
	require.NoError(t, err)
	m.step("collector.mtls.mode is %s", mode)
}

// haveSidecars holds that every collector has a sidecar, or that none has.
func (m *mesh) haveSidecars(t *testing.T, want bool) {
	t.Helper()
	collectors, err := m.cluster.Pods(t.Context(), m.Namespace, "app.kubernetes.io/component=collector")
	require.NoError(t, err)
	require.NotEmpty(t, collectors)
	for _, pod := range collectors {
		all := slices.Concat(pod.Spec.Containers, pod.Spec.InitContainers)
		has := slices.ContainsFunc(all, func(c corev1.Container) bool { return c.Name == "istio-proxy" })
		assert.Equal(t, want, has, "%s has a sidecar", pod.Name)
	}
}
