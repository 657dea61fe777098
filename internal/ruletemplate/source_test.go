package ruletemplate_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/ruletemplate"
)

// source has one rule that is well, with one key as it is given: `if: …`.
func source(t *testing.T, given string) ruletemplate.Source {
	t.Helper()
	rule := map[string]any{}
	require.NoError(t, yaml.Unmarshal([]byte("{id: A, severity: error, if: [{path: values.a, present: true}], path: a, reason: r, fix: f, source: s}"), &rule))
	require.NoError(t, yaml.Unmarshal([]byte(given), &rule))
	return ruletemplate.Source{Rules: []map[string]any{rule}}
}

func TestTemplateRefusesRules(t *testing.T) {
	t.Parallel()
	for given, says := range map[string]string{
		`wen: []`:                         `rules: A: unknown key: "wen"`,
		`id: ""`:                          "rules: rule 0: id is no text",
		`reason: null`:                    "reason is no text",
		`severity: fatal`:                 `severity "fatal" is none of error, warning, info`,
		`if: []`:                          "if has no condition",
		`if: {path: values.a, equals: 1}`: "if is no list of conditions",
		`if: [{path: values.a, like: 1}]`: `rules: A: unknown operator: "like"`,
		`if: [{any: [{not: {path: values.a, like: 1}}]}]`:     `"like"`,
		`if: [{path: values.a, equals: 1, is: map}]`:          "one operator",
		`if: [{all: [{path: values.a, equals: 1}], any: []}]`: `"any"`,
		`if: [{path: valus.a, equals: 1}]`:                    `path "valus.a" starts outside of the subject`,
		`if: [{path: item.a, equals: 1}]`:                     `"item.a" starts outside`,
		`path: "list[].a"`:                                    "path list[].a has the item of a list that each does not name",
		`if: [{path: "values.a[0]", equals: 1}]`:              "cannot be followed",
		`if: [{path: values.a, matches: "(?=a)"}]`:            "matches: error parsing regexp",
		`if: [{path: values.a, matches: 1}]`:                  "matches: the operand cannot be 1",
		`if: [{path: values.a, matches: {ref: values.b}}]`:    "matches: the operand cannot be map",
		`if: [{path: values.a, is: int}]`:                     "is: int is no type",
		`if: [{path: values.a, below: x}]`:                    "below: x is no number",
		`if: [{path: values.a, in: x}]`:                       "in: the operand cannot be x",
		`reason: "{valeus.a}"`:                                `"valeus.a" starts outside`,
		`fix: "{index}"`:                                      "{index} without each",
	} {
		_, err := source(t, given).Template()
		assert.ErrorContains(t, err, says, given)
	}
}

func TestTemplateRefusesWhatIsBesideRules(t *testing.T) {
	t.Parallel()
	for says, change := range map[string]func(s *ruletemplate.Source){
		"no entries":               func(s *ruletemplate.Source) { s.Rules = nil },
		"A: duplicate id":          func(s *ruletemplate.Source) { s.Rules = append(s.Rules, s.Rules[0]) },
		"1 is no path":             func(s *ruletemplate.Source) { s.Public = []any{1} },
		"values.a.b is public too": func(s *ruletemplate.Source) { s.Public, s.Secrets = []any{"values.a"}, []string{"values.a.b"} },
		"secrets: a path":          func(s *ruletemplate.Source) { s.Secrets = []string{""} },
	} {
		s := source(t, "{}")
		change(&s)
		_, err := s.Template()
		assert.ErrorContains(t, err, says)
	}
}

// TestTemplateTellsAll: all faults are told at once.
func TestTemplateTellsAll(t *testing.T) {
	t.Parallel()
	s := source(t, `extra: 1`)
	s.Rules = append(s.Rules, source(t, `if: [{path: values.a, like: 1}]`).Rules...)
	_, err := s.Template()
	for _, says := range []string{"unknown key", "unknown operator", "duplicate id"} {
		assert.ErrorContains(t, err, says)
	}
}

func chartSource(t *testing.T) ruletemplate.Source {
	t.Helper()
	chart, err := fs.Sub(charts.FS, "istio-lightstep")
	require.NoError(t, err)
	s, err := ruletemplate.Read(chart)
	require.NoError(t, err)
	return s
}

// TestChartShowsNothingForNothing: a placeholder of the chart's rules that no
// entry of public names would always read [redacted].
func TestChartShowsNothingForNothing(t *testing.T) {
	t.Parallel()
	public, err := redact.NewPublic(chartSource(t).Public)
	require.NoError(t, err)
	placeholder := regexp.MustCompile(`\{([A-Za-z][A-Za-z0-9_.-]*)\}`)
	for _, s := range chartSource(t).Rules {
		each, _ := s["each"].(string)
		path, _ := s["path"].(string)
		for _, text := range []any{s["reason"], s["fix"]} {
			for _, m := range placeholder.FindAllStringSubmatch(fmt.Sprint(text), -1) {
				name := m[1]
				switch {
				case name == "index":
					continue
				case name == "value" && !strings.HasPrefix(path, "document.") && !strings.HasPrefix(path, "live."):
					name = "values." + path
				case name == "value":
					name = path
				case name == "item" || strings.HasPrefix(name, "item."):
					name = each + "[]" + strings.TrimPrefix(name, "item")
				}
				assert.NotNil(t, public.Entry(redact.Segments(name)), "%s in %v", name, text)
			}
		}
	}
}

// TestPublicValuesAreScalars: each public value is there by default, and is no
// map, where a scalar by mistake may be a token.
func TestPublicValuesAreScalars(t *testing.T) {
	t.Parallel()
	data, err := fs.ReadFile(charts.FS, "istio-lightstep/values.yaml")
	require.NoError(t, err)
	var defaults map[string]any
	require.NoError(t, yaml.Unmarshal(data, &defaults))
	for _, entry := range chartSource(t).Public {
		if m, ok := entry.(map[string]any); ok {
			entry = m["path"]
		}
		path, ok := strings.CutPrefix(fmt.Sprint(entry), "values.")
		if !ok {
			continue
		}
		value, steps := any(defaults), strings.Split(strings.ReplaceAll(path, "[]", ".[]"), ".")
		for _, step := range steps {
			if list, ok := value.([]any); ok && step == "[]" {
				value = list[0]
				continue
			}
			m, _ := value.(map[string]any)
			found, ok := m[step]
			require.True(t, ok, "%s is no value", path)
			value = found
		}
		_, isMap := value.(map[string]any)
		assert.False(t, isMap, path)
	}
}

// A value that is not listed, as harmless, is one in which no pattern of rules
// about secrets finds anything; a name that one of them knows is listed.
func TestHarmlessHidesNoSecret(t *testing.T) {
	chart, err := fs.Sub(charts.FS, "istio-lightstep")
	require.NoError(t, err)
	s, err := ruletemplate.Read(chart)
	require.NoError(t, err)
	value := regexp.MustCompile(s.Literals.Harmless["value"].(string))
	named := regexp.MustCompile(s.Literals.Harmless["unlessNamed"].(string))
	texts := []string{"Bearer", "bearer.abcdef", "accountkey.abcdefgh", "LS0tLS1CRUdJTiBQUkl", "0123456789abcdef012"}
	for seed := range 2000 {
		random := rand.New(rand.NewPCG(uint64(seed), 0))
		text := make([]byte, random.IntN(20))
		for i := range text {
			text[i] = "aZkeyBr09._-"[random.IntN(12)]
		}
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		require.Regexp(t, value, text)
		for _, name := range []string{"secretInURL", "secretInText", "pair", "tokenWord"} {
			require.NotRegexp(t, s.Patterns[name], text, name)
		}
	}
	for _, text := range []string{"-----BEGIN PRIVATE KEY", "a=b", "//a:b@c", "LS0tLS1CRUdJTiBQUklWQVRF", "Bearer abc", "/a1b2c3d4e5f6a7b8", "AKIAABCDEFGHIJKLMNOP", "hvs.abcdefghijklmnop", "eyJabcdefgh.eyJabcd."} {
		require.NotRegexp(t, value, text)
	}
	for _, name := range []string{
		"authorization", "cookie", "token", "secret", "passwd", "password", "passphrase", "credentials", "bearer", "api-key", "key-pem",
		"honeycomb-team", "pass", "pwd", "x-auth",
	} {
		require.Regexp(t, s.Patterns["credential"], "extraObjects."+name)
		require.Regexp(t, named, "extraObjects."+name)
	}
}
