//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// mutualTLSIsTested has `doctor backend --collector-mtls`, which helm test runs, ask each
// of two collectors: both refuse plain text, both take it, and one of them has no sidecar.
func mutualTLSIsTested(t *testing.T, m *mesh) {
	m.unreleased(t)
	m = m.elsewhere(t)
	m.install(t, mutualTLS("STRICT"))
	m.haveSidecars(t, true)
	m.helmTestPasses(t)
	said := m.helmTestSaid(t)
	assert.Contains(t, said, strings.Join(m.spanPorts(t), ", ")+" refuse plain text")
	m.step("helm test: both collectors refuse plain text")

	m.mutualTLS(t, "PERMISSIVE")
	m.plainTextIsSeen(t, m.spanPorts(t))

	m.mutualTLS(t, "STRICT")
	m.sidecar(t, false, 1)
	m.step("%s has no sidecar", m.collector(1))
	m.plainTextIsSeen(t, m.portOf(t, 1), m.portOf(t, 0)...)
	_, err := m.release().Test(t, t.Context())
	require.Error(t, err, "helm test sees it too")
	m.sidecar(t, true, 1)
	m.haveSidecars(t, true)
	m.helmTestPasses(t)
}

// plainTextIsSeen holds that doctor backend with the arguments of helm test finds that
// these collectors take plain text, and that those do not. A sidecar needs a moment to hear
// of a mode.
func (m *mesh) plainTextIsSeen(t *testing.T, taking []string, refusing ...string) {
	t.Helper()
	takes := func(said, port string) bool {
		return strings.Contains(said, "the collector at "+port+" accepts plain text")
	}
	deadline := time.Now().Add(2 * time.Minute)
	for {
		said, passed := m.doctorBackend(t)
		seen := !passed && !slices.ContainsFunc(taking, func(port string) bool { return !takes(said, port) })
		if !seen && time.Now().Before(deadline) {
			continue
		}
		assert.False(t, passed, "%s", said)
		assert.Equal(t, len(taking), strings.Count(said, "LS-SPAN-PLAINTEXT"), "%s", said)
		for _, port := range taking {
			assert.True(t, takes(said, port), "%s: %s", port, said)
		}
		for _, port := range refusing {
			assert.False(t, takes(said, port), "%s: %s", port, said)
		}
		m.step("doctor backend --collector-mtls: %s accept plain text, %v do not", strings.Join(taking, ", "), refusing)
		return
	}
}

// spanPorts are where the collectors take spans, in order.
func (m *mesh) spanPorts(t *testing.T) []string {
	t.Helper()
	all := slices.Concat(m.portOf(t, 0), m.portOf(t, 1))
	slices.Sort(all)
	return all
}

// portOf is where one collector takes spans.
func (m *mesh) portOf(t *testing.T, i int) []string {
	t.Helper()
	pod, err := m.cluster.Kubernetes.CoreV1().Pods(m.Namespace).Get(t.Context(), m.collector(i), getOptions)
	require.NoError(t, err)
	return []string{net.JoinHostPort(pod.Status.PodIP, "4317")}
}

// sidecar replaces the last collector by one with a sidecar, or by one without.
func (m *mesh) sidecar(t *testing.T, has bool, last int) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	partition := last
	if has {
		partition = 0
	}
	said := fmt.Sprintf(`{"sidecar.istio.io/inject":"%t"}`, has)
	_, err := m.cluster.Kubernetes.AppsV1().StatefulSets(m.Namespace).Patch(ctx, m.Release+"-collector", types.StrategicMergePatchType,
		fmt.Appendf(nil, `{"spec":{"updateStrategy":{"rollingUpdate":{"partition":%d}},"template":{"metadata":{"labels":%s,"annotations":%s}}}}`,
			partition, said, said), metav1.PatchOptions{})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		pod, err := m.cluster.Kubernetes.CoreV1().Pods(m.Namespace).Get(ctx, m.collector(last), getOptions)
		if err != nil || pod.DeletionTimestamp != nil || pod.Labels["sidecar.istio.io/inject"] != fmt.Sprint(has) {
			return false
		}
		return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
		})
	}, 3*time.Minute, time.Second, "%s is replaced", m.collector(last))
	if has {
		require.NoError(t, m.cluster.Ready(ctx, m.Namespace))
	}
}
