package faults

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// newPrefix is the first half of the trace ids of one run.
func newPrefix() string {
	half := make([]byte, 8)
	_, _ = rand.Read(half) // never fails
	half[0] |= 1           // an id of zeros is none
	return hex.EncodeToString(half)
}

// usual is how long traffic runs before a fault, to see that all is well.
const usual = 4 * time.Second

// Run has a fault happen under traffic, and gives what was seen. The error is
// about what could not be done; [Row.Judge] judges what was seen.
func (m *Mesh) Run(ctx context.Context, f Fault) (Row, error) {
	for _, step := range []func(context.Context, *Mesh) error{f.Before, traces} {
		if step == nil {
			continue
		}
		if err := step(ctx, m); err != nil {
			return Row{}, fmt.Errorf("before %s: %w", f.ID, err)
		}
	}
	row, err := m.underTraffic(ctx, f)
	if f.After != nil {
		err = errors.Join(err, f.After(ctx, m))
	}
	return row, err
}

// traces waits until a few requests have their whole traces: no fault may be
// blamed for the one before it.
func traces(ctx context.Context, m *Mesh) error {
	if err := m.ready(ctx); err != nil {
		return err
	}
	end := time.Now().Add(2 * time.Minute)
	for time.Now().Before(end) {
		run := m.newRun()
		for range 3 {
			run.sender.send(ctx)
		}
		run.sender.under.Wait()
		for look := time.Now(); time.Since(look) < 10*time.Second; {
			if err := run.look(ctx); err != nil {
				return err
			}
			if len(run.ledger.complete) == 3 {
				return nil
			}
			if err := sleep(ctx, time.Second); err != nil {
				return err
			}
		}
	}
	return errors.New("the mesh does not trace")
}

// run is traffic with its books.
type run struct {
	mesh   *Mesh
	sender *sender
	ledger *ledger
	fresh  time.Time // when a new span was last seen
	blind  time.Time // since when the record could not be read; zero if it can
}

func (m *Mesh) newRun() *run {
	prefix := newPrefix()
	return &run{mesh: m, sender: newSender(m.Page, prefix), ledger: newLedger(prefix, m.Bookinfo.Parts(Reviews))}
}

// blindness is how long the record may be out of reach: it is read by the
// kubelet, which some faults take away.
const blindness = time.Minute

// look reads what is new in the satellite's record.
func (r *run) look(ctx context.Context) error {
	record, err := r.mesh.Satellite.Spans(ctx)
	now := time.Now()
	if err != nil {
		if r.blind.IsZero() {
			r.blind = now
		}
		if now.Sub(r.blind) > blindness {
			return err
		}
		return ctx.Err()
	}
	r.blind = time.Time{}
	if r.ledger.add(record, now) > 0 {
		r.fresh = now
	}
	return nil
}

func (m *Mesh) underTraffic(ctx context.Context, f Fault) (Row, error) {
	ctx, cancel := context.WithTimeout(ctx, 12*time.Minute+f.Hold)
	defer cancel()
	watched, unwatch := context.WithCancel(ctx)
	defer unwatch()
	told := m.watch(watched)
	r := m.newRun()
	r.sender.start(ctx)
	began, over, err := m.happen(ctx, f)
	if err != nil {
		r.sender.finish()
		return Row{}, fmt.Errorf("%s: %w", f.ID, err)
	}
	if f.Patience == 0 {
		f.Patience = patience
	}
	err = errors.Join(r.untilItFlows(ctx, over, f.Patience), r.settle(ctx))
	if err != nil {
		return Row{}, fmt.Errorf("%s: %w", f.ID, err)
	}
	row := r.row(f, over)
	record, err := m.Satellite.Spans(ctx)
	if err != nil {
		return Row{}, fmt.Errorf("%s: %w", f.ID, err)
	}
	row.Wrong = r.trees(record)
	row.Lasted = seconds(over.Sub(began))
	row.Untold, err = told.missing(ctx, f.Told[m.Delivery])
	if err != nil {
		return Row{}, fmt.Errorf("%s: %w", f.ID, err)
	}
	row.Told = slices.DeleteFunc(slices.Clone(f.Told[m.Delivery]), func(s Sign) bool { return slices.Contains(row.Untold, s) })
	return row, nil
}

// happen causes the fault and mends it, and says from when to when it was.
func (m *Mesh) happen(ctx context.Context, f Fault) (began, over time.Time, err error) {
	if err := sleep(ctx, usual); err != nil {
		return began, over, err
	}
	began = time.Now()
	if err := f.Cause(ctx, m); err != nil {
		return began, over, fmt.Errorf("cause: %w", err)
	}
	if f.Mend == nil && f.Hold == 0 {
		return began, time.Now(), nil
	}
	if err := sleep(ctx, f.Hold); err != nil {
		return began, over, err
	}
	if f.Mend != nil {
		if err := f.Mend(ctx, m); err != nil {
			return began, over, fmt.Errorf("mend: %w", err)
		}
	}
	return began, time.Now(), nil
}

// untilItFlows keeps the traffic up until spans come as they are sent, or the
// patience is over; then it ends the traffic.
func (r *run) untilItFlows(ctx context.Context, over time.Time, patience time.Duration) error {
	defer r.sender.finish()
	for time.Since(over) < patience {
		if err := r.look(ctx); err != nil {
			return err
		}
		if r.ledger.flows(r.sender.all(), over, time.Now()) {
			return nil
		}
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
	}
	return nil
}

// quiet is how long no new span must have come before the rest counts as lost:
// proxies send every five seconds, and collectors try again as often.
const quiet = 20 * time.Second

// settle reads until all spans are there, or none come any more.
func (r *run) settle(ctx context.Context) error {
	for start := time.Now(); ; {
		if err := r.look(ctx); err != nil {
			return err
		}
		if r.ledger.whole(r.sender.all()) {
			// Once more, for spans that come twice.
			if err := sleep(ctx, 2*time.Second); err != nil {
				return err
			}
			return r.look(ctx)
		}
		if time.Since(start) > quiet && time.Since(r.fresh) > quiet {
			return nil
		}
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}

// row tells what was seen of a fault.
func (r *run) row(f Fault, over time.Time) Row {
	sent := r.sender.all()
	answered, unknown := r.ledger.counts(sent)
	row := Row{
		Fault: f.ID, Delivery: r.mesh.Delivery, Setup: r.mesh.Setup,
		Requests: len(sent), Expected: (len(sent) - len(unknown)) * len(r.ledger.want),
		Doubled: r.ledger.doubled, Further: r.ledger.further, Recovered: seconds(r.ledger.recovered(sent, over)),
		Prefix: r.ledger.prefix, Traces: map[int]string{}, Unanswered: ranges(unknown),
		Lacking: r.ledger.lacking(sent),
	}
	row.At = over.UTC().Format(time.DateTime)
	for _, n := range unknown {
		if failure := sent[n-1].failure; failure != "" {
			row.Failed, row.Failure = row.Failed+1, failure
		} else {
			row.Partial++
		}
	}
	for spans, numbers := range answered {
		row.Traces[spans] = ranges(numbers)
		row.Delivered += spans * len(numbers)
	}
	return row
}

// trees says of the traces that came whole, and in which no request was sent
// again, whether each is the exact tree of its request.
func (r *run) trees(record []spantest.RecordedSpan) []string {
	want := r.mesh.Bookinfo.Tree(Reviews)
	var whole []string
	for n := range r.ledger.complete {
		if len(r.ledger.ids[n]) <= want.Count() {
			whole = append(whole, fmt.Sprintf("%s%016x", r.ledger.prefix, n+1))
		}
	}
	var problems []string
	for _, result := range spantest.Judge(unique(record), spantest.ByTraceID(whole...), want).Results {
		problems = append(problems, result.Problems...)
	}
	slices.Sort(problems)
	return slices.Compact(problems)
}

// unique leaves out the spans that came again: the ledger has counted them.
func unique(record []spantest.RecordedSpan) []spantest.RecordedSpan {
	seen := map[[2]string]bool{}
	return slices.DeleteFunc(slices.Clone(record), func(s spantest.RecordedSpan) bool {
		id := [2]string{s.TraceID, s.ID}
		again := seen[id]
		seen[id] = true
		return again
	})
}

func seconds(d time.Duration) float64 {
	return float64(d.Round(100*time.Millisecond)) / float64(time.Second)
}
