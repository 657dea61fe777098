//go:build e2e

package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/faults"
)

// shortFaults has the faults that end within seconds happen to the shared
// release. Nothing of it is kept: what the documentation tells is TestFaults'.
func shortFaults(t *testing.T, m *mesh) {
	m.ownNames(t)
	m.released(t)
	m.onlyReviews(t)
	of := m.faulty(t, faults.Collector)
	ran := 0
	for _, fault := range faults.Table() {
		if !fault.Short {
			continue
		}
		ran++
		t.Run(fault.ID, func(t *testing.T) { m.fault(t, of, fault) })
	}
	assert.Positive(t, ran, "faults that end within seconds")
}
