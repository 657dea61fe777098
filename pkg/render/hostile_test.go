package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hostile are texts that, put into YAML as they are, are something else.
var hostile = []string{
	`"`, `'`, `a: b`, `a #b`, `{`, `- a`, `*a`, `&a b`, `!a b`, `%`, `@`, "`", `|`, "a\nb: c", "a\n---\nb: c", "\t", `\`, `{{ .Values }}`,
	`null`, `~`, `true`, `y`, `1e3`, `0x10`, `012`, `1.0`, `2001-01-01`, `=`, `<<`,
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

// Any text as any of the values is refused, or what is rendered is YAML. The
// chart writes its documents as text, and Render does not decode what it
// renders; where this holds, it need not.
func TestAnyTextIsRefusedOrRendersYAML(t *testing.T) {
	r, err := New()
	require.NoError(t, err)
	for _, example := range []string{"istio-1.5", "istio-1.10", "istio-1.16.0", "istio-1.26", "istio-1.26-direct"} {
		base := File(filepath.Join("..", "..", "examples", example, "values.yaml"))
		_, err := os.Stat(filepath.Join("..", "..", "examples", example, "values.yaml"))
		require.NoError(t, err)
		leaves(r.defaults, nil, func(path []string, kind string) {
			for _, output := range []string{"cluster", "istioOperator", "istiodValues", "gatewayValues", "legacyValues", "sail"} {
				for _, text := range hostile {
					var value any = text
					switch kind {
					case "map":
						value = map[string]any{text: text}
					case "list":
						value = []any{text}
					}
					given, err := json.Marshal(at(path, value))
					require.NoError(t, err)
					v, err := ReadValues(base, SetString("output="+output), Bytes("hostile.yaml", given))
					require.NoError(t, err)
					result, err := r.Render(t.Context(), v)
					if refused := (*ProblemsError)(nil); errors.As(err, &refused) {
						continue
					}
					require.NoError(t, err)
					_, err = result.Objects()
					assert.NoError(t, err, fmt.Sprintf("%s %s %v=%q", example, output, path, text))
				}
			}
		})
	}
}
