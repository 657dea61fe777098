//go:build e2e

package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/suite"
)

// item is one thing that the mesh must show. Items run one after the other on
// the same mesh; -run TestMesh/NAME picks.
type item struct {
	name string
	test func(*testing.T, *mesh)
}

// TestMesh runs them. What those of the whole suite show is kept in results/.
func TestMesh(t *testing.T) {
	m := newMesh(t, settings.Quick, settings.All)
	items, whole := quickItems, m.Suite == settings.All
	if whole {
		items = append(items, slowItems...)
	}
	run := suite.Run{Istio: m.Istio.Version}
	setup := m.setup(t)
	for _, i := range items {
		t.Run(i.name, func(t *testing.T) {
			start := time.Now()
			m.delivery = nil
			// Also where the test ends itself.
			t.Cleanup(func() {
				setup.At = start.UTC().Format(minute)
				run.Items = append(run.Items, suite.Item{
					Name: i.name, Result: resultOf(t), Setup: setup, Seconds: time.Since(start).Round(time.Second).Seconds(), Delivery: m.delivery,
				})
			})
			i.test(t, m)
			if !t.Failed() {
				m.step("ok: %s", i.name)
			}
		})
	}
	if whole {
		require.NoError(t, run.Keep("results", m.Istio.Minor))
	}
}

func resultOf(t *testing.T) suite.Result {
	t.Helper()
	switch {
	case t.Failed():
		return suite.Failed
	case t.Skipped():
		return suite.Skipped
	}
	return suite.Passed
}
