//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// oneCollector goes from two collectors to one: the one that stays is not restarted, and
// no trace is lost. Then that one is deleted: spans are lost only while it is gone.
func oneCollector(t *testing.T, m *mesh) {
	m.unreleased(t)
	m.install(t)
	m.tracing(t, m.bookinfo())
	ctx := t.Context()
	before := m.lifeOf(t, 0)
	running := m.page().Start(ctx, 10)
	// Stopped below too; a test that ends before stops it here.
	defer running.Stop()
	_, err := m.release().Upgrade(t, ctx, m.values(), release.Values{"collector": tree{"replicas": 1}})
	require.NoError(t, err)
	require.NoError(t, m.cluster.Gone(ctx, m.Namespace, "statefulset.kubernetes.io/pod-name="+m.collector(1)))
	time.Sleep(10 * time.Second) // Requests after all.
	report, err := m.verdict(ctx, m.bookinfo(), running.Stop(), arrival)
	require.NoError(t, err)
	assert.Equal(t, before, m.lifeOf(t, 0), "the collector that stays is not restarted")
	m.step("from two collectors to one: %s", report)
	m.gapOfOne(t)
}

// flush is how long a proxy keeps spans before it sends them.
const flush = 5 * time.Second

// gapOfOne deletes the one collector with traffic running, and looks at which requests
// lost spans.
func (m *mesh) gapOfOne(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	before := m.lifeOf(t, 0)
	running := m.page().Start(ctx, 10)
	defer running.Stop()
	time.Sleep(3 * flush)
	gone := time.Now()
	require.NoError(t, m.cluster.Kubernetes.CoreV1().Pods(m.Namespace).Delete(ctx, m.collector(0), metav1.DeleteOptions{}))
	err := wait.PollUntilContextTimeout(ctx, time.Second/5, cluster.Timeout, true, func(context.Context) (bool, error) {
		now := m.lifeOf(t, 0)
		return now.uid != before.uid && now.ready, nil
	})
	require.NoError(t, err, "no new collector is ready")
	back := time.Now()
	time.Sleep(6 * flush)
	sent := running.Stop()
	require.NoError(t, sent.Err(), "no request fails")
	report, err := m.satellite.Wait(ctx, m.bookinfo(), sent, arrival)
	if !errors.Is(err, spantest.ErrIncomplete) {
		require.NoError(t, err)
	}
	var first, last time.Time
	for _, result := range report.Results {
		if at := result.Request.At; len(result.Problems) > 0 {
			if first.IsZero() || at.Before(first) {
				first = at
			}
			if at.After(last) {
				last = at
			}
		}
	}
	m.step("one collector is deleted, and ready again after %.1f s: %s", back.Sub(gone).Seconds(), report)
	if first.IsZero() {
		return
	}
	m.step("requests lost spans from %.1f s after the deletion to %.1f s after it", first.Sub(gone).Seconds(), last.Sub(gone).Seconds())
	assert.True(t, first.After(gone.Add(-2*flush)), "what the collector had is on its volume")
	assert.True(t, last.Before(back.Add(2*flush)), "it gets spans again")
}

// life is one run of a collector's pod.
type life struct {
	uid      types.UID
	restarts int32
	ready    bool
}

// lifeOf is that of a collector; nothing where it is not there.
func (m *mesh) lifeOf(t *testing.T, i int) life {
	t.Helper()
	pods, err := m.cluster.Pods(t.Context(), m.Namespace, "statefulset.kubernetes.io/pod-name="+m.collector(i))
	require.NoError(t, err)
	if len(pods) == 0 {
		return life{}
	}
	now := life{uid: pods[0].UID}
	for _, status := range pods[0].Status.ContainerStatuses {
		now.restarts += status.RestartCount
	}
	for _, condition := range pods[0].Status.Conditions {
		now.ready = now.ready || condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue
	}
	return now
}
