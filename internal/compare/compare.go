package compare

import (
	"context"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// Asker reads a cluster and asks its pods; a *mesh.Cluster is one.
type Asker interface {
	mesh.Source
	// Ask sends GET requests to a port of a pod.
	Ask(ctx context.Context, pod mesh.Ref, port int, paths []string, take func(path string, answer []byte) error) error
}

// Options say what is compared, and for how long.
type Options struct {
	Namespace string        // of the release
	Release   string        // its name; may be empty where there is one alone
	Backends  []string      // names of backends or exporters; empty for all
	For       time.Duration // the longest time
	Spans     float64       // it ends once each backend took so many; 0: after the time alone
	Every     time.Duration // between two looks
	Settle    time.Duration // for queues to be empty, before and after
	Timeout   time.Duration // of each question to a pod
	Told      func(what string)

	clock clock
}

// The bounds that are used where none are given.
const (
	DefaultFor     = time.Hour
	DefaultEvery   = 10 * time.Second
	DefaultSettle  = time.Minute
	DefaultTimeout = 10 * time.Second
)

// clock is the time, which tests make.
type clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

type wall struct{}

// Now is the time.
func (wall) Now() time.Time { return time.Now() }

// Sleep waits, or ends with the context.
func (wall) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// Run compares. Its error says that there is nothing to compare, that the
// cluster could not be asked, or that the context ended; what keeps it from a
// verdict otherwise is in the report.
func Run(ctx context.Context, from Asker, catalogue *finding.Catalogue, o Options) (*Report, error) {
	if o.clock == nil {
		o.clock = wall{}
	}
	if o.Told == nil {
		o.Told = func(string) {}
	}
	found, err := find(ctx, from, &o)
	if err != nil {
		return nil, err
	}
	w := &watch{from: from, options: &o, release: found, replicas: map[string]*replica{}}
	if err := w.backends(ctx); err != nil {
		return nil, err
	}
	r := &Report{Release: found.name, Namespace: found.namespace, catalogue: catalogue, Gaps: []Gap{}, Findings: []finding.Finding{}}
	o.Told("waiting until the queues are empty")
	gaps, err := w.begin(ctx)
	if err != nil {
		return nil, err
	}
	if len(gaps) > 0 {
		r.Gaps = gaps
		r.judge(w)
		return r, nil
	}
	if err := w.pass(ctx); err != nil {
		return nil, err
	}
	o.Told("waiting until what came has left the queues")
	if err := w.finish(ctx); err != nil {
		return nil, err
	}
	r.Gaps = append(r.Gaps, w.unasked()...)
	r.judge(w)
	if w.tapped {
		r.traces(ctx, w)
	}
	return r, nil
}

// backends finds out which exporters are compared: those of the collector's
// configuration or, where that may not be read, those with a queue.
func (w *watch) backends(ctx context.Context) error {
	if len(w.release.exporters)+len(w.release.drained) == 0 {
		if err := w.look(ctx); err != nil {
			return err
		}
		for _, r := range w.replicas {
			if r.last != nil {
				w.release.exporters = r.last.Queues(w.release.exporters...)
			}
		}
		w.replicas = map[string]*replica{}
	}
	return w.release.choose(w.options.Backends)
}
