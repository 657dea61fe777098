package render_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// marker is a token as people have them: it must not be told, wherever in the
// input it stands.
const marker = "S3CRETtoken12345"

// hostileText is what a terminal or continuous integration would act on.
const hostileText = "a\u009b31m\u202e\u2028\x1b[2J\n::error::x\u0085##vso[x]\u200b"

// told gives all that people are told of some values.
func told(tb testing.TB, r *render.Renderer, sources ...render.Source) string {
	tb.Helper()
	v, err := render.ReadValues(sources...)
	if err != nil {
		return err.Error()
	}
	problems, err := r.Check(tb.Context(), v)
	require.NoError(tb, err)
	var text strings.Builder
	for _, p := range problems {
		fmt.Fprintf(&text, "%s %s %s %s %s\n", p.ID, p.Path, p.File, p.Reason, p.Fix)
	}
	result, err := r.Render(tb.Context(), v)
	var refused *render.ProblemsError
	switch {
	case errors.As(err, &refused), err != nil:
		text.WriteString(err.Error())
	default:
		told, err := json.Marshal(result.Warnings)
		require.NoError(tb, err)
		text.Write(told)
		explained, err := r.Explain(tb.Context(), v)
		require.NoError(tb, err)
		text.WriteString(explained)
	}
	return text.String()
}

// assertSafe looks for the marker, and for what a terminal acts on.
func assertSafe(tb testing.TB, text string, about ...any) {
	tb.Helper()
	assert.NotContains(tb, text, marker, about...)
	for _, r := range text {
		if r != '\n' && !terminal.Shows(r) {
			assert.Fail(tb, "a terminal acts on it", "%q in %q: %v", r, text, about)
			return
		}
	}
	for line := range strings.Lines(text) {
		assert.False(tb, strings.HasPrefix(strings.TrimSpace(line), "::"), "%s: %v", line, about)
	}
}

// paths gives the path of every value of a map, the maps and lists among them.
func paths(value any, path []string) [][]string {
	var found [][]string
	if path != nil {
		found = append(found, path)
	}
	if m, ok := value.(map[string]any); ok {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			found = append(found, paths(m[key], append(slices.Clone(path), key))...)
		}
	}
	return found
}

// A token at the place of any value, as a key beside any, or in any URL is not
// told, and nothing of it reaches a terminal as it is.
func TestMarkerAnywhereIsNotTold(t *testing.T) {
	r := newRenderer(t)
	data, err := os.ReadFile(filepath.Join("..", "..", "charts", "istio-lightstep", "values.yaml"))
	require.NoError(t, err)
	var defaults map[string]any
	require.NoError(t, yaml.Unmarshal(data, &defaults))
	wrap := func(path []string, value any) render.Source {
		for _, key := range slices.Backward(path) {
			value = map[string]any{key: value}
		}
		text, err := json.Marshal(value)
		require.NoError(t, err)
		return render.Bytes("marked.yaml", text)
	}
	base := render.Bytes("good.yaml", []byte(good))
	for nth, path := range paths(defaults, nil) {
		values := []any{
			marker,
			"https://u:" + marker + "@a.example:443", "a.example:443?k=" + marker,
			[]any{marker},
			map[string]any{marker: 1},
			map[string]any{"name": marker},
			[]any{map[string]any{"name": marker, marker: marker, "value": marker}},
			hostileText,
			[]any{hostileText},
			map[string]any{hostileText: hostileText},
			[]any{map[string]any{"name": hostileText, "namespace": hostileText}},
		}
		sets := []func(string) render.Source{render.Set, render.SetString, render.SetJSON, render.SetLiteral}
		if testing.Short() { // Each value gets two of these, each of these many values.
			values, sets = values[nth%len(values):][:1], sets[nth%len(sets):][:1]
		}
		for _, value := range values {
			assertSafe(t, told(t, r, base, wrap(path, value)), path, value)
		}
		key := strings.Join(path, ".")
		for _, set := range sets {
			assertSafe(t, told(t, r, base, set(key+"="+marker)), key)
			assertSafe(t, told(t, r, base, set(key+"."+marker+"="+hostileText)), key)
		}
	}
	for _, text := range []string{
		"a: *" + marker, "a: &" + marker + " {b: *" + marker + "}", "a: !" + marker + " x", "a: !!" + marker + " x", "# " + marker + "\na: [", "a: '" + marker,
		"? [" + marker + "]\n: b", marker, "- " + marker, marker + ": 1\n" + marker + ": 2", "a: 1\n---\n" + marker + ": 2", "%" + marker, "%TAG ! " + marker,
		"a: {" + marker + "\n", "a:\n\t" + marker, "a: |" + marker + "\n x", "a: @" + marker, "a: `" + marker, "a: \"\\" + marker, "a: \"\\x" + marker + "\"",
		"a: b: " + marker, "global: " + marker, "<<: " + marker, "<<: [" + marker + "]", "a: &x " + marker + "\n*x : 1\n*x : 2", "? " + marker + "\n? " + marker,
		hostileText + ": 1", "? \"" + `\e[2J\u202e` + "\"\n: 1\n", "a: !!binary " + marker + "!", "a: !!float " + marker, "a: !!int " + marker,
	} {
		assertSafe(t, told(t, r, base, render.Bytes("marked.yaml", []byte(text))), text)
		problems := documentProblems(t, r, []byte(text))
		assertSafe(t, problems, text)
	}
}

// documentProblems gives what is told of a control-plane document.
func documentProblems(tb testing.TB, r *render.Renderer, text []byte) string {
	tb.Helper()
	v, err := render.ReadValues(render.Bytes("good.yaml", []byte(good)))
	require.NoError(tb, err)
	problems, err := r.Check(tb.Context(), v, render.WithDocument("mine.yaml", text))
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	for _, p := range problems {
		fmt.Fprintf(&out, "%s %s %s %s %s\n", p.ID, p.Path, p.File, p.Reason, p.Fix)
	}
	return out.String()
}
