package collector_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
)

func counted(accepted, sent, uptime float64) *collector.Metrics {
	return &collector.Metrics{Accepted: accepted, Uptime: uptime, Exporters: map[string]collector.Counts{
		collector.Exporter: {Sent: sent, SendFailed: 1, EnqueueFailed: 2, Queue: collector.Queue{Known: true, Size: sent}},
	}}
}

func TestSinceAnEarlierLook(t *testing.T) {
	t.Parallel()
	since, restarted := counted(150, 130, 70).Since(counted(100, 90, 60), 10)
	assert.False(t, restarted)
	assert.Equal(t, &collector.Metrics{Accepted: 50, Uptime: 70, Exporters: map[string]collector.Counts{
		collector.Exporter: {Sent: 40, Queue: collector.Queue{Known: true, Size: 130}},
	}}, since)
}

// A collector that started again counts from zero.
func TestSinceARestart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ before, now *collector.Metrics }{
		"fewer spans accepted":                  {counted(100, 10, 0), counted(50, 30, 0)},
		"fewer spans sent":                      {counted(40, 90, 0), counted(50, 30, 0)},
		"a counter that is gone":                {counted(40, 0, 0), &collector.Metrics{Accepted: 50, Exporters: map[string]collector.Counts{collector.Exporter: {Sent: 30}}}},
		"a shorter uptime, and more than then":  {counted(40, 10, 60), counted(50, 30, 8)},
		"a longer uptime that is not by enough": {counted(40, 10, 2), counted(50, 30, 6)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			since, restarted := c.now.Since(c.before, 10)
			assert.True(t, restarted)
			assert.InDelta(t, 50, since.Accepted, 0)
			assert.InDelta(t, 30, since.Exporters[collector.Exporter].Sent, 0)
		})
	}
	_, restarted := counted(50, 30, 12).Since(counted(40, 10, 2), 10)
	assert.False(t, restarted)
}

func TestPlus(t *testing.T) {
	t.Parallel()
	sum := collector.Counts{Sent: 1, SendFailed: 2, EnqueueFailed: 3}.Plus(
		collector.Counts{Sent: 10, SendFailed: 20, EnqueueFailed: 30, Queue: collector.Queue{Known: true, Size: 5, Capacity: 1000}})
	assert.Equal(t, collector.Counts{Sent: 11, SendFailed: 22, EnqueueFailed: 33, Queue: collector.Queue{Known: true, Size: 5, Capacity: 1000}}, sum)
	assert.True(t, sum.Queue.Clear())
	assert.False(t, collector.Queue{Known: true, Size: 50, Capacity: 1000}.Clear())
	assert.False(t, collector.Queue{}.Clear(), "not known")
}
