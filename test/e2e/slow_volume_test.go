//go:build e2e

package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slowVolume has the disk of one of two collectors stall with requests running: it takes
// nothing for 3 of 4 seconds, a minute long, and then for 20 seconds, which is longer than
// a proxy waits for an answer. No request fails and no trace is lost.
func slowVolume(t *testing.T, m *mesh) {
	m.unreleased(t)
	m.install(t)
	shell := m.shell(t)
	does := func(ctx context.Context, script string) {
		t.Helper()
		_, err := shell.Run(ctx, script)
		require.NoError(t, err)
	}
	t.Cleanup(func() { does(context.WithoutCancel(t.Context()), "small-volume remove") })
	does(t.Context(), "small-volume make disk")
	m.tracing(t, m.bookinfo())
	running := m.page().Start(t.Context(), 10)
	// Stopped below too; a test that ends before stops it here.
	defer running.Stop()
	before := m.accepted(t, 0)
	start := time.Now()
	does(t.Context(), "for i in $(seq 15); do small-volume stall 3; sleep 1; done")
	m.step("the disk stalled 15 times for 3 s in %.0f s", time.Since(start).Seconds())
	assert.Greater(t, m.accepted(t, 0), before, "the collector with the slow disk takes spans")
	does(t.Context(), "small-volume stall 20")
	m.step("the disk stalled for 20 s")
	time.Sleep(10 * time.Second) // Requests after all.
	report, err := m.verdict(t.Context(), m.bookinfo(), running.Stop(), 2*time.Minute)
	require.NoError(t, err)
	m.step("%s: %s", t.Name(), report)
}
