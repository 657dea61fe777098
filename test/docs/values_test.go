package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// value is what looks like one of the chart's, below a map of values.yaml.
var value = regexp.MustCompile("`([a-zA-Z]+(?:\\.[a-zA-Z]+)+)(?:: [^`]*)?`")

// TestValuesOfPages: every value that a page names is in values.yaml.
func TestValuesOfPages(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "charts/istio-lightstep/values.yaml"))
	require.NoError(t, err)
	var values map[string]any
	require.NoError(t, yaml.Unmarshal(text, &values))
	for _, istios := range []string{"meshConfig", "pilot"} { // the chart has a part of Istio's
		delete(values, istios)
	}
	pages, err := filepath.Glob(filepath.Join(root, "docs/*.md"))
	require.NoError(t, err)
	looked := 0
	for _, page := range append(pages, filepath.Join(root, "README.md"), filepath.Join(root, "examples/README.md")) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		name := filepath.Base(page)
		if name == "rules.md" { // it has names of facts, and values that were
			continue
		}
		for i, line := range strings.Split(string(text), "\n") {
			if cells := strings.Split(line, "|"); name == "comparison.md" && len(cells) > 2 {
				line = cells[len(cells)-2] // the others are of other charts
			}
			for _, found := range value.FindAllStringSubmatch(line, -1) {
				keys := strings.Split(found[1], ".")
				if _, ours := values[keys[0]]; ours {
					looked++
					assert.True(t, hasValue(values, keys), "%s:%d: values.yaml has no %s", name, i+1, found[1])
				}
			}
		}
	}
	assert.Greater(t, looked, 200)
}

// hasValue is true too below what has a form of its own, whose default is empty.
func hasValue(in any, keys []string) bool {
	of, isMap := in.(map[string]any)
	if len(keys) == 0 || isMap && len(of) == 0 {
		return true
	}
	list, isList := in.([]any)
	if isList {
		return len(list) == 0
	}
	below, there := of[keys[0]]
	return there && hasValue(below, keys[1:])
}
