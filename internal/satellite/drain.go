package satellite

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// drainEvery is how often collectors are asked while their queues empty.
const drainEvery = time.Second

// UndrainedError says that spans wait that no satellite took in time.
type UndrainedError struct {
	Requests float64       // in the queues of all replicas
	Waited   time.Duration // for them to leave
}

// Error says how much waits, for how long it was waited, and what then.
func (e *UndrainedError) Error() string {
	return fmt.Sprintf("%.0f requests still wait for the satellite after %s, and would stay behind: "+
		"see what `istio-lightstep doctor --satellite` says of it, then try again", e.Requests, e.Waited.Round(time.Second))
}

// Drain waits until the queue of every collector behind metrics, host:port of
// their metrics, was seen empty; each address of the host is a replica. Where
// none runs there is nothing to wait for. told is handed the requests that wait,
// at each look.
//
// Within the time that ctx has, an [UndrainedError] is given for queues that do
// not empty, and the last error where they cannot be read.
func Drain(ctx context.Context, metrics string, told func(requests float64)) error {
	start := time.Now()
	var waiting float64
	var last error
	for {
		replicas, err := readReplicas(ctx, metrics)
		var unknown *net.DNSError
		switch {
		case errors.As(err, &unknown) && unknown.IsNotFound:
			return nil
		case err == nil:
			waiting, last = 0, nil
			for _, counters := range replicas {
				waiting += counters.Queue
			}
			told(waiting)
			if waiting == 0 {
				return nil
			}
		case ctx.Err() == nil:
			last = err
		}
		select {
		case <-ctx.Done():
			if last != nil {
				return fmt.Errorf("read the collectors' queues: %w", last)
			}
			return &UndrainedError{Requests: waiting, Waited: time.Since(start)}
		case <-time.After(drainEvery):
		}
	}
}
