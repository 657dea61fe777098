package helmengine

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"text/template"

	"github.com/Masterminds/semver/v3"
	"github.com/Masterminds/sprig/v3"
	yamlv2 "go.yaml.in/yaml/v2"
	"sigs.k8s.io/yaml"
)

// functions are what templates may call, as Helm has them: Sprig's, of which
// only those that always give the same (no clock, no chance, no network), and
// Helm's own that the chart needs. A chart that calls another fails to load.
func functions() template.FuncMap {
	functions := sprig.HermeticTxtFuncMap()
	// These change what they are given, and a list or map of literals is made once.
	for _, name := range []string{"merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"} {
		delete(functions, name)
	}
	functions["toYaml"] = toYAML
	functions["fromYaml"] = object(fromYAML)
	functions["fromYamlArray"] = array(fromYAML)
	functions["toJson"] = toJSON
	functions["fromJson"] = object(json.Unmarshal)
	functions["fromJsonArray"] = array(json.Unmarshal)
	functions["list"] = func(items ...any) []any { return slices.Clone(items) } // they are this engine's own, for a while
	functions["fail"] = func(message string) (string, error) { return "", &failure{message} }
	remember(functions)
	return functions
}

// remember puts variants in the place of Sprig's functions that compile a text
// of the template at each call, some microseconds that soon add up.
func remember(functions template.FuncMap) {
	pattern := remembered(regexp.Compile)
	constraint := remembered(semver.NewConstraint)
	functions["mustRegexMatch"] = func(text, s string) (bool, error) {
		compiled, err := pattern(text)
		return err == nil && compiled.MatchString(s), err
	}
	functions["regexMatch"] = func(text, s string) bool {
		compiled, err := pattern(text)
		return err == nil && compiled.MatchString(s)
	}
	functions["regexFind"] = func(text, s string) (string, error) {
		compiled, err := pattern(text)
		if err != nil {
			return "", err
		}
		return compiled.FindString(s), nil
	}
	functions["regexReplaceAll"] = func(text, s, by string) (string, error) {
		compiled, err := pattern(text)
		if err != nil {
			return "", err
		}
		return compiled.ReplaceAllString(s, by), nil
	}
	functions["semverCompare"] = func(text, version string) (bool, error) {
		compiled, err := constraint(text)
		if err != nil {
			return false, err
		}
		parsed, err := semver.NewVersion(version)
		return err == nil && compiled.Check(parsed), err
	}
}

// remembered is a compile that keeps what texts were compiled to.
func remembered[T any](compile func(string) (T, error)) func(string) (T, error) {
	var known sync.Map
	return func(text string) (T, error) {
		if compiled, ok := known.Load(text); ok {
			return compiled.(T), nil
		}
		compiled, err := compile(text)
		if err == nil {
			known.Store(text, compiled)
		}
		return compiled, err
	}
}

// failure is what the chart's own `fail` ends a render with.
type failure struct{ message string }

func (f *failure) Error() string { return f.message }

// As in Helm, what can't be written as YAML or JSON is written as nothing.

func toYAML(v any) string {
	marshal := yaml.Marshal
	if plain, ok := plainYAML(v); ok {
		v, marshal = plain, yamlv2.Marshal
	}
	data, err := marshal(v)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(data), "\n")
}

// plainYAML gives a value as it comes back from JSON. Helm writes it as JSON,
// reads that as YAML and writes it as YAML, all with this one library, and takes
// three times as long. What is not simply the same is left to that: ok is false.
func plainYAML(v any) (plain any, ok bool) {
	switch v := v.(type) {
	case nil, bool, int, int64:
		return v, true
	case string:
		return v, isASCII(v)
	case float64:
		const exact = 1 << 53
		if v == math.Trunc(v) && math.Abs(v) < exact {
			return int64(v), true
		}
		return v, math.Abs(v) < exact
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			if list[i], ok = plainYAML(item); !ok {
				return nil, false
			}
		}
		return list, v != nil
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, item := range v {
			if object[key], ok = plainYAML(item); !ok || !isASCII(key) {
				return nil, false
			}
		}
		return object, v != nil
	}
	return nil, false
}

// isASCII tells whether a text is of bytes that YAML takes in JSON, for beyond
// them are some that it does not.
func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x7f {
			return false
		}
	}
	return true
}

func toJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}

// As in Helm, what can't be read gives its error as a value.

func object(decode func([]byte, any) error) func(text string) map[string]any {
	return func(text string) map[string]any {
		m := map[string]any{}
		if err := decode([]byte(text), &m); err != nil {
			m["Error"] = err.Error()
		}
		return m
	}
}

func array(decode func([]byte, any) error) func(text string) []any {
	return func(text string) []any {
		list := []any{}
		if err := decode([]byte(text), &list); err != nil {
			list = []any{err.Error()}
		}
		return list
	}
}

func fromYAML(text []byte, into any) error { return yaml.Unmarshal(text, into) }
