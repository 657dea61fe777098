//go:build e2e

package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
)

// requests is how many the figures are about.
const requests = 500

// longestRetry is how long after a call an exporter may make it again although the
// satellite took it: the collector's exporter gives up on an answer after 30 s and waits
// at most 5 s more (_exporter.tpl); proxies send every 5 s.
const longestRetry = 45 * time.Second

// collectorDelivery is the default way: Helm reads Istio's version from the
// cluster, proxies send to the collector, the collector to the satellite.
func collectorDelivery(t *testing.T, m *mesh) {
	notes := m.released(t)
	assert.Contains(t, notes, m.Istio.Version, "NOTES tell the version that was read")
	assert.NotContains(t, notes, token)
	m.tracing(t, m.bookinfo())
	sent := m.page().Send(t.Context(), requests)
	require.NoError(t, sent.Err())
	report, err := m.satellite.WaitAgain(t.Context(), m.bookinfo(), sent, arrival, longestRetry)
	require.NoError(t, err)
	m.delivery = m.delivery.Add(m.bookinfo(), report)
	assert.Equal(t, requests, report.Complete)
	assert.Zero(t, report.Doubled)
	assert.Len(t, bookinfo.Reviews(report), 3, "every version of reviews answered")
	m.step("%s: %s, looked at again after %.0f s", t.Name(), report, longestRetry.Seconds())
}
