package yamltree_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

type path = yamltree.Path

func TestPath(t *testing.T) {
	for text, want := range map[string]path{
		"":                             nil,
		"a":                            {"a"},
		"gateways[0].namespace":        {"gateways", 0, "namespace"},
		"a[1][2]":                      {"a", 1, 2},
		`n.kubernetes\.io/os`:          {"n", "kubernetes.io/os"},
		`a\[1\]`:                       {"a[1]"},
		`a.b\\`:                        {"a", `b\`},
		"collector.exporters.otlp/":    {"collector", "exporters", "otlp/"},
		"a[].b":                        {"a", yamltree.Each{}, "b"},
		"gateways.*.secretVolumes[]":   {"gateways", yamltree.Any{}, "secretVolumes", yamltree.Each{}},
		`a.\*`:                         {"a", "*"},
		"a.*b":                         {"a", "*b"},
		"extensionProviders[name=x.y]": {"extensionProviders", yamltree.Named("x.y")},
	} {
		assert.Equal(t, want, yamltree.Parse(text), text)
		assert.Equal(t, text, want.String())
	}
	for text, want := range map[string]path{
		"a[x]": {"a[x]"}, "a[-1]": {"a[-1]"}, "a[name=]": {"a[name=]"}, "a[0": {"a[0"}, ".a..b.": {"a", "b"},
	} {
		assert.Equal(t, want, yamltree.Parse(text), "brackets without a meaning belong to the key")
		assert.NotEqual(t, text, want.String(), "a path that is written otherwise is found out")
	}
	assert.Equal(t, path{yamltree.Proto("a"), yamltree.Each{}}, path{"a", yamltree.Each{}}.Proto())
}

func TestShownPath(t *testing.T) {
	assert.Equal(t, `a.[redacted].b\.c[0].\x1b\[31m\n`, path{"a", "S3CRETtoken12345", "b.c", 0, "\x1b[31m\n"}.Shown())
}

func TestPathInValues(t *testing.T) {
	root := map[string]any{"a": []any{map[string]any{"b": 1}}}
	for text, want := range map[string]int{"a[0].b": 3, "a[1]": 1, "a[0].c": 2, "x": 0, "a[]": 1, "a.b": 1} {
		_, steps := yamltree.Parse(text).In(root)
		assert.Equal(t, want, steps, text)
	}
	assert.True(t, path{"a", 0, "b"}.HasPrefix(path{"a", 0}))
	assert.False(t, path{"a"}.HasPrefix(path{"a", 0}))
}

func FuzzPath(f *testing.F) {
	for _, text := range []string{"a.b[0]", `a\.b`, "a[name=x].*", "[]", `\*`, "a[", `\`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := yamltree.Parse(text)
		assert.Equal(t, p, yamltree.Parse(p.String()))
	})
}
