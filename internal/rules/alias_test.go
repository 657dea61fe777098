package rules_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/collector"
)

// TestAliasIsFound: as a dependency, even twice, all that the chart makes is
// found by its labels, and the selectors are those of each alias.
func TestAliasIsFound(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(parent, "charts"), charts.FS))
	write := func(name, text string) string {
		path := filepath.Join(parent, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	write("Chart.yaml", `{apiVersion: v2, name: mesh, version: 0.0.1, dependencies: [
  {name: istio-lightstep, version: ">0.0.0-0", alias: stable}, {name: istio-lightstep, version: ">0.0.0-0", alias: canary}]}`)
	values := write("v.yaml", `
stable: &values
  istio: {version: 1.26.2}
  backends: {tempo: {preset: tempo, endpoint: "tempo.tempo.svc:4317"}}
  collector: {networkPolicy: {enabled: true}}
  monitoring: {podMonitor: {enabled: true}}
canary: *values
`)
	for _, h := range helms(t) {
		stdout, stderr, err := h.run("template", "mesh", parent, "--kube-version", kubeVersion, "-f", values)
		require.NoError(t, err, stderr)
		aliases := map[string]int{}
		for _, text := range strings.Split(stdout, "\n---\n") {
			var object unstructured.Unstructured
			require.NoError(t, yaml.Unmarshal([]byte(text), &object.Object))
			if object.Object == nil {
				continue
			}
			alias := object.GetLabels()[collector.NameLabel]
			aliases[alias]++
			assert.True(t, collector.OfChart(object.GetLabels()), "%s %s", object.GetKind(), object.GetName())
			if object.GetKind() != "StatefulSet" {
				continue
			}
			pods, _, err := unstructured.NestedStringMap(object.Object, "spec", "template", "metadata", "labels")
			require.NoError(t, err)
			assert.True(t, collector.OfChart(pods))
			selector, _, err := unstructured.NestedStringMap(object.Object, "spec", "selector", "matchLabels")
			require.NoError(t, err)
			assert.Equal(t, map[string]string{
				collector.NameLabel: alias, collector.ReleaseLabel: "mesh", collector.ComponentLabel: collector.Component,
			}, selector)
		}
		assert.Len(t, aliases, 2)
		assert.Positive(t, aliases["stable"])
		assert.Equal(t, aliases["stable"], aliases["canary"])
	}
}

// TestNamespaceOfTheRelease: plain Helm refuses one that Kubernetes cannot have, as the command does.
func TestNamespaceOfTheRelease(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(folder, charts.FS))
	for _, h := range helms(t) {
		for namespace, allowed := range map[string]bool{"a-1": true, strings.Repeat("a", 63): true, strings.Repeat("a", 64): false, "a.b": false, "A": false, "-a": false} {
			_, stderr, err := h.run("template", "istio-lightstep", filepath.Join(folder, "istio-lightstep"), "--kube-version", kubeVersion, "--namespace="+namespace,
				"--set", "istio.version=1.26.2,backends.tempo.preset=tempo,backends.tempo.endpoint=tempo.tempo.svc:4317")
			if allowed {
				require.NoError(t, err, stderr)
				continue
			}
			require.ErrorContains(t, err, "exit status 1", namespace)
			assert.Contains(t, stderr, "is none that Kubernetes can have", namespace)
		}
	}
}
