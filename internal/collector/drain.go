package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// drainEvery is how often collectors are asked while their queues empty; a
// variable, so that tests do not wait.
var drainEvery = time.Second

// errNoAnswer says that no look was complete in time.
var errNoAnswer = errors.New("the collectors did not answer in that time")

// Waiting is a queue that is not known to be empty.
type Waiting struct {
	Replica  string // IP:port of the collector's metrics
	Exporter string
	Queue    Queue
}

// String names the queue and says how full it is.
func (w Waiting) String() string {
	return fmt.Sprintf("the queue of %s at %s is %s", w.Exporter, w.Replica, w.Queue)
}

// UndrainedError says that spans wait, or may wait, that no backend took in
// time.
type UndrainedError struct {
	Waiting  []Waiting     // the queues that are not empty
	Found    int           // collectors that answered
	Replicas int           // collectors that were expected
	Cause    error         // why the others could not be asked; nil: they have no address
	Waited   time.Duration // for all this to end
}

// leaves is the way out of an uninstall that is refused.
const leaves = "To uninstall and leave what is queued on the volumes: `helm uninstall --no-hooks`"

// Error says what waits or is not known, for how long it was waited, and the
// way out.
func (e *UndrainedError) Error() string {
	waited := e.Waited.Round(time.Second)
	switch {
	case len(e.Waiting) > 0:
		texts := make([]string, len(e.Waiting))
		for i, w := range e.Waiting {
			texts[i] = w.String()
		}
		return fmt.Sprintf("spans still wait after %s: %s. `istio-lightstep doctor backend` looks for what keeps them. %s",
			waited, strings.Join(texts, "; "), leaves)
	case e.Cause != nil:
		return fmt.Sprintf("what the collectors have queued is unknown after %s: %v. "+
			"Check that their pods run and that a NetworkPolicy does not block port %d. %s", waited, e.Cause, MetricsPort, leaves)
	default:
		return fmt.Sprintf("%d of %d collectors have an address after %s; what the others have queued on their volumes is unknown. "+
			"Start them, or have DNS give their addresses. %s", e.Found, e.Replicas, waited, leaves)
	}
}

// Unwrap gives why collectors could not be asked.
func (e *UndrainedError) Unwrap() error { return e.Cause }

// Drain waits until every queue of every collector behind hostPort, that of
// their metrics, is seen empty or flowing, but for those of taps. A queue flows
// if its exporter gives nothing up, has under 1 % of the queue waiting at two
// looks in a row, and sends so much that this is gone in some seconds: while
// proxies still send, a queue is never empty. From Kubernetes 1.30 on, what it
// holds then leaves it in the 10 seconds for which a pod goes on after it was
// told to stop; before, up to those seconds of traffic stay on the volume. Each address of the host
// is a collector, and replicas are expected at least: one that has no address
// may have spans on its volume. DNS that finds no name proves nothing, as it
// says the same of a name under another cluster domain. The queues of the
// exporters expected must be told of. told is handed the queues that are not
// empty, at each look.
//
// An [UndrainedError] is given if that is not so when ctx ends.
func Drain(ctx context.Context, hostPort string, replicas int, expected []string, told func([]Waiting)) error {
	begun := time.Now()
	last := &UndrainedError{Replicas: replicas, Cause: errNoAnswer}
	var before map[string]*Metrics
	for {
		now, found, err := look(ctx, hostPort, replicas, expected, before)
		before = found
		switch {
		case err != nil:
			return err
		case ctx.Err() == nil:
			last = now
			told(now.Waiting)
			if len(now.Waiting) == 0 && now.Cause == nil && now.Found >= replicas {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			last.Waited = time.Since(begun)
			return last
		case <-time.After(drainEvery):
		}
	}
}

// look asks every collector once, and gives their metrics for the next look.
// The error is that of a wrong hostPort.
func look(ctx context.Context, hostPort string, replicas int, expected []string, before map[string]*Metrics) (*UndrainedError, map[string]*Metrics, error) {
	found, err := AskAll(ctx, hostPort)
	now := &UndrainedError{Replicas: replicas, Found: len(found)}
	var address *net.AddrError
	var unknown *net.DNSError
	switch {
	case errors.As(err, &address):
		return nil, nil, err
	case errors.As(err, &unknown) && unknown.IsNotFound:
		return now, nil, nil
	case err != nil:
		now.Cause = err
		return now, nil, nil
	}
	for _, replica := range slices.Sorted(maps.Keys(found)) {
		for _, exporter := range found[replica].Queues(expected...) {
			counts := found[replica].Exporters[exporter]
			flows := before[replica] != nil && counts.flowsSince(before[replica].Exporters[exporter])
			if !counts.Queue.Empty() && !flows {
				now.Waiting = append(now.Waiting, Waiting{Replica: replica, Exporter: exporter, Queue: counts.Queue})
			}
		}
	}
	return now, found, nil
}

// clearing is how much may wait, in bytes, for each span that was sent since the
// look a second before: five seconds' worth at 300 bytes a span, and proxies'
// have twice to three times as much. Queues in requests or spans are far below.
const clearing = 5 * 300

// flowsSince says whether the queue only holds what is on its way, both now and
// at an earlier look.
func (c Counts) flowsSince(before Counts) bool {
	sent := c.Sent - before.Sent
	return sent > 0 && c.Lost() <= before.Lost() && c.Queue.Size <= clearing*sent &&
		c.Queue.nearlyEmpty() && before.Queue.nearlyEmpty()
}

// lookTimeout bounds one question to one collector.
const lookTimeout = 10 * time.Second

// directly asks no proxy of the environment and follows nothing to another
// address.
var directly = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Ask reads the metrics of one collector, IP:port.
func Ask(ctx context.Context, address string) (*Metrics, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	answer, err := directly.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end, or of no use
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", address, answer.Status)
	}
	return ReadMetrics(answer.Body)
}

// AskAll reads the metrics of every address of a host:port. They are given by
// IP:port.
func AskAll(ctx context.Context, hostPort string) (map[string]*Metrics, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	bounded, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	found, err := net.DefaultResolver.LookupIPAddr(bounded, host)
	if err != nil {
		return nil, err
	}
	replicas := map[string]*Metrics{}
	for _, ip := range found {
		address := net.JoinHostPort(ip.String(), port)
		if replicas[address], err = Ask(ctx, address); err != nil {
			return nil, cmp.Or(ctx.Err(), err)
		}
	}
	return replicas, nil
}
