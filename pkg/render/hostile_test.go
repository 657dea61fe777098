//go:build !race

package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// hostile are texts that, put into YAML as they are, are something else.
var hostile = []string{
	`"`, `'`, `\`, `a: b`, `a #b`, `{`, `[a`, `- a`, `*a`, `%`, `@`, "`", "a\nb: c", "a\n---\nb: c", "\t", `{{ .Values }}`,
	`null`, `true`, `1e3`, `<<`, "a\n\rb: c", "a\n\u0085b: c", "a\n\u2028b: c", "a\n\u2029b: c",
}

// leaves calls with the path of every text and, once each, of every empty map
// and list of the values.
func leaves(value any, path []string, call func(path []string, kind string)) {
	switch value := value.(type) {
	case string:
		call(path, "text")
	case map[string]any:
		if len(value) == 0 {
			call(path, "map")
		}
		for key, item := range value {
			leaves(item, append(slices.Clone(path), key), call)
		}
	case []any:
		call(path, "list")
	}
}

// at makes values that hold one value at a path.
func at(path []string, value any) map[string]any {
	for i := len(path) - 1; i >= 0; i-- {
		value = map[string]any{path[i]: value}
	}
	return value.(map[string]any)
}

// shape lists the paths of all keys and items in a value, sorted, and those in
// the configurations that a ConfigMap holds as text. A key that is the text
// itself is named plain.
func shape(t *testing.T, value any, path, text string) []string {
	t.Helper()
	var paths []string
	switch value := value.(type) {
	case map[string]any:
		for key, item := range value {
			if key == text {
				key = "plain"
			}
			paths = append(paths, shape(t, item, path+"/"+key, text)...)
		}
	case []any:
		for i, item := range value {
			paths = append(paths, shape(t, item, fmt.Sprintf("%s/%d", path, i), text)...)
		}
	case string:
		if strings.HasPrefix(path, "ConfigMap/data/") && strings.Count(path, "/") == 2 {
			var configuration map[string]any
			require.NoError(t, yaml.Unmarshal([]byte(value), &configuration), "%s: %s", path, value)
			paths = shape(t, configuration, path+"/", text)
		}
	}
	slices.Sort(paths)
	return append(paths, path)
}

// shapes remembers the shapes of documents. A value is in few of them; the
// others are the same each time.
type shapes map[string][]string

// of gives the shape of a document, or false where it is not YAML.
func (s shapes) of(t *testing.T, source, kind, content, text string) ([]string, bool) {
	t.Helper()
	named := source + "\n" + kind + "\n" + content
	if strings.Contains(content, "plain") || strings.Contains(content, text) { // A key may be the text.
		named = text + "\n" + named
	}
	if known, ok := s[named]; ok {
		return known, true
	}
	var document map[string]any
	if err := yaml.Unmarshal([]byte(content), &document); err != nil {
		assert.NoError(t, err)
		return nil, false
	}
	if !strings.HasSuffix(source, "warnings.yaml") { // which has texts, and no configurations
		s[named] = shape(t, document, kind, text)
	} else {
		s[named] = nil
	}
	return s[named], true
}

// renderedShape renders an example with a value of its own at a path, and gives
// the shape of the documents; ok is false where the values are refused.
func renderedShape(
	t *testing.T, r *Renderer, known shapes, example, output string, path []string, value any, text string,
) (paths []string, ok bool) {
	t.Helper()
	given, err := json.Marshal(at(path, value))
	require.NoError(t, err)
	v, err := ReadValues(File(filepath.Join("..", "..", "examples", example, "values.yaml")), SetString("output="+output), Bytes("hostile.yaml", given))
	require.NoError(t, err)
	result, err := r.Render(t.Context(), v)
	if refused := (*ProblemsError)(nil); errors.As(err, &refused) {
		return nil, false
	}
	if err != nil {
		require.ErrorContains(t, err, "YAML parse error", "what Helm says too")
		return nil, false
	}
	for _, d := range result.rendered.open() {
		found, ok := known.of(t, d.Source, d.Kind, d.Content, text)
		if !ok {
			assert.Fail(t, "not YAML", "%s %s %v=%q: %s", example, output, path, value, d.Source)
			return nil, false
		}
		paths = append(paths, found...)
	}
	return paths, true
}

// Any text as any of the values is refused, or is a text in what is rendered:
// it adds no key, takes none away and ends no document. The chart writes its
// documents as text, and Render does not decode what it renders; where this
// holds, it need not. Tens of thousands of renders take the race detector
// minutes, and TestConcurrentUse has it look at a few. Each document gets a third
// of the texts, of which the others get the rest.
func TestAnyTextStaysText(t *testing.T) {
	r, err := New()
	require.NoError(t, err)
	for _, example := range []string{"istio-1.5", "istio-1.14", "istio-1.26", "istio-1.26-direct"} {
		for nth, output := range []string{"cluster", "istioOperator", "istiodValues", "gatewayValues", "legacyValues", "sail"} {
			t.Run(example+"/"+output, func(t *testing.T) {
				t.Parallel()
				known := shapes{}
				leaves(r.defaults, nil, func(path []string, kind string) {
					// The name of the injection template, a key, is made of nameOverride and fullnameOverride.
					named := strings.HasSuffix(path[0], "nameOverride") && output != "cluster"
					if path[0] == "output" || named || path[0] == "collector" && output != "cluster" {
						return
					}
					wrap := func(text string) any {
						switch kind {
						case "map":
							return map[string]any{"key": text}
						case "list":
							return []any{text}
						}
						return text
					}
					want, plainRenders := renderedShape(t, r, known, example, output, path, wrap("plain"), "plain")
					for i, text := range hostile {
						if (i+nth+len(example))%3 != 0 {
							continue
						}
						got, renders := renderedShape(t, r, known, example, output, path, wrap(text), text)
						if plainRenders && renders {
							assert.Equal(t, want, got, "%v=%q", path, text)
						}
						if kind == "map" && text != "<<" { // which Helm refuses
							_, _ = renderedShape(t, r, known, example, output, path, map[string]any{text: text}, text)
						}
					}
				})
			})
		}
	}
}
