package satellite_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/satellite"
)

func drain(t *testing.T, metrics string) ([]float64, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
	defer cancel()
	var told []float64
	err := satellite.Drain(ctx, metrics, func(requests float64) { told = append(told, requests) })
	return told, err
}

func TestDrainWaitsForEveryQueue(t *testing.T) {
	full := &replica{queue: 7, everAsked: func(r *replica) {
		if r.asked > 1 {
			r.queue = 0
		}
	}}
	told, err := drain(t, replicas(t, &replica{}, full).Metrics)
	require.NoError(t, err)
	assert.Equal(t, []float64{7, 0}, told)
}

func TestDrainSaysWhatWaits(t *testing.T) {
	_, err := drain(t, replicas(t, &replica{queue: 2}, &replica{queue: 3}).Metrics)
	var undrained *satellite.UndrainedError
	require.ErrorAs(t, err, &undrained)
	assert.InDelta(t, 5, undrained.Requests, 0)
	assert.ErrorContains(t, err, "5 requests still wait for the satellite")
}

func TestDrainOfNothing(t *testing.T) {
	answerDNS(t) // the name has no address: no collector runs
	_, err := drain(t, "collectors.test:8888")
	assert.NoError(t, err)
}

func TestDrainThatCannotLook(t *testing.T) {
	answerDNS(t, net.IPv4(127, 0, 0, 1))
	_, err := drain(t, at("collectors.test", free(t)))
	assert.ErrorContains(t, err, "read the collectors' queues")
}
