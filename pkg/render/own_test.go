package render_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// whole has the objects that no example has.
const whole = `
istio: {version: "1.30.0"}
global: {tracer: {lightstep: {address: "satellite.example:443", accessToken: example-access-token}}}
collector: {autoscaling: {enabled: true}}
meshConfig: {shared: true}
telemetry: {namespaces: {shop: {sampling: 10}}}
monitoring: {dashboard: {enabled: true}, podMonitor: {enabled: true}, prometheusRule: {enabled: true}}
`

// Each object of each example is refused among extraObjects of that example, and
// every template with an object is among them.
func TestNoObjectOfTheChartIsRenderedTwice(t *testing.T) {
	t.Parallel()
	r, err := render.New()
	require.NoError(t, err)
	unseen := templatesOfObjects(t)
	for _, folder := range cases(t) {
		values, err := os.ReadFile(filepath.Join(folder, "values.yaml"))
		require.NoError(t, err)
		text, err := os.ReadFile(filepath.Join(folder, "rendered", "cluster.yaml"))
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		refusesItsObjects(t, r, folder, string(text), unseen, render.Bytes("values.yaml", values))
	}
	own := render.Bytes("whole.yaml", []byte(whole))
	v, err := render.ReadValues(own)
	require.NoError(t, err)
	result, err := r.Render(t.Context(), v)
	require.NoError(t, err)
	refusesItsObjects(t, r, "whole", string(result.YAML()), unseen, own)
	assert.Empty(t, slices.Sorted(maps.Keys(unseen)), "no example, and not whole, renders them")
}

var aKind = regexp.MustCompile(`(?m)^kind: `)

// templatesOfObjects gives the templates with objects of the cluster.
func templatesOfObjects(t *testing.T) map[string]bool {
	t.Helper()
	templates := filepath.Join("..", "..", "charts", "istio-lightstep", "templates")
	found := map[string]bool{}
	require.NoError(t, filepath.WalkDir(templates, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Base(filepath.Dir(path)) == "control-plane" {
			return err
		}
		text, err := os.ReadFile(path)
		if relative, _ := filepath.Rel(templates, path); aKind.Match(text) {
			found[filepath.ToSlash(relative)] = true
		}
		return err
	}))
	require.Greater(t, len(found), 15)
	return found
}

func refusesItsObjects(t *testing.T, r *render.Renderer, name, rendered string, unseen map[string]bool, values ...render.Source) {
	t.Helper()
	var objects []any
	for _, document := range strings.Split(rendered, "\n---\n") {
		var object map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(document), &object))
		if object["kind"] == nil {
			continue
		}
		if _, source, ok := strings.Cut(document, "# Source: istio-lightstep/templates/"); ok {
			source, _, _ = strings.Cut(source, "\n")
			delete(unseen, source)
		}
		objects = append(objects, map[string]any{"apiVersion": object["apiVersion"], "kind": object["kind"], "metadata": object["metadata"]})
	}
	v, err := render.ReadValues(append(values, render.Map("twice", map[string]any{"extraObjects": objects, "output": "cluster"}))...)
	require.NoError(t, err)
	problems, err := r.Check(t.Context(), v)
	require.NoError(t, err)
	found := map[string]bool{}
	for _, p := range problems {
		found[p.ID+" "+p.Path] = true
	}
	for i, object := range objects {
		assert.True(t, found[fmt.Sprintf("LS-EXTRA-OBJECT-TWICE extraObjects[%d]", i)], "%s: %v", name, object)
	}
}
