//go:build !race

package helmengine_test

import (
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/test/corpus"
)

// FuzzJudgement breaks cases of the corpus in ways nobody thought of: templates
// must say the same of them here as in Helm's own engine, byte for byte.
func FuzzJudgement(f *testing.F) {
	d := newDifferential(f)
	for i := 0; i < len(d.inputs); i += 16 {
		f.Add([]byte{byte(i >> 8), byte(i)}, "1.16.1")
	}
	for _, text := range []string{"1.9999", "{value}", "a\x00b", "\xff\xfe", "<&>\u2028", "-0.0", "99999999999999999999", "/a//b/../c"} {
		f.Add([]byte{1, 44, 3, 1, 2, 0, 4, 1, 7, 9, 2, 0, 3, 5, 1, 2, 4, 8}, text)
	}
	f.Fuzz(func(t *testing.T, choices []byte, text string) {
		if len(text) > 1000 || len(choices) > 200 {
			return // More only costs time.
		}
		d.run(t, choices, text)
	})
}

// TestJudgementAsHelm does the same with the same random choices each time.
func TestJudgementAsHelm(t *testing.T) {
	t.Parallel()
	d := newDifferential(t)
	source := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		choices := make([]byte, 4+source.IntN(30))
		for i := range choices {
			choices[i] = byte(source.Uint32())
		}
		d.run(t, choices, string(choices[:source.IntN(4)]))
	}
}

// differential is the chart's named templates and one that prints all that they
// say of values, with the values of the corpus.
type differential struct {
	chart  *helmengine.Chart
	inputs []map[string]any
}

func newDifferential(tb testing.TB) differential {
	tb.Helper()
	whole, err := fs.Sub(charts.FS, "istio-lightstep")
	require.NoError(tb, err)
	files := fstest.MapFS{
		"templates/_verdict.tpl": {Data: []byte(`{{ define "verdict" -}}
{{- range $key, $value := (get .Values "memo of the test" | default dict) }}{{ $_ := set $ $key $value }}{{ end -}}
{{- $_ := unset .Values "memo of the test" -}}
{{ include "istio-lightstep.problems.json" . }} {{ toRawJson ._subject }} {{ toRawJson ._hidden }}
{{- end }}`)},
		"templates/verdict.yaml": {Data: []byte(`{{ include "verdict" . }}`)},
	}
	require.NoError(tb, fs.WalkDir(whole, ".", func(name string, entry fs.DirEntry, err error) error {
		rendered := strings.HasPrefix(name, "templates/") && !strings.HasPrefix(path.Base(name), "_")
		if err != nil || entry.IsDir() || rendered || name == "values.schema.json" {
			return err
		}
		data, err := fs.ReadFile(whole, name)
		files[name] = &fstest.MapFile{Data: data, Mode: 0o644}
		return err
	}))
	chart, err := helmengine.Load(files)
	require.NoError(tb, err)
	d := differential{chart: chart}
	all, err := corpus.Cases()
	require.NoError(tb, err)
	for _, c := range all {
		if c.Heavy() {
			continue
		}
		user, err := c.User()
		require.NoError(tb, err)
		values := chart.Coalesce(user)
		memo := map[string]any{}
		if c.Live != nil {
			memo["_live"] = c.Live
		}
		if c.Document != nil {
			memo["_document"] = c.Document
		}
		values["memo of the test"] = memo
		d.inputs = append(d.inputs, values)
	}
	return d
}

func (d differential) run(t *testing.T, choices []byte, text string) {
	t.Helper()
	c := &chooser{choices: choices, text: text}
	values := d.inputs[c.number(256*256)%len(d.inputs)]
	for c.more() {
		values, _ = c.change(values).(map[string]any)
	}
	capabilities, err := d.chart.Capabilities("v1.34.0")
	require.NoError(t, err)
	in := helmengine.Input{ReleaseName: "rel", Namespace: "ns", Capabilities: capabilities, Values: values}
	want, wantErr := helmengine.ByHelm(d.chart, in)
	in.Values = d.chart.Coalesce(values) // as Helm does
	got, err := d.chart.Include(t.Context(), "verdict", in)
	if wantErr != nil {
		assert.Error(t, err, "%v", values)
		return
	}
	require.NoError(t, err, "%v", values)
	assert.Equal(t, want["istio-lightstep/templates/verdict.yaml"], got)
}

// chooser turns the fuzzer's bytes into changes of values.
type chooser struct {
	choices []byte
	text    string
}

func (c *chooser) more() bool { return len(c.choices) > 0 }

// number takes a number below n from the bytes; 0 where there are no more.
func (c *chooser) number(n int) int {
	value := 0
	for size := 1; size < n; size *= 256 {
		if !c.more() {
			return 0
		}
		value, c.choices = value*256+int(c.choices[0]), c.choices[1:]
	}
	return value % n
}

// keys are those that rules look at, besides the ones that are there.
var keys = []string{
	"v", "w", "list", "name", "namespace", "istio", "version", "delivery", "output", "global", "tracer", "lightstep",
	"cacertPath", "accessToken", "address", "secure", "cacert", "pem", "existingSecret", "gateways", "istiod", "meshConfig",
	"extensionProviders", "defaultConfig", "tracing", "tlsSettings", "mode", "zipkin", "values", "secret", "token", "vault",
	"key", "other", "_hidden", "", "env", "value", "valueFrom", "headers", "a.b[0]",
	"collector", "queue", "bytes", "size", "persistence", "enabled", "resources", "limits", "memory", "exporters", "otlp/a",
	"otlp_http", "sending_queue", "storage",
}

// change gives a copy with something replaced, added or taken away.
func (c *chooser) change(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if c.number(8) == 0 {
			return c.value(2)
		}
		changed := make(map[string]any, len(v)+1)
		maps.Copy(changed, v)
		there := append(slices.Sorted(maps.Keys(v)), keys...)
		key := there[c.number(len(there))]
		if c.number(8) == 0 {
			delete(changed, key)
			return changed
		}
		changed[key] = c.change(changed[key])
		return changed
	case []any:
		if c.number(4) == 0 {
			return c.value(2)
		}
		changed := append([]any{}, v...)
		if i := c.number(len(v) + 1); i < len(v) {
			changed[i] = c.change(v[i])
			return changed
		}
		return append(changed, c.value(2))
	}
	return c.value(2)
}

// value gives something new, no deeper than that.
func (c *chooser) value(depth int) any {
	scalars := []any{
		nil, "", c.text, true, false, int64(0), int64(1), 1.5, -1, 100.0, int64(9007199254740993), 1e21, 1e-7, uint8(7),
		"auto", "native", "collector", "direct", "cluster", "sail", "1.16", "1.16.1", "1.5.1", "v1.26", "1.4", "2.0", "lightstep",
		"{values.w}", "0", "-0.0", "100", "1e3", "default", "Bad_Name", "a\nb", "[redacted]",
		[]string{"a", c.text},
		"1Gi", "2GB", "-1.5k", "0.001Pi", "999999999999999", "file_storage",
	}
	kinds := len(scalars)
	if depth > 0 {
		kinds += 4
	}
	switch n := c.number(kinds); {
	case n < len(scalars):
		return scalars[n]
	case n%2 == 0:
		return []any{c.value(depth - 1), c.value(depth - 1)}
	default:
		return map[string]any{keys[c.number(len(keys))]: c.value(depth - 1), c.text: c.value(depth - 1)}
	}
}
