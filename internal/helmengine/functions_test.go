package helmengine

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"sigs.k8s.io/yaml"
)

// helmYAML is Helm's own toYaml: the reference for ours.
func helmYAML(v any) string {
	data, err := yaml.Marshal(v)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(data), "\n")
}

func TestToYAMLAsHelm(t *testing.T) {
	for _, v := range []any{
		nil, true, "", "text", "null", "y", "1e3", "0x1", "012", "2001-01-01", "a: b", "two\nlines\n", " x ", "\x01\u2028\u00e9", "a\xffb", "\x7f", "\u0080", "\ufeff", "~", "<&>", "=",
		0, 5, -5, int64(math.MaxInt64), int64(math.MinInt64),
		0.0, math.Copysign(0, -1), 5.0, 1000650000.0, 1.5, 1e15, 1e16, 1e17, 1e20, 1e21, 1e300, 5e-324, 1.0 / 3, -2.5e-7, 123456789012.25,
		math.MaxFloat64, float64(1 << 53), float64(1<<53 - 1), float64(1 << 62), float64(1 << 63),
		[]any(nil),
		[]any{},
		map[string]any(nil),
		map[string]any{},
		[]any{nil, []any{}, map[string]any{"a": nil}},
		map[string]any{"b": 1.0, "a10": "x", "a9": []any{1.5, "y"}, "A": map[string]any{"1": 1, "true": true}, "": "", "\xff": 1},
		[]string{"a"},
		map[string]string{"a": "b"},
		json.Number("1.50"),
		struct{ B, A int }{1, 2},
		uint64(math.MaxUint64), float32(1.1),
		[]any{float32(0.1)},
	} {
		assert.Equal(t, helmYAML(v), toYAML(v), "%#v", v)
	}
	assert.Empty(t, toYAML(math.NaN()), "what JSON can't hold")
	assert.Empty(t, toYAML([]any{func() {}}), "what JSON can't hold")
}

func FuzzToYAML(f *testing.F) {
	f.Add(`{"a":[1,2.5,"x",null,true,{"b":{}}]}`, 1.5)
	f.Add(`["\u0000","- a","#","{}","1_000","0o7","0b1","+1",".5","1:30"," ","\t"]`, 1e300)
	f.Fuzz(func(t *testing.T, text string, number float64) {
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
			v = text
		}
		if math.IsNaN(number) || math.IsInf(number, 0) {
			number = 0
		}
		v = []any{v, number, text}
		if got, want := toYAML(v), helmYAML(v); got != want {
			t.Errorf("%#v: helm %q, we %q", v, want, got)
		}
	})
}
