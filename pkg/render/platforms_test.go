package render_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
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

// The table of docs/monitoring.md has the alerts of the chart, and docs/comparison.md their number.
func TestMonitoringPage(t *testing.T) {
	t.Parallel()
	result, err := newRenderer(t).Render(t.Context(), readValues(t, render.File(examples+"/istio-1.26/values.yaml"),
		render.Set("monitoring.prometheusRule.enabled=true")))
	require.NoError(t, err)
	objects, err := result.Objects()
	require.NoError(t, err)
	at := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == "PrometheusRule" })
	require.GreaterOrEqual(t, at, 0)
	rules, ok := down(t, objects[at].Object, "spec", "groups", "0", "rules").([]any)
	require.True(t, ok)
	page, err := os.ReadFile("../../docs/monitoring.md")
	require.NoError(t, err)
	rows := strings.Split(string(page), "\n| `")[1:]
	require.Len(t, rows, len(rules))
	for i, rule := range rules {
		name, _ := strings.CutPrefix(down(t, rule, "alert").(string), "IstioLightstep")
		assert.True(t, strings.HasPrefix(rows[i], name+"` | "+down(t, rule, "labels", "severity").(string)+" | "), "%s: %s", name, rows[i])
		_, finding, _ := strings.Cut(down(t, rule, "annotations", "runbook_url").(string), "/docs/")
		assert.Contains(t, rows[i], "]("+finding+") |", name)
	}
	comparison, err := os.ReadFile("../../docs/comparison.md")
	require.NoError(t, err)
	assert.Contains(t, string(comparison), fmt.Sprintf("[%d alerts](monitoring.md#alerts)", len(rules)))
}
