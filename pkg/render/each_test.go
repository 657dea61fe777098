package render_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// many are targets that are called 0, 1, 2 and so on.
func many(n int) []render.Target {
	all := make([]render.Target, n)
	for i := range all {
		all[i] = render.Target{Name: fmt.Sprint(i), Sources: []render.Source{render.Map("values", map[string]any{"n": i})}}
	}
	return all
}

// Outcomes come in the order of the targets, and no more are worked on than
// was said, though the first take longest.
func TestEachKeepsOrderAndBound(t *testing.T) {
	t.Parallel()
	const parallel = 3
	var now, most, begun atomic.Int64
	work := func(context.Context, *render.Values) (int64, error) {
		n := now.Add(1)
		for most.Load() < n && !most.CompareAndSwap(most.Load(), n) {
		}
		number := begun.Add(1)
		time.Sleep(time.Duration(20-number) * time.Millisecond)
		now.Add(-1)
		return number, nil
	}
	var names []string
	for target, outcome := range render.Each(t.Context(), many(20), work, render.WithParallel(parallel)) {
		require.NoError(t, outcome.Err)
		names = append(names, target.Name)
	}
	for i, name := range names {
		assert.Equal(t, fmt.Sprint(i), name)
	}
	assert.Len(t, names, 20)
	assert.Equal(t, int64(parallel), most.Load())
}

// What is done waits for a consumer that is slow, and little is begun meanwhile.
func TestEachDoesNotRunAhead(t *testing.T) {
	t.Parallel()
	var begun atomic.Int64
	work := func(context.Context, *render.Values) (int, error) { begun.Add(1); return 0, nil }
	for target := range render.Each(t.Context(), many(1000), work, render.WithParallel(2)) {
		if target.Name == "0" {
			time.Sleep(50 * time.Millisecond)
			assert.LessOrEqual(t, begun.Load(), int64(20))
		}
	}
	assert.Equal(t, int64(1000), begun.Load())
}

// Each target has an outcome, with the error of the context once that is done.
func TestEachHonoursTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := newRenderer(t)
	var failed int
	for target, outcome := range render.Each(ctx, many(200), r.Render, render.WithParallel(2)) {
		if target.Name == "5" {
			cancel()
		}
		if errors.Is(outcome.Err, context.Canceled) {
			failed++
		} else {
			var refused *render.ProblemsError
			require.ErrorAs(t, outcome.Err, &refused)
		}
		if target.Name == "199" {
			assert.ErrorIs(t, outcome.Err, context.Canceled)
		}
	}
	assert.Greater(t, failed, 150)
}

// To break off ends the context of what was begun.
func TestEachEndsWhenBrokenOff(t *testing.T) {
	t.Parallel()
	var begun, ended atomic.Int64
	work := func(ctx context.Context, v *render.Values) (int, error) {
		if v.String() == "values of 1 sources" {
			return 0, nil
		}
		begun.Add(1)
		<-ctx.Done()
		ended.Add(1)
		return 0, ctx.Err()
	}
	targets := many(3)
	for i := range targets[1:] {
		targets[1+i].Sources = append(targets[1+i].Sources, render.Set("a=1"))
	}
	for range render.Each(t.Context(), targets, work, render.WithParallel(3)) {
		require.Eventually(t, func() bool { return begun.Load() == 2 }, time.Minute, time.Millisecond)
		break
	}
	require.Eventually(t, func() bool { return ended.Load() == 2 }, time.Minute, time.Millisecond)
	// Sources that cannot be read are an outcome too.
	missing := []render.Target{{Sources: []render.Source{render.File("/no/such/file.yaml")}}}
	for _, outcome := range render.Each(t.Context(), missing, work) {
		assert.ErrorIs(t, outcome.Err, fs.ErrNotExist)
	}
}

// A map gives what a file with the same values gives, and has no lines.
func TestMapIsAFile(t *testing.T) {
	t.Parallel()
	given := map[string]any{
		"istio":     map[string]any{"version": "1.26.2"},
		"global":    map[string]any{"tracer": map[string]any{"lightstep": map[string]string{"address": "ingest.lightstep.com:443", "accessToken": accessToken}}},
		"collector": map[string]any{"replicas": 3, "podAnnotations": map[string]any{"a": "---\nb: &c *c\u2028", "number": "0123"}},
	}
	v, err := render.ReadValues(render.Map("mesh", given))
	require.NoError(t, err)
	given["istio"].(map[string]any)["version"] = "1.3.0" // no more of it
	r := newRenderer(t)
	got, err := r.Render(t.Context(), v)
	var refused *render.ProblemsError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, []string{"error LS-VALUES-CHARACTER collector.podAnnotations.a mesh:0"}, found(refused.Problems))
	assert.Nil(t, got)

	given["istio"] = map[string]any{"version": "1.26.2"}
	given["collector"] = map[string]any{"replicas": 3, "podAnnotations": map[string]any{"number": "0123", "yes": "on"}}
	got, err = r.Render(t.Context(), readValues(t, render.Map("mesh", given)))
	require.NoError(t, err)
	want, err := r.Render(t.Context(), readValues(t, render.Bytes("values.yaml", []byte("istio: {version: 1.26.2}\n"+
		"global: {tracer: {lightstep: {address: 'ingest.lightstep.com:443', accessToken: "+accessToken+"}}}\n"+
		"collector: {replicas: 3, podAnnotations: {number: '0123', 'yes': 'on'}}\n"))))
	require.NoError(t, err)
	assert.Equal(t, string(want.YAML()), string(got.YAML()))

	_, err = render.ReadValues(render.Map("mesh", map[string]any{"a": make(chan int)}))
	require.ErrorContains(t, err, "mesh: ")
	require.ErrorContains(t, err, "unsupported type")
	problems, err := r.Check(t.Context(), readValues(t, render.Bytes("values.yaml", []byte("istio: {version: 1.3.0}")), render.Map("none", nil)))
	require.NoError(t, err)
	assert.Contains(t, found(problems), "error LS-ISTIO-VERSION-OLD istio.version values.yaml:1")
}
