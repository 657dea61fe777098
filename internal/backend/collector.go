package backend

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// DefaultWait is how long a marked span may take from the collector on.
const DefaultWait = 30 * time.Second

// readyEvery is how often collectors that are not ready are asked again.
const readyEvery = 500 * time.Millisecond

// pollEvery is how often collectors are asked whether the span has left.
const pollEvery = 100 * time.Millisecond

// Collector is where the proxies send their spans, and where its replicas'
// metrics are.
type Collector struct {
	Address string        // host:port that takes spans, in plain text
	Zipkin  bool          // it takes Zipkin's spans, not OTLP's
	Mutual  bool          // it takes spans by mutual TLS alone, for which there is no certificate here
	Metrics string        // host:port of the metrics; each address of the host is a replica
	Feeds   []string      // exporters that send the span on; empty: that to LightStep alone
	Ready   time.Duration // to wait until the collectors accept spans; 0: they are not waited for
	Timeout time.Duration // of each step but the last; 0: DefaultTimeout
	Wait    time.Duration // for the span to leave, or for plain text to be refused; 0: DefaultWait
}

// Send sends one marked span through the collector and waits until every
// replica's own metrics say that nothing is left to send. Metrics do not name
// spans: where others were on their way too, the proof is that each backend
// took spans, none was given up and the queues ran empty afterwards.
//
// With Mutual, it sends no span, and finds out whether each replica refuses plain text.
//
// Steps are handed to told, and the problems of all are given, as by [Probe].
func (c Collector) Send(ctx context.Context, id TraceID, told func(Step)) ([]problem.Problem, error) {
	s := &sending{Collector: c, id: id}
	timeout := cmp.Or(c.Timeout, DefaultTimeout)
	steps, last := []namedStep{{"metrics", s.before}}, namedStep{"mTLS", s.refuses}
	if !c.Mutual {
		steps, last = append(steps, namedStep{"span", s.send}), namedStep{"arrival", s.await}
	}
	shown := func(step Step) Step {
		told(step)
		return step
	}
	if err := c.waitReady(ctx, timeout, told); err != nil {
		return nil, err
	}
	problems, err := walk(ctx, timeout, steps, shown)
	if err != nil || problem.HasErrors(problems) || s.metricsLost && !c.Mutual {
		return problems, err
	}
	waited, err := walk(ctx, cmp.Or(c.Wait, DefaultWait), []namedStep{last}, shown)
	problems = append(problems, waited...)
	problem.Sort(problems)
	return problems, err
}

// waitReady waits until the collectors are ready, and tells what it waits for
// where they are not. Those that do not become ready are for the steps to report.
func (c Collector) waitReady(ctx context.Context, timeout time.Duration, told func(Step)) error {
	if c.Ready == 0 {
		return nil
	}
	begun := time.Now()
	bounded, cancel := context.WithTimeout(ctx, c.Ready)
	defer cancel()
	err := c.reach(bounded, timeout)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	told(Step{Name: "waiting", Took: time.Since(begun), Seen: fmt.Sprintf(
		"up to %s, until the collectors accept spans and their metrics can be read: %s", c.Ready, redact.Said(err.Error(), ""))})
	_ = wait.PollUntilContextCancel(bounded, readyEvery, false, func(bounded context.Context) (bool, error) {
		err = c.reach(bounded, timeout)
		return err == nil, nil
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	seen := "the collectors accept spans"
	if err != nil {
		seen = "not in this time"
	}
	told(Step{Name: "ready", Took: time.Since(begun), Seen: seen})
	return nil
}

// reach gives why the collectors cannot be asked, or do not accept a connection: a
// Service has no ready one behind it.
func (c Collector) reach(ctx context.Context, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", c.Address)
	if err != nil {
		return err
	}
	_ = conn.Close()
	_, err = collector.AskAll(ctx, c.Metrics)
	return err
}

type sending struct {
	Collector
	id          TraceID
	replicas    map[string]*collector.Metrics // by IP:port, before the span was sent
	metricsLost bool                          // the metrics could not be read
}

// before reads the metrics of every replica.
func (s *sending) before(ctx context.Context) (string, []problem.Problem) {
	replicas, err := collector.AskAll(ctx, s.Metrics)
	if err != nil {
		return s.unreadable(err)
	}
	s.replicas = replicas
	var names []string
	for address := range replicas {
		ip, _, _ := net.SplitHostPort(address)
		names = append(names, ip)
	}
	slices.Sort(names)
	return "of " + strings.Join(names, ", "), nil
}

func (s *sending) unreadable(err error) (string, []problem.Problem) {
	s.metricsLost = true
	return "not read", []problem.Problem{OfLightStep.problem("span-unreadable", "said", redact.Said(err.Error(), ""))}
}

// send sends the marked span.
func (s *sending) send(ctx context.Context) (string, []problem.Problem) {
	send := sendOTLP
	if s.Zipkin {
		send = sendZipkin
	}
	if err := send(ctx, s.Address, s.id, time.Now()); err != nil {
		return "", []problem.Problem{notTaken(s.Address, err)}
	}
	return fmt.Sprintf("trace %s, service %s, taken by %s", s.id, MarkedService, s.Address), nil
}

func notTaken(address string, err error) problem.Problem {
	return OfLightStep.problem("span-refused", "address", address, "said", redact.Said(err.Error(), ""))
}

// progress is what the replicas did for one exporter since the span was sent.
type progress struct {
	sent, lost float64
	emptied    map[string]bool // replicas whose queue was seen empty
	waiting    []string        // how full the queues are that are not empty
}

// arrived tells whether all that was queued has left, of so many replicas.
func (p *progress) arrived(replicas int) bool { return p.sent > 0 && len(p.emptied) == replicas }

// await polls every replica until all that was queued has left, for each
// exporter, or was given up.
func (s *sending) await(ctx context.Context) (string, []problem.Problem) {
	feeds := s.Feeds
	if len(feeds) == 0 {
		feeds = []string{collector.Exporter}
	}
	all := make(map[string]*progress, len(feeds))
	for _, name := range feeds {
		all[name] = &progress{emptied: map[string]bool{}}
	}
	for {
		accepted, err := s.poll(ctx, all)
		if err != nil && ctx.Err() == nil {
			return s.unreadable(err)
		}
		decided := true
		for _, p := range all {
			decided = decided && (p.lost > 0 || p.arrived(len(s.replicas)))
		}
		if decided {
			return s.outcome(feeds, all, accepted)
		}
		select {
		case <-ctx.Done():
			return s.outcome(feeds, all, accepted)
		case <-time.After(pollEvery):
		}
	}
}

// outcome tells of each exporter what became of the span.
func (s *sending) outcome(feeds []string, all map[string]*progress, accepted float64) (string, []problem.Problem) {
	var seen []string
	var problems []problem.Problem
	for _, name := range feeds {
		who := "the backend"
		if len(feeds) > 1 {
			_, who, _ = strings.Cut(name, "/")
		}
		switch p := all[name]; {
		case p.lost == 0 && p.arrived(len(s.replicas)):
			seen = append(seen, arrived(who, *p, accepted))
		default:
			problems = append(problems, p.problem(who, name))
		}
	}
	return strings.Join(seen, "; "), problems
}

// poll asks every replica, and notes those whose queues are empty. It gives how
// many spans came in.
func (s *sending) poll(ctx context.Context, all map[string]*progress) (accepted float64, err error) {
	sums := make(map[string]progress, len(all))
	for address, before := range s.replicas {
		now, err := collector.Ask(ctx, address)
		if err != nil {
			return 0, err
		}
		accepted += now.Accepted - before.Accepted
		for name, p := range all {
			was, is, sum := before.Exporters[name], now.Exporters[name], sums[name]
			if !is.Queue.Known {
				return 0, fmt.Errorf("those of %s do not say what is queued for %s", address, name)
			}
			sum.sent += is.Sent - was.Sent
			sum.lost += is.Lost() - was.Lost()
			// It counts a span as sent before it takes it off the queue.
			if is.Queue.Size == 0 {
				p.emptied[address] = true
			} else {
				sum.waiting = append(sum.waiting, is.Queue.String())
			}
			sums[name] = sum
		}
	}
	for name, p := range all {
		p.sent, p.lost, p.waiting = sums[name].sent, sums[name].lost, sums[name].waiting
	}
	return accepted, nil
}

func arrived(who string, p progress, accepted float64) string {
	if accepted == 1 && p.sent == 1 {
		return who + " took the marked span, the only one on its way"
	}
	return fmt.Sprintf("%s took %.0f spans, the marked one among them; nothing waits, nothing was given up", who, p.sent)
}

func (p *progress) problem(who, exporter string) problem.Problem {
	row := "span-queued"
	switch {
	case p.lost > 0:
		row = "span-lost"
	case p.sent > 0:
		row = "span-hidden"
	}
	return OfLightStep.problem(row, "who", who, "exporter", exporter, "lost", spans(p.lost), "sent", spans(p.sent),
		"queues", cmp.Or(strings.Join(p.waiting, ", "), "empty"))
}

func spans(count float64) string { return fmt.Sprintf("%.0f", count) }
