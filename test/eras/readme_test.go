package eras_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/eras"
)

// readmeRow is the end of a row of examples/README.md: a link to an example, and
// the command that renders it.
var readmeRow = regexp.MustCompile(
	"\\| \\[([^]]+)]\\(([^)]+)\\) \\| `istio-lightstep render -f (\\S+)(?: --set output=(\\w+))?` \\|$")

// Every example is listed in examples/README.md, and what stands there renders it.
func TestReadmeListsTheExamples(t *testing.T) {
	_, r, folders := setup(t)
	text, err := os.ReadFile("../../examples/README.md")
	require.NoError(t, err)
	listed := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.HasSuffix(line, "to render it |") {
			continue
		}
		row := readmeRow.FindStringSubmatch(line)
		require.NotNil(t, row, "%s", line)
		name, link, file, output := row[1], row[2], row[3], row[4]
		assert.Equal(t, name+"/values.yaml", link)
		assert.Equal(t, "examples/"+link, file)
		listed[name] = true

		sources := []render.Source{render.File(filepath.Join("../..", file))}
		if output == "" {
			output = "cluster"
		} else {
			sources = append(sources, render.Set("output="+output))
		}
		v, err := render.ReadValues(sources...)
		require.NoError(t, err)
		result, err := r.Render(t.Context(), v)
		require.NoError(t, err, "%s", line)
		golden, err := eras.Golden(filepath.Join("../../examples", name), output)
		require.NoError(t, err, "%s", line)
		assert.Equal(t, string(golden), string(result.YAML()))
	}
	rendered, err := filepath.Glob("../../examples/*/rendered")
	require.NoError(t, err)
	for _, folder := range rendered {
		assert.FileExists(t, filepath.Join(filepath.Dir(folder), "values.yaml"), "documents of no example: delete them")
	}
	for _, folder := range folders {
		assert.True(t, listed[filepath.Base(folder)], "examples/README.md does not list %s", folder)
	}
}
