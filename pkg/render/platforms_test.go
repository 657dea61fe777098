package render_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// Every example of docs/platforms.md is values that are accepted, and the autoscaler gets its metrics as they are written.
func TestPlatformsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/platforms.md")
	require.NoError(t, err)
	r := newRenderer(t)
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	var kinds []string
	for rest != "" {
		var block string
		block, rest, _ = strings.Cut(rest, "```\n")
		_, rest, _ = strings.Cut(rest, "```yaml\n")
		v := readValues(t, render.File(examples+"/istio-1.26/values.yaml"), render.Bytes("docs/platforms.md", []byte(block)))
		problems, err := r.Check(t.Context(), v)
		require.NoError(t, err)
		assert.Empty(t, problems, block)
		result, err := r.Render(t.Context(), v)
		require.NoError(t, err, block)
		objects, err := result.Objects()
		require.NoError(t, err)
		var values any
		require.NoError(t, yaml.Unmarshal([]byte(block), &values))
		for _, o := range objects {
			kinds = append(kinds, o.GetKind())
			if o.GetKind() == "HorizontalPodAutoscaler" {
				assert.Equal(t, down(t, values, "collector", "autoscaling", "metrics"), down(t, o.Object, "spec", "metrics"))
			}
		}
	}
	assert.Contains(t, kinds, "HorizontalPodAutoscaler")
	assert.Contains(t, kinds, "NetworkPolicy")
}
