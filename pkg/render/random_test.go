package render_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/charts"
)

// generator makes values that nobody would write: those of an example of each
// kind, changed in a few places.
type generator struct {
	defaults map[string]any // the chart's
	*rand.Rand
	text string // one more hostile text
}

// starts are what random values start from: all that is rendered otherwise.
var starts = []struct {
	version, delivery string
	outputs           []string
}{
	{"1.4.10", "native", []string{"cluster", "legacyValues", "istioOperator"}},
	{"1.10.0", "native", []string{"cluster", "istioOperator", "istiodValues"}},
	{"1.15.0", "collector", []string{"cluster", "istiodValues"}},
	{"1.26.2", "collector", []string{"cluster", "cluster", "cluster", "istioOperator", "sail"}},
	{"1.28.2", "direct", []string{"cluster", "istioOperator", "istiodValues", "gatewayValues", "sail"}},
	{"1.31.0", "collector", []string{"cluster", "cluster", "cluster"}},
}

// rich are values for what the defaults leave empty.
const rich = `
cacert: {namespaces: [default, istio-system]}
controlPlane:
  extensionProviders: [{name: zipkin, zipkin: {service: zipkin.tracing.svc.cluster.local, port: 9411}}]
  envVarFrom: [{name: A, valueFrom: {secretKeyRef: {name: a, key: b}}}]
  defaultTemplates: [sidecar, own]
  gateways:
    secretVolumes: [{name: own, secretName: own, mountPath: /etc/own}]
    volumes: [{name: own, emptyDir: {}}]
    volumeMounts: [{name: own, mountPath: /etc/own}]
collector:
  exporters: {otlphttp/second: {endpoint: "https://b:4318", headers: {a: "${env:A}"}}, debug: {}}
  env: [{name: A, value: x}]
  podLabels: {team: x}
  podAnnotations: {note: x}
  nodeSelector: {disk: ssd}
  tolerations: [{key: a, operator: Exists}]
  affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}
  topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]
  priorityClassName: high
  image: {pullSecrets: [{name: registry}]}
`

// hostileTexts are texts that something between a values file and an object
// might take for something else.
var hostileTexts = []string{
	"", " ", "plain", "a b ", "\n", "a\nb", "a\n b\n", "\na", "a\n\n\nb: c\n---\nd: e", "a\r\nb", "a\rb", "\r", "a\n\rb: c",
	"a\u2028b", "a\n\u2028b: c", "a\u2029b", "a\n\u2029b: c", "a\u0085b", "a\n\u0085b: c", "\u2028", "a\u2028\nb",
	"\x00", "\x07", "a\x1bb", "\x7f", "\u0080", "\u009b31m", "\u00a0", "\u200b", "\u202e", "\ufeff", "a\ufeffb", "\ufffe", "\uffff", "\U0001f600",
	"\"", "'", "\\", "`", "a: b", "a #b", "#", "{", "}", "[", "- a", "-", "?", "? a", ":", "*a", "&a", "!", "!!binary YQ==", "|", ">", "%YAML 1.1", "@",
	"---", "...", "--- a", "<<", "=", "~", "null", "true", "no", "y", "1e3", "0x10", "012", "1_000", "1:30", ".inf", "2001-01-01", "+1", "-0",
	"{{ .Values }}", "{{", "<no value>", "${env:A}", "helm.sh/hook", "kind: Secret", "a\nkind: Secret", "<>&", "\t", "a\tb", "\ta: b",
	"tr\u00e4ge", strings.Repeat("long ", 60), strings.Repeat("k", 200),
}

// pieces make further ones: what ends a line, indents it or has a meaning in it.
var pieces = []string{
	"a", "b: c", "b: c: d", "}", "\n", " ", "  ", "\t", "- ", "? ", ": ", " #", "\"", "'", "{", "]", "---",
}

// misread are pieces with which nothing is rendered, as YAML ends a line at them.
var misread = []string{"\r", "\u2028", "\n\r", "\n\u0085", "\n\u2028", "\n\u2029"}

// wrongTypes are values that are no text.
var wrongTypes = []any{
	nil, true, false, 0.0, 1.0, -1.0, 1.5, 1e21, 1e-7, 123456789.0, 9007199254740993.0,
	[]any{},
	[]any{nil},
	[]any{"a", 1.0},
	map[string]any{},
	map[string]any{"a": nil},
	map[string]any{"a": map[string]any{"b": "c"}},
}

func newGenerator(tb testing.TB) *generator {
	tb.Helper()
	data, err := fs.ReadFile(charts.FS, "istio-lightstep/values.yaml")
	require.NoError(tb, err)
	g := &generator{}
	require.NoError(tb, yaml.Unmarshal(data, &g.defaults))
	return g
}

// values gives the values of a seed, as a values file.
func (g *generator) values(tb testing.TB, seed uint64, text string) []byte {
	tb.Helper()
	made := generator{defaults: g.defaults, Rand: rand.New(rand.NewPCG(seed, 1)), text: text}
	values := map[string]any{}
	require.NoError(tb, yaml.Unmarshal([]byte(rich), &values))
	start := starts[made.IntN(len(starts))]
	overlay := func(path string, value any) { values = set(values, strings.Split(path, "."), value) }
	overlay("istio.version", start.version)
	overlay("delivery", start.delivery)
	overlay("output", start.outputs[made.IntN(len(start.outputs))])
	overlay("global.tracer.lightstep.address", made.one([]any{"ingest.lightstep.com:443", "satellite:9292", "[2001:db8::1]:443"}))
	if start.delivery == "native" || made.IntN(2) == 0 {
		overlay("global.tracer.lightstep.accessToken", accessToken)
	} else {
		overlay("accessTokenFrom.name", "lightstep-access-token")
	}
	if start.delivery != "collector" || made.IntN(2) == 0 {
		overlay("global.tracer.lightstep.cacertPath", "/etc/lightstep/cacert.pem")
		overlay("cacert.existingSecret.name", "lightstep.cacert")
	}
	if start.delivery != "collector" {
		overlay("collector.exporters", map[string]any{}) // they are refused where there is no collector
	}
	if made.IntN(2) == 0 {
		key := []string{"collector", "controlPlane"}[made.IntN(2)] // which have what is given on as it is
		values[key] = made.bend(values[key])
		return encoded(tb, values)
	}
	for range 1 + made.IntN(2) {
		if changed, ok := made.change(values, g.defaults).(map[string]any); ok {
			values = changed
		}
	}
	return encoded(tb, values)
}

// encoded writes values as JSON with the characters that YAML does not take as
// they are escaped, so that they are part of the values and no fault of the file.
func encoded(tb testing.TB, values map[string]any) []byte {
	tb.Helper()
	data, err := json.Marshal(values)
	require.NoError(tb, err)
	var out []byte
	for _, r := range string(data) {
		if r < 0x7f || r > 0xffff {
			out = utf8.AppendRune(out, r)
			continue
		}
		out = fmt.Appendf(out, `\u%04x`, r)
	}
	return out
}

// bend puts a text made of pieces in the place of a scalar.
func (g *generator) bend(value any) any {
	switch value := value.(type) {
	case map[string]any:
		if len(value) > 0 {
			key := slices.Sorted(maps.Keys(value))[g.IntN(len(value))]
			bent := maps.Clone(value)
			bent[key] = g.bend(value[key])
			return bent
		}
	case []any:
		if len(value) > 0 {
			i := g.IntN(len(value))
			bent := slices.Clone(value)
			bent[i] = g.bend(value[i])
			return bent
		}
	}
	return g.composed()
}

func (g *generator) one(of []any) any { return of[g.IntN(len(of))] }

func (g *generator) hostile() string {
	if g.text != "" && g.IntN(2) == 0 {
		return g.text
	}
	if g.IntN(2) == 0 {
		return g.composed()
	}
	return hostileTexts[g.IntN(len(hostileTexts))]
}

// composed is a text of pieces, of which one in six texts has such that YAML
// misreads: enough are rendered, so that there is something to compare.
func (g *generator) composed() string {
	of := pieces
	if g.IntN(6) == 0 {
		of = slices.Concat(pieces, misread)
	}
	var text strings.Builder
	for range 2 + g.IntN(6) {
		text.WriteString(of[g.IntN(len(of))])
	}
	return text.String()
}

// change changes one thing in or below a value that stands over a default.
func (g *generator) change(value, standard any) any {
	if value == nil {
		value = standard
	}
	switch value := value.(type) {
	case map[string]any:
		under, _ := standard.(map[string]any)
		merged := map[string]any{}
		maps.Copy(merged, value)
		keys := slices.Sorted(maps.Keys(value))
		for key := range under {
			if _, ok := value[key]; !ok {
				keys = append(keys, key)
			}
		}
		slices.Sort(keys)
		switch {
		case len(keys) == 0 || g.IntN(12) == 0:
			merged[g.hostile()] = g.hostile()
		case g.IntN(20) == 0:
			return g.leaf()
		default:
			// What rich has is mostly given on as it is.
			if given := slices.Sorted(maps.Keys(value)); len(given) > 0 && g.IntN(2) == 0 {
				keys = given
			}
			key := keys[g.IntN(len(keys))]
			merged[key] = g.change(value[key], under[key])
		}
		return merged
	case []any:
		list := slices.Clone(value)
		switch {
		case len(list) == 0 || g.IntN(10) == 0:
			return append(list, g.leaf())
		case g.IntN(10) == 0:
			return g.leaf()
		}
		i := g.IntN(len(list))
		list[i] = g.change(list[i], nil)
		return list
	}
	switch value.(type) {
	case bool:
		if g.IntN(4) > 0 {
			return g.IntN(2) == 0
		}
	case float64:
		if g.IntN(4) > 0 {
			return float64(g.IntN(200))
		}
	}
	return g.leaf()
}

// leaf is a text, or now and then something else.
func (g *generator) leaf() any {
	if g.IntN(5) == 0 {
		return g.one(wrongTypes)
	}
	return g.hostile()
}

// set gives the values with one more.
func set(values map[string]any, path []string, value any) map[string]any {
	merged := maps.Clone(values)
	if merged == nil {
		merged = map[string]any{}
	}
	if len(path) > 1 {
		below, _ := merged[path[0]].(map[string]any)
		value = set(below, path[1:], value)
	}
	merged[path[0]] = value
	return merged
}
