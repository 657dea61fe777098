//go:build e2e

package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/faults"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// TestFaults has every fault happen, first with the collector, then with direct
// delivery, and keeps what was seen in results/.
func TestFaults(t *testing.T) {
	m := newMesh(t, settings.Faults)
	m.onlyReviews(t)
	for _, delivery := range []faults.Delivery{faults.Collector, faults.Direct} {
		t.Run(string(delivery), func(t *testing.T) { m.faults(t, delivery) })
	}
}

func (m *mesh) faults(t *testing.T, delivery faults.Delivery) {
	t.Helper()
	of := m.faulty(t, delivery)
	ran := false
	for _, fault := range faults.Table() {
		if _, ok := fault.Bounds[delivery]; !ok {
			continue
		}
		t.Run(fault.ID, func(t *testing.T) {
			if !ran {
				// Only now is it known that -run asks for a fault of this delivery.
				m.deliverFaulty(t, of)
				ran = true
			}
			row := m.fault(t, of, fault)
			require.NoError(t, faults.Keep(faults.File("results", delivery), row))
		})
	}
	if ran {
		m.removeFaulty(t, of)
	}
}
