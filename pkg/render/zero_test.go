package render_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// Nothing that is exported panics where it is zero.
func TestZeroValues(t *testing.T) {
	made := newRenderer(t)
	for name, r := range map[string]*render.Renderer{"zero": {}, "nil": nil} {
		assert.Equal(t, made.ChartVersion(), r.ChartVersion(), name)
		assert.Equal(t, made.Dialects(), r.Dialects(), name)
		want, err := made.Render(t.Context(), goodValues(t))
		require.NoError(t, err)
		got, err := r.Render(t.Context(), goodValues(t))
		require.NoError(t, err, name)
		assert.Equal(t, string(want.YAML()), string(got.YAML()), name)
		for _, v := range []*render.Values{nil, {}} {
			problems, err := r.Check(t.Context(), v)
			require.NoError(t, err)
			assert.Contains(t, found(problems), "error LS-ISTIO-VERSION-MISSING istio.version :0")
			var refused *render.ProblemsError
			_, err = r.Render(t.Context(), v)
			require.ErrorAs(t, err, &refused)
			_, err = r.Explain(t.Context(), v)
			require.ErrorAs(t, err, &refused)
			_, _, err = r.Merge(t.Context(), v, nil, "mine.yaml", nil)
			require.Error(t, err)
			assert.Equal(t, "no values", render.Values{}.String())
		}
	}

	r, err := render.New(nil)
	require.NoError(t, err)
	_, err = r.Check(t.Context(), nil, nil)
	require.NoError(t, err)
	for range render.Each(t.Context(), make([]render.Target, 1), r.Render, nil) {
	}

	var result render.Result
	assert.Equal(t, "\n", string(result.YAML()), "what helm template prints of nothing")
	assert.Empty(t, result.Documents())
	assert.Empty(t, result.WithoutHooks().Documents())
	assert.Empty(t, (*render.Result)(nil).WithoutHooks().Documents())
	assert.Equal(t, "nothing rendered", result.String())
	for _, of := range []func() (int, error){
		func() (int, error) { files, err := result.Files(); return len(files), err },
		func() (int, error) { objects, err := result.Objects(); return len(objects), err },
		func() (int, error) { hooks, err := result.Hooks(); return len(hooks), err },
	} {
		n, err := of()
		require.NoError(t, err)
		assert.Zero(t, n)
	}

	var document render.Document
	assert.Empty(t, document.YAML())
	assert.Equal(t, "no document", document.String())
	_, err = document.Object()
	require.ErrorIs(t, err, render.ErrNotObject)

	_, err = render.ReadValues(render.Set("a=1"), render.Source{})
	require.ErrorIs(t, err, render.ErrNoSource)
	require.EqualError(t, err, "source 2 of 2: a zero Source has no values")

	for target, outcome := range render.Each(t.Context(), make([]render.Target, 1), made.Render, render.WithParallel(0)) {
		assert.Zero(t, target)
		var refused *render.ProblemsError
		require.ErrorAs(t, outcome.Err, &refused)
	}
	assert.Equal(t, "found 0 errors", (&render.ProblemsError{}).Error())
}

// Whatever prints, logs or encodes it tells no token: not of a result, of one of
// its documents, of values or of a source, nor of a struct that has one of them.
func TestPrintedTellsNoSecret(t *testing.T) {
	given := []render.Source{
		render.Bytes("values.yaml", []byte("istio: {version: 1.14.6}\ndelivery: native\noutput: istioOperator\nglobal: {tracer: {lightstep: {address: 'ingest.lightstep.com:443'}}}\n")),
		render.Map("mesh", map[string]any{"global": map[string]any{"tracer": map[string]any{"lightstep": map[string]any{"secure": false}}}}),
		render.Set("global.tracer.lightstep.accessToken=" + accessToken),
	}
	v, err := render.ReadValues(given...)
	require.NoError(t, err)
	result, err := newRenderer(t).Render(t.Context(), v)
	require.NoError(t, err)
	require.Contains(t, string(result.YAML()), accessToken)
	documents := result.Documents()
	type holder struct {
		result   render.Result
		document render.Document
		values   render.Values
		source   render.Source
		Exported render.Result
	}
	held := holder{*result, documents[0], *v, given[2], *result}
	for _, value := range []any{
		result, *result, documents, documents[0], &documents[0], v, *v, given, given[2], held, &held,
		render.Target{Name: "east", Sources: given},
		render.Outcome[*render.Result]{Value: result},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			said := fmt.Sprintf(verb, value)
			assertNoSecret(t, said)
			assert.NotContains(t, said, fmt.Sprintf("%x", accessToken))
			assert.NotContains(t, said, fmt.Sprintf("%X", accessToken))
		}
		encoded, err := json.Marshal(value)
		require.NoError(t, err)
		assertNoSecret(t, string(encoded))
		var logged bytes.Buffer
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "value", value)
		slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "value", value)
		assertNoSecret(t, logged.String())
	}
}

// What is nil where it may not be is an error, and no panic.
func TestNilIsAnError(t *testing.T) {
	t.Parallel()
	r := newRenderer(t)
	_, err := render.ReadValues(render.Reader("mine.yaml", nil))
	require.ErrorContains(t, err, "mine.yaml: a nil Reader has no values")
	var none context.Context
	_, err = r.Render(none, goodValues(t))
	require.ErrorIs(t, err, render.ErrNoContext)
	_, err = r.Check(none, goodValues(t))
	require.ErrorIs(t, err, render.ErrNoContext)
	_, err = r.Explain(none, goodValues(t))
	require.ErrorIs(t, err, render.ErrNoContext)
	_, _, err = r.Merge(none, goodValues(t), nil, "mine.yaml", nil)
	require.ErrorIs(t, err, render.ErrNoContext)
	_, err = render.ReadValues(render.Map("mesh", map[string]any{"nameOverride": panicking{}}))
	require.EqualError(t, err, "reading values: mesh: panic while encoding the values: at once")
	for _, outcome := range render.Each(none, make([]render.Target, 2), r.Render) {
		require.ErrorIs(t, outcome.Err, render.ErrNoContext)
	}
	count := 0
	for _, outcome := range render.Each[int](t.Context(), make([]render.Target, 2), nil) {
		count++
		require.ErrorIs(t, outcome.Err, render.ErrNoWork)
	}
	assert.Equal(t, 2, count)
}

type panicking struct{}

// MarshalJSON panics.
func (panicking) MarshalJSON() ([]byte, error) { panic("at once") } //nolint:forbidigo // that is what is tried

// A panic of the work is the error of its target, and the others go on.
func TestEachOutlivesAPanic(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	work := func(context.Context, *render.Values) (int, error) {
		if calls.Add(1) == 2 {
			panic(io.ErrUnexpectedEOF) //nolint:forbidigo // that is what is tried
		}
		return 1, nil
	}
	panics, done := 0, 0
	for _, outcome := range render.Each(t.Context(), many(20), work, render.WithParallel(1)) {
		var panicked *render.PanicError
		if errors.As(outcome.Err, &panicked) {
			panics++
			require.ErrorIs(t, outcome.Err, io.ErrUnexpectedEOF)
			assert.Contains(t, string(panicked.Stack), "zero_test.go")
			continue
		}
		require.NoError(t, outcome.Err)
		done += outcome.Value
	}
	assert.Equal(t, []int{1, 19}, []int{panics, done})
}

// Work that ends its goroutine, as FailNow of a test does, is an error of its target too.
func TestEachOutlivesGoexit(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	work := func(context.Context, *render.Values) (int, error) {
		if calls.Add(1) == 2 {
			runtime.Goexit()
		}
		return 1, nil
	}
	outcomes := make(chan error, 20)
	go func() {
		defer close(outcomes)
		for _, outcome := range render.Each(t.Context(), many(20), work, render.WithParallel(1)) {
			outcomes <- outcome.Err
		}
	}()
	for i := range 20 {
		select {
		case err := <-outcomes:
			if i == 1 {
				require.ErrorIs(t, err, render.ErrNoReturn)
			} else {
				require.NoError(t, err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("it hangs")
		}
	}
}
