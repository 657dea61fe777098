package compare

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// onItsWay is for how many seconds a span may be on its way: what waits for its
// batch, which is 200 ms in the chart, and is being sent. What is tried again is in
// the queue, and is waited for.
const onItsWay = 2

// replica is a collector, and what it counted since the comparison began.
type replica struct {
	pod      mesh.Ref
	last     *collector.Metrics
	at       time.Time
	since    map[string]collector.Counts
	accepted float64
	refused  float64
	step     float64 // spans that came or left between the last two looks
	rate     float64 // of these in a second
	most     float64 // the most of these
	unsure   float64 // spans that a restart may have left out of the counts
	restarts int
	why      string // the last look failed; "" where it did not
	looks    int
}

// take adds what a collector counted since the last look. One that is new since
// the comparison began counts whole.
func (r *replica) take(now *collector.Metrics, at time.Time, isNew bool) {
	r.why = ""
	r.looks++
	before := r.last
	elapsed := at.Sub(r.at).Seconds()
	r.last, r.at = now, at
	if before == nil && !isNew {
		return
	}
	if before == nil {
		before, elapsed = &collector.Metrics{}, 0
	}
	since, restarted := now.Since(before, elapsed)
	r.accepted += since.Accepted
	r.refused += since.Refused
	r.step, r.rate = since.Accepted, 0
	for name, counts := range since.Exporters {
		r.since[name] = r.since[name].Plus(counts)
		r.step = max(r.step, counts.Sent+counts.Lost())
	}
	if elapsed > 0 {
		r.rate = r.step / elapsed
	}
	if r.most = max(r.most, r.step); restarted {
		r.restarts++
		r.unsure += r.most
	}
}

// watch looks at the collectors of a release again and again.
type watch struct {
	from     Asker
	options  *Options
	release  *release
	replicas map[string]*replica
	begun    time.Time // zero until the counts begin
	slack    float64   // spans that may have been on their way when they began
	tapped   bool
	listed   bool      // the collectors were listed once
	away     time.Time // since when they could not be; zero where they could
	unlisted error     // why the last look could not
}

// mostAway is for how long the API server may not answer until the comparison ends.
const mostAway = time.Minute

// clear tells whether the queues that are compared hold no more than what is on
// its way.
func (w *watch) clear() bool { return len(w.waiting()) == 0 }

// waiting gives the queues that hold more than what is on its way.
func (w *watch) waiting() []collector.Waiting {
	var all []collector.Waiting
	for _, name := range slices.Sorted(maps.Keys(w.replicas)) {
		r := w.replicas[name]
		if r.last == nil {
			continue
		}
		for _, exporter := range w.release.exporters {
			if queue := r.last.Exporters[exporter].Queue; queue.Known && !queue.Clear() {
				all = append(all, collector.Waiting{Replica: name, Exporter: exporter, Queue: queue})
			}
		}
	}
	return all
}

// quiet tells whether nothing is on its way: every queue is empty, and nothing
// was counted between the last two looks.
func (w *watch) quiet() bool {
	if w.unlisted != nil {
		return false
	}
	for _, r := range w.replicas {
		if r.last == nil || r.step != 0 || r.looks < 2 {
			return false
		}
		for _, exporter := range w.release.exporters {
			if queue := r.last.Exporters[exporter].Queue; queue.Known && !queue.Empty() {
				return false
			}
		}
	}
	return true
}

// moving is how many spans may be on their way now; it is known after two looks.
func (w *watch) moving() float64 {
	if w.quiet() {
		return 0
	}
	var spans float64
	for _, r := range w.replicas {
		spans += onItsWay * r.rate
	}
	return spans
}

// unasked names the collectors that the last look did not reach, or says how
// many are missing, or that it is not known which there are.
func (w *watch) unasked() (gaps []mesh.Gap) {
	if w.unlisted != nil {
		return []mesh.Gap{{What: "the collectors", Why: mesh.AskReason(w.unlisted)}}
	}
	running := 0
	for _, name := range slices.Sorted(maps.Keys(w.replicas)) {
		if r := w.replicas[name]; r.why == "" {
			running++
		} else {
			gaps = append(gaps, mesh.Gap{What: "collector " + r.pod.String(), Why: r.why})
		}
	}
	if missing := w.release.replicas - running - len(gaps); missing > 0 {
		gaps = append(gaps, mesh.Gap{What: fmt.Sprintf("%d of %d collectors", missing, w.release.replicas), Why: "they do not run: what they have queued is not known"})
	}
	return gaps
}

// look asks every collector once. Its error says that the cluster could not be
// asked which there are, at first or for a while, or that the context ended.
func (w *watch) look(ctx context.Context) error {
	w.from.Anew()
	found, tapped, err := w.release.pods(ctx, w.from)
	if err != nil {
		return cmp.Or(ctx.Err(), w.missed(err))
	}
	w.listed, w.away, w.unlisted = true, time.Time{}, nil
	w.tapped = w.tapped || tapped
	for _, pod := range found {
		r := w.replicas[pod.Name]
		isNew := r == nil && !w.begun.IsZero()
		if r == nil {
			r = &replica{pod: pod, since: map[string]collector.Counts{}}
			w.replicas[pod.Name] = r
		}
		metrics, err := w.ask(ctx, pod)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r.why = mesh.AskReason(err)
			continue
		}
		r.take(metrics, w.options.clock.Now(), isNew)
	}
	for name, r := range w.replicas {
		if !slices.ContainsFunc(found, func(pod mesh.Ref) bool { return pod.Name == name }) {
			r.why = "it is gone"
		}
	}
	return nil
}

// missed gives back an error of a list that ends the comparison. Another is
// kept: a look that comes to nothing is made up for by the next.
func (w *watch) missed(err error) error {
	now := w.options.clock.Now()
	if w.away.IsZero() {
		w.away = now
	}
	if !w.listed || now.Sub(w.away) >= mostAway {
		return err
	}
	w.unlisted = err
	return nil
}

func (w *watch) ask(ctx context.Context, pod mesh.Ref) (metrics *collector.Metrics, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.options.Timeout)
	defer cancel()
	err = w.from.Ask(ctx, pod, collector.MetricsPort, []string{"/metrics"}, func(_ string, answer []byte) error {
		metrics, err = collector.ReadMetrics(bytes.NewReader(answer))
		return err
	})
	return metrics, err
}

// until looks each second until done says so, for the time that is given.
func (w *watch) until(ctx context.Context, wait time.Duration, done func() bool) error {
	deadline := w.options.clock.Now().Add(wait)
	for {
		if err := w.look(ctx); err != nil {
			return err
		}
		if done() || !w.options.clock.Now().Before(deadline) {
			return nil
		}
		if err := w.options.clock.Sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}

// begin waits until the counts can begin, and has them begin. The gaps say why
// they cannot.
func (w *watch) begin(ctx context.Context) ([]mesh.Gap, error) {
	ready := func() bool {
		for _, r := range w.replicas {
			if r.looks < 2 {
				return false
			}
		}
		return len(w.replicas) > 0 && len(w.unasked()) == 0 && w.clear()
	}
	if err := w.until(ctx, w.options.Settle, ready); err != nil {
		return nil, err
	}
	gaps := w.unasked()
	for _, queue := range w.waiting() {
		gaps = append(gaps, mesh.Gap{
			What: "the counts of " + queue.Exporter,
			Why:  fmt.Sprintf("its queue at %s is %s: wait until it is sent, and compare then", queue.Replica, queue.Queue),
		})
	}
	w.begun, w.slack = w.options.clock.Now(), w.moving()
	for _, r := range w.replicas {
		r.since, r.accepted, r.refused, r.most, r.unsure, r.restarts = map[string]collector.Counts{}, 0, 0, 0, 0, 0
	}
	return gaps, nil
}

// pass looks from time to time until the comparison is over.
func (w *watch) pass(ctx context.Context) error {
	end := w.begun.Add(w.options.For)
	for {
		left := end.Sub(w.options.clock.Now())
		if left <= 0 || w.options.Spans > 0 && w.fewest() >= w.options.Spans {
			return nil
		}
		if err := w.options.clock.Sleep(ctx, min(left, w.options.Every)); err != nil {
			return err
		}
		if err := w.look(ctx); err != nil {
			return err
		}
		w.options.Told(fmt.Sprintf("%.0f spans compared, %s to go", w.fewest(), end.Sub(w.options.clock.Now()).Round(time.Second)))
	}
}

// finish waits until what was accepted has left the collectors.
func (w *watch) finish(ctx context.Context) error {
	looks := 0
	return w.until(ctx, w.options.Settle, func() bool {
		looks++
		return looks > 1 && len(w.unasked()) == 0 && w.clear() && w.spread() <= w.unsure()
	})
}

// sums are what each exporter counted, all collectors together.
func (w *watch) sums() map[string]collector.Counts {
	sums := map[string]collector.Counts{}
	for _, r := range w.replicas {
		for _, exporter := range w.release.exporters {
			sums[exporter] = sums[exporter].Plus(r.since[exporter])
		}
	}
	return sums
}

// fewest is what the exporter that sent least has sent.
func (w *watch) fewest() float64 {
	least := -1.0
	for _, counts := range w.sums() {
		if least < 0 || counts.Sent < least {
			least = counts.Sent
		}
	}
	return max(0, least)
}

// spread is by how many spans the exporters differ in what they are done with.
func (w *watch) spread() float64 {
	least, most := -1.0, 0.0
	for _, counts := range w.sums() {
		done := counts.Sent + counts.Lost()
		if most = max(most, done); least < 0 || done < least {
			least = done
		}
	}
	return most - least
}

// unsure is by how many spans they may differ although each got the same: what
// was on its way when the counts began, what is now, and what restarts left out.
func (w *watch) unsure() float64 {
	spans := w.slack + w.moving()
	for _, r := range w.replicas {
		spans += r.unsure
	}
	return spans
}
