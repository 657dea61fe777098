package render_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// A change of the number of collectors restarts none of those that stay: their pods are of the same template.
func TestPodsAreTheSameForAnyNumberOfReplicas(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "examples", "*", "values.yaml"))
	require.NoError(t, err)
	r := newRenderer(t)
	seen := 0
	for _, file := range files {
		var one any
		for replicas := range 3 {
			v := readValues(t, render.File(file), render.Set(fmt.Sprintf("collector.replicas=%d", replicas+1)))
			template := podTemplate(t, r, v)
			if template == nil {
				break // no collector
			}
			if replicas == 0 {
				one = template
				seen++
			}
			assert.Equal(t, one, template, "%s with %d replicas", file, replicas+1)
		}
	}
	assert.Greater(t, seen, 10)
}

// podTemplate gives the template of the collectors' pods, and nil where there is none.
func podTemplate(t *testing.T, r *render.Renderer, v *render.Values) any {
	t.Helper()
	result, err := r.Render(t.Context(), v)
	require.NoError(t, err)
	objects, err := result.Objects()
	require.NoError(t, err)
	for _, o := range objects {
		if o.GetKind() == "StatefulSet" {
			spec, ok := o.Object["spec"].(map[string]any)
			require.True(t, ok)
			return spec["template"]
		}
	}
	return nil
}
