package render_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

func TestWithoutHooks(t *testing.T) {
	result, err := newRenderer(t).Render(t.Context(), goodValues(t))
	require.NoError(t, err)
	all, without := string(result.YAML()), string(result.WithoutHooks().YAML())
	assert.Contains(t, all, "helm.sh/hook: pre-delete")
	assert.Contains(t, all, "helm.sh/hook: test")
	assert.NotContains(t, without, "helm.sh/hook:")
	assert.True(t, strings.HasPrefix(all, without), "hooks come last")
	assert.Contains(t, without, "kind: StatefulSet")
	assert.Equal(t, all, string(result.YAML()), "the result itself changed")
}

func TestFiles(t *testing.T) {
	result, err := newRenderer(t, render.WithRelease("tracing", "spans")).Render(t.Context(), goodValues(t))
	require.NoError(t, err)
	files, err := result.WithoutHooks().Files()
	require.NoError(t, err)
	assert.Equal(t, []string{
		"configmap.istio-system.tracing-istio-lightstep.yaml",
		"configmap.spans.tracing-istio-lightstep-collector.yaml",
		"destinationrule.istio-system.tracing-istio-lightstep-collector.yaml",
		"networkpolicy.spans.tracing-istio-lightstep-collector.yaml",
		"poddisruptionbudget.spans.tracing-istio-lightstep-collector.yaml",
		"secret.spans.tracing-istio-lightstep-access-token.yaml",
		"service.spans.tracing-istio-lightstep-collector-metrics.yaml",
		"service.spans.tracing-istio-lightstep-collector.yaml",
		"serviceaccount.spans.tracing-istio-lightstep-collector.yaml",
		"statefulset.spans.tracing-istio-lightstep-collector.yaml",
		"telemetry.istio-system.tracing-istio-lightstep.yaml",
	}, slices.Sorted(maps.Keys(files)))
	together := 0
	for name, text := range files {
		assert.NoError(t, yaml.Unmarshal(text, new(map[string]any)), name)
		together += len(text)
	}
	assert.Len(t, result.WithoutHooks().YAML(), together, "the files are the whole")

	document, err := newRenderer(t).Render(t.Context(), goodValues(t, render.Set("output=istiodValues")))
	require.NoError(t, err)
	files, err = document.Files()
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"istiod-values.yaml": document.YAML()}, files)
}
