package satellite

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// DefaultWait is how long a marked span may take from the collector on.
const DefaultWait = 30 * time.Second

// pollEvery is how often collectors are asked whether the span has left.
const pollEvery = 100 * time.Millisecond

// Collector is where the proxies send their spans, and where its replicas'
// metrics are.
type Collector struct {
	Address string        // host:port that takes spans, in clear
	Zipkin  bool          // it takes Zipkin's spans, not OTLP's
	Metrics string        // host:port of the metrics; each address of the host is a replica
	Timeout time.Duration // of each step but the last; 0: DefaultTimeout
	Wait    time.Duration // for the span to leave; 0: DefaultWait
}

// Send sends one marked span through the collector and waits until every
// replica's own metrics say that nothing is left to send. Metrics do not name
// spans: where others were on their way too, the proof is that the satellite
// took spans, none was given up and the queues ran empty afterwards.
//
// Steps are handed to told, and the problems of all are given, as by [Probe].
func (c Collector) Send(ctx context.Context, id TraceID, told func(Step)) ([]problem.Problem, error) {
	s := &sending{Collector: c, id: id}
	timeout := cmp.Or(c.Timeout, DefaultTimeout)
	steps := []namedStep{{"metrics", s.before}, {"span", s.send}}
	problems, err := walk(ctx, timeout, steps, told)
	if err != nil || problem.HasErrors(problems) || s.metricsLost {
		return problems, err
	}
	waited, err := walk(ctx, cmp.Or(c.Wait, DefaultWait), []namedStep{{"arrival", s.await}}, told)
	problems = append(problems, waited...)
	problem.Sort(problems)
	return problems, err
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
	return "not read", []problem.Problem{doubtful(IDSpanUnproven, pathCollector,
		"the collector's metrics cannot be read, so whether the marked span leaves it cannot be told: "+words(err.Error(), ""),
		"see that the collector's pods are ready, and that no NetworkPolicy keeps this pod from their port for metrics")}
}

// send sends the marked span.
func (s *sending) send(ctx context.Context) (string, []problem.Problem) {
	send := sendOTLP
	if s.Zipkin {
		send = sendZipkin
	}
	if err := send(ctx, s.Address, s.id, time.Now()); err != nil {
		return "", []problem.Problem{broken(IDSpanRefused, pathCollector,
			fmt.Sprintf("the collector at %s did not take the marked span: %s", s.Address, words(err.Error(), "")),
			"see that its pods are ready (kubectl get pods -l app.kubernetes.io/component=collector), and their logs")}
	}
	return fmt.Sprintf("trace %s, service %s, taken by %s", s.id, MarkedService, s.Address), nil
}

// progress is what the replicas did since the span was sent.
type progress struct {
	accepted, sent, lost float64
	waiting              []string // how full the queues are that are not empty
}

// await polls every replica until all that was queued has left.
func (s *sending) await(ctx context.Context) (string, []problem.Problem) {
	emptied := map[string]bool{}
	var last progress
	for {
		now, err := s.poll(ctx, emptied)
		switch {
		case err == nil:
			last = now
		case ctx.Err() == nil:
			return s.unreadable(err)
		}
		switch {
		case last.lost > 0:
			return "", []problem.Problem{lostSpans(last)}
		case last.sent > 0 && len(emptied) == len(s.replicas):
			return s.arrived(last), nil
		}
		select {
		case <-ctx.Done():
			return "", []problem.Problem{stuck(last)}
		case <-time.After(pollEvery):
		}
	}
}

// poll asks every replica, and notes those whose queue is empty.
func (s *sending) poll(ctx context.Context, emptied map[string]bool) (progress, error) {
	var sum progress
	for address, before := range s.replicas {
		now, err := collector.Ask(ctx, address)
		if err != nil {
			return progress{}, err
		}
		was, is := before.Ours(), now.Ours()
		if !is.Queue.Known {
			return progress{}, fmt.Errorf("those of %s do not say what is queued for %s", address, collector.Exporter)
		}
		sum.accepted += now.Accepted - before.Accepted
		sum.sent += is.Sent - was.Sent
		sum.lost += is.Lost() - was.Lost()
		// It counts a span as sent before it takes it off the queue.
		if is.Queue.Size == 0 {
			emptied[address] = true
		} else {
			sum.waiting = append(sum.waiting, is.Queue.String())
		}
	}
	return sum, nil
}

func (s *sending) arrived(p progress) string {
	if p.accepted == 1 && p.sent == 1 {
		return "the satellite took the marked span, the only one on its way"
	}
	return fmt.Sprintf("the satellite took %.0f spans, the marked one among them; nothing waits, nothing was given up", p.sent)
}

func lostSpans(p progress) problem.Problem {
	return broken(IDSpanLost, pathCollector,
		fmt.Sprintf("the collector gave up %.0f spans meanwhile: the satellite refuses what the collector sends, or its queue is full", p.lost),
		"the collector's log names the cause; a token or CA newer than the one it has is loaded by `kubectl rollout restart` of its StatefulSet")
}

func stuck(p progress) problem.Problem {
	if p.sent > 0 {
		return doubtful(IDSpanUnproven, pathCollector,
			fmt.Sprintf("the collector sends (%.0f spans meanwhile), but its queue never ran empty (%s), so the marked span cannot be told from the others", p.sent, strings.Join(p.waiting, ", ")),
			"search the backend for the trace, or try again with less traffic")
	}
	return broken(IDSpanQueued, pathCollector,
		fmt.Sprintf("the marked span waits in the collector: it sent nothing meanwhile, and its queue is %s", strings.Join(p.waiting, ", ")),
		"nothing is lost yet; the collector's log names the cause. Where the way is open from here, the collector may have an older CA: `kubectl rollout restart` its StatefulSet")
}
