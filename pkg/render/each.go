package render

import (
	"context"
	"iter"
	"runtime"
)

// Target is one set of values among many.
type Target struct {
	Name    string   // for people, such as the name of the mesh
	Sources []Source // as [ReadValues] takes them
}

// Outcome is what became of a target.
type Outcome[T any] struct {
	Value T
	Err   error // that of [ReadValues] or of the work
}

// EachOption changes how [Each] works.
type EachOption func(*eachOptions)

type eachOptions struct{ parallel int }

// WithParallel sets how many targets are worked on at a time. The default is one
// for each processor.
func WithParallel(n int) EachOption { return func(o *eachOptions) { o.parallel = n } }

// ahead is how many targets, for each worked on, may wait for those before
// them: enough to keep the work going, few enough to bound memory.
const ahead = 4

// Each reads the values of every target and calls work with them, such as
// [Renderer.Render], in parallel. It yields every target once with its outcome,
// in the order of targets, and keeps few outcomes in memory. When ctx is done,
// the outcomes left have its error. When the loop ends early, the context of
// the work that was begun is canceled.
func Each[T any](ctx context.Context, targets []Target, work func(context.Context, *Values) (T, error), opts ...EachOption) iter.Seq2[Target, Outcome[T]] {
	o := eachOptions{runtime.GOMAXPROCS(0)}
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	o.parallel = max(1, o.parallel)
	return func(yield func(Target, Outcome[T]) bool) {
		working, cancel := context.WithCancel(ctx)
		defer cancel()
		queue := begin(working, targets, work, o.parallel)
		for _, target := range targets {
			var outcome Outcome[T]
			if done, begun := <-queue; begun {
				outcome = <-done
			} else {
				outcome.Err = ctx.Err()
			}
			if !yield(target, outcome) {
				return
			}
		}
	}
}

// begin works on the targets, so many at a time, and gives for each where its
// outcome will be. It stops when ctx is done.
func begin[T any](ctx context.Context, targets []Target, work func(context.Context, *Values) (T, error), parallel int) <-chan chan Outcome[T] {
	queue := make(chan chan Outcome[T], ahead*parallel)
	free := make(chan struct{}, parallel)
	go func() {
		defer close(queue)
		for _, target := range targets {
			select {
			case free <- struct{}{}:
			case <-ctx.Done():
				return
			}
			done := make(chan Outcome[T], 1)
			select {
			case queue <- done:
			case <-ctx.Done():
				return
			}
			go func() {
				defer func() { <-free }()
				var outcome Outcome[T]
				v, err := ReadValues(target.Sources...)
				if outcome.Err = err; err == nil {
					outcome.Value, outcome.Err = work(ctx, v)
				}
				done <- outcome
			}()
		}
	}()
	return queue
}
