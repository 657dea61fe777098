//go:build !race

package render_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// Four times as many gateways take some four times as long on any machine; the square would be 16 times.
func TestRenderIsLinear(t *testing.T) {
	r := newRenderer(t)
	took := func(number int) time.Duration {
		v := manyGateways(t, number)
		start := time.Now()
		_, err := r.Render(t.Context(), v)
		require.NoError(t, err)
		return time.Since(start)
	}
	var times float64
	for range 5 { // A busy machine makes any one of them longer.
		few, many := took(2_500), took(10_000)
		t.Logf("2,500 gateways take %v, 10,000 take %v", few, many)
		if times = many.Seconds() / few.Seconds(); times < 9 {
			return
		}
	}
	assert.Less(t, times, 9.0)
}

// Lists and maps of whatever is wrong are judged in a time that grows as they do, and of one rule a hundred problems are told,
// with how many more there are.
func TestCheckIsLinear(t *testing.T) {
	for name, c := range map[string]struct{ before, entry string }{
		"items that are no objects":     {"extraObjects:", "- 1"},
		"objects twice":                 {"extraObjects:", "- {apiVersion: v1, kind: Secret, metadata: {name: a}}"},
		"variables twice":               {"collector: {env: [", "{name: A},"},
		"variables of another type":     {"collector: {env: [", "{name: 1},"},
		"gateways in no namespace":      {"gateways:", "- {name: a, namespace: _}"},
		"labels that are none":          {"commonLabels:", "  a%d: '_'"},
		"characters that YAML misreads": {"collector: {podAnnotations: {", `a%d: "\u2028",`},
		"exporters without an end":      {"collector: {exporters: {", "otlp/a%d: {endpoint: 'a:1', b: 1, headers: {c: '${D%[1]d}'}, retry_on_failure: {max_elapsed_time: 1m}},"},
		"references to variables":       {"collector: {exporters: {otlp: {endpoint: 'a:1', headers: {", "a%d: '${B%[1]d}',"},
		"namespaces of another type":    {"telemetry: {namespaces: {", "a%d: 1,"},
		"tags of no type":               {"telemetry: {customTags: {", "a%d: {},"},
		"parts that nothing uses":       {"collector: {config: {processors: {", "attributes/a%d: {},"},
		"keys twice":                    {"commonLabels:", "  a%d: b\n  a%[1]d: c"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRenderer(t)
			took := func(number int) time.Duration {
				var text strings.Builder
				text.WriteString(c.before + "\n")
				for i := range number {
					line := c.entry
					if strings.Contains(line, "%") {
						line = fmt.Sprintf(line, i)
					}
					text.WriteString(line + "\n")
				}
				for i := len(c.before) - 1; i >= 0; i-- {
					switch c.before[i] {
					case '{':
						text.WriteByte('}')
					case '[':
						text.WriteByte(']')
					}
				}
				v := goodValues(t, render.Bytes("many.yaml", []byte(text.String())))
				start := time.Now()
				problems, err := r.Check(t.Context(), v)
				took := time.Since(start)
				require.NoError(t, err)
				assertBounded(t, problems)
				return took
			}
			var times float64
			for range 5 {
				few, many := took(2_500), took(10_000)
				t.Logf("2,500 take %v, 10,000 take %v", few, many)
				if times = many.Seconds() / few.Seconds(); times < 9 {
					return
				}
			}
			assert.Less(t, times, 9.0)
		})
	}
}

// assertBounded looks for a rule of which more is told than the number of more.
func assertBounded(t *testing.T, problems []problem.Problem) {
	t.Helper()
	told, more := map[string]int{}, 0
	for _, p := range problems {
		if told[p.ID]++; strings.Contains(p.Reason, " more ") {
			more++
		}
		assert.LessOrEqual(t, told[p.ID], 101, p.ID)
	}
	assert.Positive(t, more, "%d problems", len(problems))
}
