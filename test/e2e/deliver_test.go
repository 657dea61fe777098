//go:build e2e

package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// requests is how many the figures are about.
const requests = 500

// collectorDelivery is the default way: Helm reads Istio's version from the
// cluster, proxies send to the collector, the collector to the satellite.
func collectorDelivery(t *testing.T, m *mesh) {
	notes := m.released(t)
	assert.Contains(t, notes, m.Istio.Version, "NOTES tell the version that was read")
	assert.NotContains(t, notes, token)
	m.tracing(t, m.bookinfo())
	report := m.deliver(t, requests)
	assert.Equal(t, requests, report.Complete)
	assert.Zero(t, report.Doubled)
	assert.Len(t, report.Reviews(), 3, "every version of reviews answered")
}
