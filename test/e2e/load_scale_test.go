//go:build e2e

package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/load"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// idleShare is how much of the machine the rate of TestLoadScale leaves.
const idleShare = 0.2

// TestLoadScale is CollectorScale at the highest rate of spans, in calls of five, that
// leaves a fifth of the machine idle: from 3 collectors to 6 and back, twice, with the
// satellite away half of the time. No span that was taken is lost, and none is refused.
// The rate and the share are kept in results/scale.json.
func TestLoadScale(t *testing.T) {
	m := newMesh(t, settings.Load)
	m.volumeSize = "2Gi"
	require.NoError(t, m.satellite.WithoutZipkin(t.Context()))
	m.install(t, scaled)
	require.NoError(t, m.collectors(3)(t.Context()))
	address := m.exposeCollectors(t)
	result := load.Scaled{Setup: m.setup(t)}
	send := func(ctx context.Context, perSecond float64, long time.Duration) (load.Tried, error) {
		before, err := load.ReadProcessor()
		if err != nil {
			return load.Tried{}, err
		}
		sent, err := load.Generator{Address: address, Connections: 3 * connections, PerSecond: perSecond, Renew: 10 * time.Second}.Send(ctx, long)
		if err != nil {
			return load.Tried{}, err
		}
		after, err := load.ReadProcessor()
		result.Taken, result.Refused = result.Taken+sent.Taken, result.Refused+sent.Refused
		tried := load.Tried{PerSecond: perSecond, Reached: float64(sent.Taken) / sent.Seconds, Idle: after.Idle(before), Refused: sent.Refused}
		m.step("%.0f spans/s: %.0f %% of the machine is idle; %d taken, %d refused %s", perSecond, 100*tried.Idle, sent.Taken, sent.Refused, sent.Reason)
		return tried, err
	}
	var err error
	result.Rate, result.Tried, err = load.Highest(125, idleShare, 3, func(perSecond float64) (load.Tried, error) {
		return send(t.Context(), perSecond, 20*time.Second)
	})
	require.NoError(t, err)
	// What the search itself had refused is told with the rates that it tried.
	result.Refused = 0

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	type outcome struct {
		load.Tried
		err error
	}
	sent := make(chan outcome, 1)
	start := time.Now()
	go func() {
		tried, err := send(ctx, result.Rate.PerSecond, time.Hour)
		sent <- outcome{tried, err}
	}()
	result.Away = m.scaleTwice(t).Round(time.Second).Seconds()
	stop()
	all := <-sent
	require.NoError(t, all.err)
	result.Idle, result.Seconds = all.Idle, time.Since(start).Round(time.Second).Seconds()
	result.Delivered = m.distinct(t, result.Taken)
	m.step("%+v", result)
	require.NoError(t, result.Judge(idleShare))
	require.NoError(t, result.Keep("results/scale.json"))
}

// scaleTwice goes from 3 collectors to 6 and back and to 6 again, as CollectorScale does.
// It gives how long the satellite was away.
func (m *mesh) scaleTwice(t *testing.T) (away time.Duration) {
	t.Helper()
	var left time.Time
	satellite := func(replicas int) {
		require.NoError(t, m.satellite.Scale(t.Context(), replicas))
		if replicas > 0 {
			away += time.Since(left)
		}
		left = time.Now()
	}
	t.Cleanup(func() { _ = m.satellite.Scale(context.WithoutCancel(t.Context()), 1) })
	satellite(0)
	require.NoError(t, m.collectors(6)(t.Context()))
	time.Sleep(30 * time.Second)
	satellite(1)
	m.removed(t, 3)
	require.NoError(t, m.collectors(6)(t.Context()))
	time.Sleep(30 * time.Second)
	satellite(0)
	time.Sleep(30 * time.Second)
	m.removed(t, 3)
	satellite(1)
	time.Sleep(30 * time.Second)
	require.NoError(t, m.collectors(6)(t.Context()))
	return away
}

// distinct waits until so many spans of the load came, or no more come.
func (m *mesh) distinct(t *testing.T, want int) int {
	t.Helper()
	last, since := 0, time.Now()
	for {
		began := time.Now()
		got, err := m.satellite.Distinct(t.Context())
		require.NoError(t, err)
		if got != last {
			last, since = got, time.Now()
		}
		if got >= want || time.Since(since) > 2*time.Minute {
			return got
		}
		// To count millions of spans takes the processors that these need on their way.
		time.Sleep(max(5*time.Second, 2*time.Since(began)))
	}
}
