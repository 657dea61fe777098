package helmengine

import (
	"encoding/json"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"sigs.k8s.io/yaml"
)

// functions are what templates may call, as Helm has them: Sprig's, of which
// only those that always give the same (no clock, no chance, no network), and
// Helm's own that the chart needs. A chart that calls another fails to load.
func functions() template.FuncMap {
	functions := sprig.HermeticTxtFuncMap()
	functions["toYaml"] = toYAML
	functions["fromYaml"] = fromYAML
	functions["fromYamlArray"] = fromYAMLArray
	functions["toJson"] = toJSON
	functions["fromJson"] = fromJSON
	functions["fromJsonArray"] = fromJSONArray
	functions["fail"] = func(message string) (string, error) { return "", &failure{message} }
	return functions
}

// failure is what the chart's own `fail` ends a render with.
type failure struct{ message string }

func (f *failure) Error() string { return f.message }

// As in Helm, what can't be written as YAML or JSON is written as nothing.

func toYAML(v any) string {
	data, err := yaml.Marshal(v)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(data), "\n")
}

func toJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}

// As in Helm, what can't be read gives its error as a value.

func fromYAML(text string) map[string]any {
	m := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}

func fromYAMLArray(text string) []any {
	list := []any{}
	if err := yaml.Unmarshal([]byte(text), &list); err != nil {
		list = []any{err.Error()}
	}
	return list
}

func fromJSON(text string) map[string]any {
	m := map[string]any{}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}

func fromJSONArray(text string) []any {
	list := []any{}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		list = []any{err.Error()}
	}
	return list
}
