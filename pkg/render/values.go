package render

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"runtime/debug"

	"github.com/istio-lightstep/istio-lightstep/internal/values"
)

// Source is one values file or one --set expression, made by [File], [Bytes],
// [Reader], [Map], [Set] and the other functions below. The zero Source is not
// valid.
type Source struct{ source sealed[values.Source] }

// ErrNoSource is the error of [ReadValues] for a zero [Source].
var ErrNoSource = errors.New("a zero Source has no values")

func newSource(s values.Source) Source { return Source{seal(s)} }

// File is a values file, as -f takes it, but not a URL.
func File(path string) Source { return newSource(values.File(path)) }

// Reader is the text of a values file, read once, by [ReadValues]. Problems
// call it by the name.
func Reader(name string, r io.Reader) Source { return newSource(values.Reader(name, r)) }

// Bytes is the text of a values file. Problems call it by the name.
func Bytes(name string, text []byte) Source { return newSource(values.Bytes(name, text)) }

// Map is a values file that was never written: a map of anything that encodes as
// JSON. Problems call it by the name, and have no line. [ReadValues] copies it.
func Map(name string, given map[string]any) Source { return newSource(values.Map(name, given)) }

// Set is what follows --set: a=1,b.c=2.
func Set(expr string) Source { return newSource(values.Set(expr)) }

// SetString is what follows --set-string: as [Set], every value a string.
func SetString(expr string) Source { return newSource(values.SetString(expr)) }

// SetJSON is what follows --set-json: a={"b":1}.
func SetJSON(expr string) Source { return newSource(values.SetJSON(expr)) }

// SetFile is what follows --set-file: a=FILE. FILE's text, to its last newline,
// is the value.
func SetFile(expr string) Source { return newSource(values.SetFile(expr)) }

// SetLiteral is what follows --set-literal: one key, and all behind the = its
// value.
func SetLiteral(expr string) Source { return newSource(values.SetLiteral(expr)) }

// Values are the merged values of a user, and where each came from. They are safe
// for concurrent use. The zero Values and nil are no values: the chart's defaults
// hold. Printed, logged or encoded as JSON, they do not show any value.
type Values struct{ read sealed[*values.Values] }

// ReadValues reads the sources and merges them in Helm's order, whatever the
// order here: files (of each kind), then --set-json, --set, --set-string,
// --set-file and --set-literal; of one kind, the last one wins.
//
// The error is that of a source that cannot be read. What is wrong in it is
// reported by [Renderer.Check] and [Renderer.Render].
func ReadValues(sources ...Source) (*Values, error) {
	shared, err := load()
	if err != nil {
		return nil, err
	}
	plain := make([]values.Source, len(sources))
	for i, s := range sources {
		if s.source == nil {
			return nil, fmt.Errorf("source %d of %d: %w", i+1, len(sources), ErrNoSource)
		}
		plain[i] = s.source.open()
	}
	read, err := values.Read(shared.public, plain...)
	if err != nil {
		return nil, err
	}
	return &Values{seal(read)}, nil
}

// String returns how many sources the values came from.
func (v Values) String() string { return fmt.Sprint(v.read.open()) }

// Format prints [Values.String] for every verb.
func (v Values) Format(f fmt.State, _ rune) { writeText(f, v.String()) }

// MarshalText gives [Values.String], to logs and as JSON.
func (v Values) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// writeText writes to what fmt prints to, which keeps any error.
func writeText(w io.Writer, text string) { _, _ = io.WriteString(w, text) }

// Target is one set of values among many.
type Target struct {
	Name    string   // for people, such as the name of the mesh
	Sources []Source // as [ReadValues] takes them
}

// Outcome is what became of a target.
type Outcome[T any] struct {
	Value T
	Err   error // that of [ReadValues] or of the work, or a [*PanicError]
}

// PanicError is the error of a target on which the work panicked. Get it with
// [errors.As].
type PanicError struct {
	Value any    // what was given to panic
	Stack []byte // of the goroutine, as [debug.Stack] formats it
}

// Error names the value.
func (e *PanicError) Error() string { return fmt.Sprintf("the work panicked: %v", e.Value) }

// Unwrap returns the value where it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// ErrNoWork is the error of each target for [Each] without a function.
var ErrNoWork = errors.New("there is no work: the function is nil")

// ErrNoReturn is the error of a target for [Each] whose work ended its goroutine.
var ErrNoReturn = errors.New("the work ended its goroutine: return an error in place of runtime.Goexit or FailNow")

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
// the work that was begun is canceled. A panic of work becomes the error of its
// target, a [*PanicError], and the others go on; so does the end of its goroutine,
// [ErrNoReturn]. The error of a nil ctx is [ErrNoContext], that of a nil work
// [ErrNoWork].
func Each[T any](ctx context.Context, targets []Target, work func(context.Context, *Values) (T, error), opts ...EachOption) iter.Seq2[Target, Outcome[T]] {
	o := eachOptions{runtime.GOMAXPROCS(0)}
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	o.parallel = max(1, o.parallel)
	return func(yield func(Target, Outcome[T]) bool) {
		if err := cmp.Or(given(ctx), givenWork(work)); err != nil {
			for _, target := range targets {
				if !yield(target, Outcome[T]{Err: err}) {
					return
				}
			}
			return
		}
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
				outcome := Outcome[T]{Err: ErrNoReturn}
				defer func() {
					done <- outcome
					<-free
				}()
				outcome = outcomeOf(ctx, target, work)
			}()
		}
	}()
	return queue
}

// outcomeOf works on one target.
func outcomeOf[T any](ctx context.Context, target Target, work func(context.Context, *Values) (T, error)) (outcome Outcome[T]) {
	defer func() {
		if value := recover(); value != nil {
			outcome = Outcome[T]{Err: &PanicError{value, debug.Stack()}}
		}
	}()
	v, err := ReadValues(target.Sources...)
	if outcome.Err = err; err == nil {
		outcome.Value, outcome.Err = work(ctx, v)
	}
	return outcome
}

func givenWork[T any](work func(context.Context, *Values) (T, error)) error {
	if work == nil {
		return ErrNoWork
	}
	return nil
}
