//go:build e2e

package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/alerts"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// scaled is a release whose autoscaler may have 3 to 6 collectors. It does not act:
// the cluster has no metrics for it, and the test sets the number in its place.
var scaled = release.Values{"collector": tree{
	"autoscaling":                   tree{"enabled": true, "minReplicas": 3, "maxReplicas": 6},
	"terminationGracePeriodSeconds": 110, // 60 seconds to send a queue
}}

// collectorsScale goes from 3 collectors to 6 and back with traffic running and the
// satellite away half of the time: no trace is lost. The second time the satellite
// is away while collectors are removed, and what they have is sent by those that
// are added again.
func collectorsScale(t *testing.T, m *mesh) {
	m.unreleased(t)
	m.install(t, scaled)
	require.NoError(t, m.collectors(3)(t.Context()))
	m.tracing(t, m.bookinfo())
	running := m.page().Start(t.Context(), 10)
	// Stopped below too; a test that ends before stops it here.
	defer running.Stop()
	satellite := func(replicas int) {
		require.NoError(t, m.satellite.Scale(t.Context(), replicas))
	}
	t.Cleanup(func() { assert.NoError(t, m.satellite.Scale(context.WithoutCancel(t.Context()), 1)) })

	satellite(0)
	require.NoError(t, m.collectors(6)(t.Context()))
	before := m.accepted(t, 5)
	time.Sleep(30 * time.Second)
	assert.Greater(t, m.accepted(t, 5), before, "the calls of proxies reach a new collector")
	satellite(1)
	m.removed(t, 3)
	m.step("from 6 to 3, the satellite back: the removed collectors sent what they had")

	require.NoError(t, m.collectors(6)(t.Context()))
	time.Sleep(30 * time.Second)
	satellite(0)
	time.Sleep(30 * time.Second)
	m.removed(t, 3)
	claims, err := m.cluster.Kubernetes.CoreV1().PersistentVolumeClaims(m.Namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(claims.Items), 6, "the volumes stay")
	satellite(1)
	time.Sleep(30 * time.Second)
	require.NoError(t, m.collectors(6)(t.Context()))
	m.step("from 6 to 3, the satellite away, and to 6 again")
	time.Sleep(5 * time.Second) // Requests after all.
	report, err := m.verdict(t.Context(), m.bookinfo(), running.Stop(), arrival)
	require.NoError(t, err)
	m.step("%s: %s", t.Name(), report)
}

// removed removes collectors, and waits until those are gone that are above the number.
func (m *mesh) removed(t *testing.T, replicas int) {
	t.Helper()
	require.NoError(t, m.collectors(replicas)(t.Context()))
	for i := replicas; i < 6; i++ {
		require.NoError(t, m.cluster.Gone(t.Context(), m.Namespace, "statefulset.kubernetes.io/pod-name="+m.collector(i)))
	}
}

// accepted is how many spans a collector accepted.
func (m *mesh) accepted(t *testing.T, i int) float64 {
	t.Helper()
	pods := alerts.Pods{Cluster: m.cluster, Namespace: m.Namespace, Release: m.Release}
	body, err := pods.Metrics(t.Context(), m.collector(i))
	require.NoError(t, err)
	defer func() { _ = body.Close() }()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(body)
	require.NoError(t, err)
	var sum float64
	for _, name := range []string{"otelcol_receiver_accepted_spans", "otelcol_receiver_accepted_spans_total"} {
		for _, one := range families[name].GetMetric() {
			sum += one.GetCounter().GetValue()
		}
	}
	return sum
}
