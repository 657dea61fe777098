package rules_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/rules"
)

// FuzzEvaluators breaks cases of the corpus in ways nobody thought of: the Go
// evaluator and the chart's templates must agree on the subject and on every
// problem, word for word, and neither may panic.
func FuzzEvaluators(f *testing.F) {
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

// TestEvaluatorsAgree does the same with the same random choices each time.
func TestEvaluatorsAgree(t *testing.T) {
	t.Parallel()
	d := newDifferential(t)
	source := rand.New(rand.NewPCG(1, 2))
	for range 150 {
		choices := make([]byte, 4+source.IntN(30))
		for i := range choices {
			choices[i] = byte(source.Uint32())
		}
		d.run(t, choices, string(choices[:source.IntN(4)]))
	}
}

// differential is both evaluators, with the chart's rules and, after them,
// those of semantics.yaml, which use all that the language of rules has.
type differential struct {
	inputs       []rules.Input // of the corpus
	native, text evaluator
}

func newDifferential(tb testing.TB) differential {
	tb.Helper()
	data := rulesJSON(tb, append(chartRules(tb), semantics(tb)...)...)
	chart := loadChart(tb, map[string]string{"files/rules.json": data})
	r, err := rules.Load([]byte(data), chartDialects(tb), dataFile(tb, "files/backends.json"))
	require.NoError(tb, err)
	d := differential{native: native(r), text: templates(tb, chart)}
	for _, c := range cases(tb) {
		d.inputs = append(d.inputs, input(tb, chart, c))
	}
	return d
}

// chartRules are the chart's own, under other ids.
func chartRules(tb testing.TB) []semantic {
	tb.Helper()
	var data struct{ Rules []map[string]any }
	require.NoError(tb, json.Unmarshal(dataFile(tb, "files/rules.json"), &data))
	list := make([]semantic, len(data.Rules))
	for i, rule := range data.Rules {
		delete(rule, "id")
		list[i].Rule = rule
	}
	return list
}

func (d differential) run(t *testing.T, choices []byte, text string) {
	t.Helper()
	c := &chooser{choices: choices, text: text}
	in := d.inputs[c.number(256*256)%len(d.inputs)]
	for c.more() {
		switch c.number(4) {
		case 0, 1:
			in.Values, _ = c.change(in.Values).(map[string]any)
		case 2:
			in.Live, _ = c.change(in.Live).(map[string]any)
		case 3:
			in.Document, _ = c.change(in.Document).(map[string]any)
		}
	}
	want, err := d.native(in)
	require.NoError(t, err)
	got, err := d.text(in)
	require.NoError(t, err, "%v", in)
	assertSame(t, want, got)
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
