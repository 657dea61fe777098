package hops

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// Asker is what asks pods; a *mesh.Cluster is one.
type Asker interface {
	// Ask sends GET requests to a port of a pod.
	Ask(ctx context.Context, pod mesh.Ref, port int, paths []string, take func(path string, answer []byte) error) error
}

// Options say what to send, and how long to wait.
type Options struct {
	URL      *url.URL      // to ask for
	Host     string        // host name to ask for, by TLS too; empty for that of the URL
	Agent    string        // User-Agent
	Requests int           // how many, one after the other; 1 or more
	Timeout  time.Duration // of each request, and of each question to a tap
	Wait     time.Duration // the most that spans are waited for
	Settle   time.Duration // how long after the last request they may come
	Told     func(what string)
}

// The bounds that are used where none are given.
const (
	DefaultRequests = 10
	DefaultTimeout  = 20 * time.Second
	DefaultWait     = 30 * time.Second
	// DefaultSettle is longer than proxies keep spans, which is 5 s (Envoy,
	// tracing.opentelemetry.flush_interval_ms and tracing.zipkin's).
	DefaultSettle = 8 * time.Second
)

// every is the time between two questions to the taps; a variable, so that tests
// do not wait.
var every = time.Second

const (
	quiet    = 2 * time.Second
	mostSeen = 200_000 // spans that are kept, about 200 MiB
)

// Run sends marked requests and follows them. What keeps it from that is told
// in the report; the error is that of a context that ended.
func Run(ctx context.Context, from Asker, snapshot *mesh.Snapshot, catalogue *finding.Catalogue, o Options) (*Report, error) {
	r := newReport(&o, catalogue)
	taps, gap := findTaps(snapshot)
	if gap != nil {
		return r.without(*gap), nil
	}
	w := &watch{from: from, taps: taps, timeout: o.Timeout, most: mostSeen}
	if o.Told == nil {
		o.Told = func(string) {}
	}
	o.Told("asking the collectors' taps")
	if gap := w.poll(ctx); gap != nil {
		return r.without(*gap), ctx.Err()
	}
	headers := TraceContext
	if taps[0].zipkin {
		headers = B3
	}
	probes := w.send(ctx, &o, headers, r)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(probes) == 0 {
		return r, nil
	}
	gap = w.settle(ctx, &o, probes)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if gap != nil {
		r.Gaps = append(r.Gaps, *gap)
	}
	r.fill(index(w.spans, namer(snapshot)), probes, headers, &o)
	r.traffic(w)
	return r, nil
}

// collectorTap is a tap of a replica.
type collectorTap struct {
	pod    mesh.Ref
	port   int
	zipkin bool // proxies speak Zipkin with the collector beside it
	next   uint64
}

// findTaps finds the pods to ask; or says why there are none.
func findTaps(s *mesh.Snapshot) ([]*collectorTap, *Gap) {
	if s.Unseen("statefulsets") || s.Unseen("pods") {
		return nil, &Gap{
			What: whatRequest, Why: "the right to list statefulsets and pods is missing",
			Fix: "grant the rights of docs/doctor-rbac.yaml, or run doctor as somebody who has them",
		}
	}
	var taps []*collectorTap
	var without, with *mesh.Workload
	for i := range s.Workloads {
		w := &s.Workloads[i]
		if !w.IsCollector() {
			continue
		}
		port, ok := w.PortNames[collector.TapPort]
		if !ok {
			without = w
			continue
		}
		with = w
		for j := range s.Pods {
			p := &s.Pods[j]
			if p.Namespace == w.Namespace && p.Running && len(w.Selector) > 0 && mesh.Selects(w.Selector, p.Labels) {
				taps = append(taps, &collectorTap{pod: p.Ref, port: port, zipkin: w.PortNames[collector.SpansPort] == collector.ZipkinPort})
			}
		}
	}
	switch {
	case without != nil:
		return nil, &Gap{What: whatRequest, Why: fmt.Sprintf("collector %s has no tap", without.Ref), Fix: upgrade(s, without)}
	case with == nil:
		return nil, &Gap{
			What: whatRequest, Why: "no collector of the chart runs here: with delivery native or direct proxies send their spans to the satellite, which shows them to nobody else",
			Fix: "set delivery to collector and collector.tap.enabled to true, and upgrade the release",
		}
	case len(taps) == 0:
		return nil, &Gap{
			What: whatRequest, Why: fmt.Sprintf("collector %s has no running pod", with.Ref),
			Fix: "istio-lightstep doctor mesh",
		}
	}
	return taps, nil
}

// upgrade is the command that adds the tap.
func upgrade(s *mesh.Snapshot, w *mesh.Workload) string {
	if !s.Ours(w.Meta) || w.Release.Name == "" {
		return "istio-lightstep render -f YOUR-VALUES.yaml --set collector.tap.enabled=true | kubectl apply -f -"
	}
	return finding.NewCommand("helm upgrade {release} YOUR-CHART --namespace {releaseNamespace} --reset-then-reuse-values --set collector.tap.enabled=true --wait",
		finding.Facts{"release": w.Release.Name, "releaseNamespace": w.Release.Namespace}).Text()
}

// watch collects what the taps show.
type watch struct {
	from    Asker
	taps    []*collectorTap
	timeout time.Duration
	polled  time.Time
	spans   []tap.Span
	lost    uint64
	full    bool
	most    int // spans that are kept
}

// poll asks every tap for what is new; it says what one could not be asked. What
// passed before the first question tells only what applications call of their
// own: of that the newest are kept, so that room is left for the requests'.
func (w *watch) poll(ctx context.Context) *Gap {
	first, most := w.polled.IsZero(), w.most
	if first {
		most = w.most / 4 / len(w.taps)
	}
	w.polled = time.Now()
	type answer struct {
		spans []tap.Span
		lost  uint64
		err   error
	}
	answers := make([]answer, len(w.taps))
	var group sync.WaitGroup
	for i, t := range w.taps {
		group.Go(func() {
			bounded, cancel := context.WithTimeout(ctx, w.timeout)
			defer cancel()
			a := &answers[i]
			a.spans, a.lost, a.err = t.ask(bounded, w.from, first, most)
		})
	}
	group.Wait()
	var gap *Gap
	for i, a := range answers {
		w.lost += a.lost
		w.spans = append(w.spans, a.spans...)
		if a.err != nil && gap == nil {
			gap = w.unanswered(w.taps[i], a.err)
		}
	}
	if w.full = len(w.spans) >= w.most; w.full {
		w.spans = w.spans[:w.most]
	}
	return gap
}

// ask asks a tap until it has no more, or, but for the first time, until there
// are too many; the first time the newest are given. What came before an error is
// given with it: it is not told again.
func (t *collectorTap) ask(ctx context.Context, from Asker, first bool, most int) (spans []tap.Span, lost uint64, err error) {
	for more := true; more && (first || len(spans) < most); {
		path := tap.Path + "?after=" + strconv.FormatUint(t.next, 10)
		err = from.Ask(ctx, t.pod, t.port, []string{path}, func(_ string, answer []byte) error {
			head, some, err := tap.Read(answer)
			if err != nil {
				return err
			}
			more, t.next, spans = head.More && head.Next != t.next, head.Next, append(spans, some...)
			if first {
				spans = spans[max(0, len(spans)-most):]
			} else { // what went before the first question is nobody's
				lost += head.Lost
			}
			return nil
		})
		if err != nil {
			return spans, lost, err
		}
	}
	return spans, lost, nil
}

func (w *watch) unanswered(t *collectorTap, err error) *Gap {
	g := &Gap{What: "the tap of collector " + t.pod.String(), Why: err.Error(), Fix: finding.NewCommand(
		"kubectl logs {pod} --container "+collector.TapContainer+" --namespace {namespace}", finding.Facts{"pod": t.pod.Name, "namespace": t.pod.Namespace}).Text()}
	if mesh.Refused(err) {
		g.Why = "the right to forward a port (pods/portforward) is missing"
		g.Fix = "grant the rights of docs/doctor-rbac.yaml, or run doctor as somebody who has them"
	}
	return g
}

// send sends the requests. The answered ones are given.
func (w *watch) send(ctx context.Context, o *Options, headers Headers, r *Report) []Probe {
	p := newProber(o, headers)
	defer p.client.CloseIdleConnections()
	var answered []Probe
	for n := range max(1, o.Requests) {
		o.Told(fmt.Sprintf("request %d of %d", n+1, o.Requests))
		probe := p.send(ctx)
		r.Sent++
		if probe.Failure != "" {
			if ctx.Err() == nil {
				r.Gaps = append(r.Gaps, Gap{What: whatRequest, Why: r.URL + " does not answer: " + probe.Failure, Fix: finding.NewCommand("curl --verbose {url}", finding.Facts{"url": r.URL}).String()})
			}
			return answered // it would not answer the others either
		}
		answered = append(answered, probe)
		r.status(probe.Status)
		if time.Since(w.polled) > every {
			_ = w.poll(ctx) // said at the end, where it does not mend
		}
	}
	return answered
}

// settle waits until the spans of all requests have come, as far as that can
// be known: proxies send them every few seconds.
func (w *watch) settle(ctx context.Context, o *Options, probes []Probe) *Gap {
	begun, grown, before := time.Now(), time.Now(), 0
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
		gap := w.poll(ctx)
		seen := w.seen(probes)
		if seen > before {
			before, grown = seen, time.Now()
		}
		took := time.Since(begun)
		o.Told(fmt.Sprintf("waiting for spans, %d of these requests so far, %d s", seen, int(took.Seconds())))
		switch {
		case took >= o.Wait, w.full,
			gap == nil && seen > 0 && took >= o.Settle && time.Since(grown) >= min(quiet, o.Settle):
			return gap
		}
	}
}

// seen counts the spans of the probes' own traces.
func (w *watch) seen(probes []Probe) int {
	ours := map[string]bool{}
	for _, p := range probes {
		ours[p.Trace], ours[p.Client] = true, true
	}
	n := 0
	for i := range w.spans {
		if ours[w.spans[i].Trace] || w.spans[i].Client != "" && ours[w.spans[i].Client] {
			n++
		}
	}
	return n
}

// namer names workloads by the pods of a snapshot.
func namer(s *mesh.Snapshot) Namer {
	pods := map[mesh.Ref]*mesh.Pod{}
	for i := range s.Pods {
		pods[s.Pods[i].Ref] = &s.Pods[i]
	}
	return func(span *tap.Span) Workload {
		name, namespace, ok := Node(span.Node)
		if p := pods[mesh.Ref{Namespace: namespace, Name: name}]; ok && p != nil {
			return Workload{Namespace: namespace, Name: p.Workload()}
		}
		if ok {
			return Workload{Namespace: namespace, Name: "pod/" + name}
		}
		named := Workload{Name: span.Service}
		if parts := strings.Split(span.Service, "."); len(parts) == 2 {
			named = Workload{Namespace: parts[1], Name: parts[0]}
		}
		if span.Revision != "" && span.Revision != "latest" {
			named.Name += " " + span.Revision
		}
		return named
	}
}

// newReport makes one that says nothing yet. It shows the URL without a
// password, and without its query, which may hold one too.
func newReport(o *Options, catalogue *finding.Catalogue) *Report {
	short := url.URL{Scheme: o.URL.Scheme, Host: o.URL.Host, Path: o.URL.Path}
	r := &Report{URL: short.String(), Hops: []*Hop{}, Findings: []finding.Finding{}, Gaps: []Gap{}, catalogue: catalogue}
	if r.arguments = finding.NewCommand("{url}", finding.Facts{"url": r.URL}); o.Host != "" {
		r.arguments = finding.NewCommand("{url} --host {host}", finding.Facts{"url": r.URL, "host": o.Host})
	}
	return r
}

// status notes the status of an answer.
func (r *Report) status(status int) {
	r.Answered++
	if !slices.Contains(r.Statuses, status) {
		r.Statuses = append(r.Statuses, status)
		slices.Sort(r.Statuses)
	}
}
