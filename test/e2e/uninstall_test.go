//go:build e2e

package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
)

// uninstall takes the release away with traffic running: what was answered
// before is delivered, no request fails, tracing stops, and nothing stays but the
// volumes.
func uninstall(t *testing.T, m *mesh) {
	m.released(t)
	m.tracing(t, m.bookinfo())
	queues := m.claimed(t)
	if m.valuesFile == nil {
		require.Len(t, queues, 2)
	}
	running := m.page().Start(t.Context(), 10)
	time.Sleep(2 * time.Second) // So that there is something under way.
	begin := time.Now()
	require.NoError(t, m.release().Uninstall(t, t.Context()))
	m.step("uninstalled in %.0f s", time.Since(begin).Seconds())
	if !m.Installed {
		require.NoError(t, m.cluster.RollOut(t.Context(), istio.Namespace, m.istio.Deployment()))
		require.NoError(t, m.cluster.Ready(t.Context(), istio.Namespace))
		m.step("istiod restarts without the chart's Secrets and ConfigMap")
	}
	end := time.Now()
	sent := running.Stop()
	require.NoError(t, sent.Err(), "traffic does not stop")

	_, err := m.satellite.Wait(t.Context(), m.bookinfo(), sent.Between(time.Time{}, begin), arrival)
	require.NoError(t, err, "what was answered before the uninstall is delivered")
	after := m.page().Send(t.Context(), 10)
	require.NoError(t, after.Err())
	require.NoError(t, m.satellite.Nothing(t.Context(), m.bookinfo(), after, sent.Between(end, time.Time{})))
	m.onlyVolumesStay(t, len(queues))
}

// onlyVolumesStay compares all objects with those before the release. That something was
// restarted, such as istiod, is no change.
func (m *mesh) onlyVolumesStay(t *testing.T, queues int) {
	t.Helper()
	require.NoError(t, m.cluster.Gone(t.Context(), m.Namespace, "app.kubernetes.io/instance="+m.Release))
	const restarted = ": spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt"
	var volumes, others []string
	for _, line := range m.changes(t, m.shared.before) {
		kind, _, _ := strings.Cut(strings.TrimPrefix(line, "+ "), " ")
		switch {
		case kind == "PersistentVolumeClaim" || kind == "PersistentVolume":
			volumes = append(volumes, line)
		case !strings.HasSuffix(line, restarted):
			others = append(others, line)
		}
	}
	assert.Empty(t, others, "objects stay, or were changed")
	assert.Len(t, volumes, 2*queues, "each queue keeps its volume and its claim")
	m.shared = nil
	m.removeVolumes(t.Context(), t)
}
