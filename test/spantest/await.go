package spantest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Wait configures how [Await] polls. Its zero value is the default.
type Wait struct {
	// Every is the time between two questions to the source; 500 ms if it is not above 0.
	Every time.Duration
	// Again is how long after the last trace is whole all are read once more, for spans
	// that come twice; 1 s if it is not above 0. Where exporters on the way retry, give it the
	// longest time that they retry in.
	Again time.Duration
}

// ErrIncomplete says that a request has not the trace that was expected of it.
var ErrIncomplete = errors.New("not every request has its trace")

// Await reads traces from a source until each request that was answered has exactly one,
// which is one of the trees, and then all of them once more, or until the context's deadline,
// which it must have. The errors are:
//
//   - [ErrIncomplete], with the report's text: a request lacks its trace at the deadline. The
//     error also says what kept the source from being read, or had it lose spans.
//   - [ErrSource]: the source can never be read as it is asked. Await then returns at once; the
//     error is ErrIncomplete too, unless all traces had come.
//   - the context's error, or the last one of the source: each request has its trace, and the
//     second reading did not come about before the deadline. This is not ErrIncomplete.
//   - another one, with an empty report, before the source is asked: the context has no
//     deadline, the source is nil, there is no tree or one that no trace could be, or no
//     request was answered.
//
// If the context is canceled, the error is that of the context too.
func Await(ctx context.Context, source Source, sent Sent, trees ...*Tree) (Report, error) {
	return Wait{}.Await(ctx, source, sent, trees...)
}

// Await is the function [Await] with these settings.
func (w Wait) Await(ctx context.Context, source Source, sent Sent, trees ...*Tree) (Report, error) {
	if _, ok := ctx.Deadline(); !ok {
		return Report{}, errors.New("the context has no deadline: it says how long the traces are waited for")
	}
	if source == nil {
		return Report{}, errors.New("no source is given to read traces from")
	}
	if err := checkTrees(trees); err != nil {
		return Report{}, err
	}
	l := newLook(source, sent, trees)
	if len(l.requests) == 0 {
		return Report{}, errors.New("no request was answered, so there is no trace to wait for")
	}
	if w.Every <= 0 {
		w.Every = time.Second / 2
	}
	if w.Again <= 0 {
		w.Again = time.Second
	}
	ended, unread := w.until(ctx, l)
	report := l.report()
	if ended == nil && report.Complete == report.Requests {
		return report, nil
	}
	if report.Complete == report.Requests {
		return report, fmt.Errorf("all traces came, and were not read a second time: %w", cmp.Or(unread, ended))
	}
	if !l.read() {
		return report, fmt.Errorf("%w: the trace of %s was not looked for: %w", ErrIncomplete, counted(report.Requests), cmp.Or(unread, ended))
	}
	if errors.Is(ended, context.DeadlineExceeded) {
		ended = nil
	}
	return report, errors.Join(fmt.Errorf("%w: %s", ErrIncomplete, report), ended, unread, lostOf(source))
}

// until asks until all is there, and once more. It also gives the error of the last
// question, where that had one.
func (w Wait) until(ctx context.Context, l *look) (ended, unread error) {
	if ended, unread = w.asked(ctx, l, false, func() bool { return len(l.pending()) == 0 }); ended != nil {
		return ended, unread
	}
	if err := sleep(ctx, w.Again); err != nil {
		return err, nil
	}
	// What comes twice is seen then. An answer with fewer spans than there were may be
	// a source's that starts again.
	had := map[string]int{}
	for id, r := range l.results {
		had[id] = distinct(r.Spans)
	}
	return w.asked(ctx, l, true, func() bool { return !l.lacks(had) })
}

// asked asks for what is pending, or for all, until an answer is enough. It gives what
// until does.
func (w Wait) asked(ctx context.Context, l *look, all bool, enough func() bool) (ended, unread error) {
	for {
		err := l.ask(ctx, all)
		switch {
		case errors.Is(err, ErrSource):
			return err, nil
		case err != nil && ctx.Err() == nil:
			unread = err
		case err == nil && enough():
			return nil, nil
		case err == nil:
			unread = nil
		}
		if err := sleep(ctx, w.Every); err != nil {
			return err, unread
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// look is what was seen of requests so far.
type look struct {
	source   Source
	trees    []*Tree
	query    Query // without ids and markers
	requests []Request
	results  map[string]*Result
}

func newLook(source Source, sent Sent, trees []*Tree) *look {
	l := &look{source: source, trees: trees, query: Query{Parameter: sent.parameter}, results: map[string]*Result{}}
	if len(trees) > 0 {
		l.query.Root = trees[0].service
	}
	for _, r := range sent.requests {
		if r.Failure == "" {
			l.requests = append(l.requests, r)
			l.results[r.ID()] = &Result{Request: r}
		}
	}
	return l
}

func (l *look) pending() []Request {
	return slices.DeleteFunc(slices.Clone(l.requests), func(r Request) bool { return l.results[r.ID()].whole() })
}

// lacks says that a trace is not whole, and has fewer spans than it had.
func (l *look) lacks(had map[string]int) bool {
	return slices.ContainsFunc(l.pending(), func(r Request) bool { return distinct(l.results[r.ID()].Spans) < had[r.ID()] })
}

// read says that the source answered at least once.
func (l *look) read() bool {
	return slices.ContainsFunc(l.requests, func(r Request) bool { return l.results[r.ID()].judged })
}

// ask reads the traces that are not whole yet, or all, and judges them.
func (l *look) ask(ctx context.Context, all bool) error {
	asked := l.requests
	if !all {
		asked = l.pending()
	}
	q := l.query
	for _, r := range asked {
		if r.TraceID != "" {
			q.TraceIDs = append(q.TraceIDs, r.TraceID)
		} else {
			q.Markers = append(q.Markers, r.Marker)
		}
	}
	spans, err := l.source.Spans(ctx, q)
	if err != nil {
		return err
	}
	for id, some := range byRequest(q, asked, spans) {
		l.results[id].judge(l.trees, some)
	}
	return nil
}

// byRequest sorts spans by the request whose trace they are of.
func byRequest(q Query, requests []Request, spans []RecordedSpan) map[string][]RecordedSpan {
	ids := map[string][]string{} // of a trace, the requests
	found := map[string][]RecordedSpan{}
	for _, r := range requests {
		found[r.ID()] = nil
		if r.TraceID != "" {
			ids[r.TraceID] = append(ids[r.TraceID], r.ID())
		}
	}
	for i := range spans {
		m := q.marker(&spans[i])
		if _, ours := found[m]; ours && m != "" && !slices.Contains(ids[spans[i].TraceID], m) {
			ids[spans[i].TraceID] = append(ids[spans[i].TraceID], m)
		}
	}
	for i := range spans {
		for _, id := range ids[spans[i].TraceID] {
			found[id] = append(found[id], spans[i])
		}
	}
	return found
}

// Judge compares spans that the caller has read with what is expected of requests that
// were answered, as [Await] does. Without trees, or with one that no trace could be, no
// request is complete, and the report says why.
func Judge(spans []RecordedSpan, sent Sent, trees ...*Tree) Report {
	wrong := checkTrees(trees)
	if wrong != nil {
		trees = nil
	}
	l := newLook(nil, sent, trees)
	for id, some := range byRequest(l.query, l.requests, spans) {
		if wrong != nil {
			l.results[id].judged, l.results[id].Spans, l.results[id].Problems = true, some, []string{wrong.Error()}
			continue
		}
		l.results[id].judge(trees, some)
	}
	report := l.report()
	report.wrong = wrong
	return report
}
