package charts_test

import (
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/istio-lightstep/istio-lightstep/charts"
)

func TestDependencyTakesGlobalValues(t *testing.T) {
	chart := parent(t)
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			objects, failure := template(t, helm, chart)
			require.Empty(t, failure)
			assert.Contains(t, objects, "ConfigMap team")
			assert.Contains(t, objects, "Telemetry platform-istio-lightstep")
			assert.Equal(t, base64.StdEncoding.EncodeToString([]byte("MARKER-token-5d1c")),
				field(t, objects["Secret platform-istio-lightstep-access-token"], "data", "token"))
			assert.Contains(t, field(t, objects["ConfigMap platform-istio-lightstep-collector"], "data", "config.yaml"), `"ingest.lightstep.com:443"`)
		})
	}
}

func TestDependencyIsLeftOutByItsCondition(t *testing.T) {
	chart := parent(t)
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			// What would be refused is not even asked for.
			objects, failure := template(t, helm, chart, "--set", "istio-lightstep.enabled=false,global.tracer.lightstep.address=")
			require.Empty(t, failure)
			assert.Len(t, objects, 1)
			assert.Contains(t, objects, "ConfigMap team")
		})
	}
}

func TestDependencyRefusesForItsParent(t *testing.T) {
	chart := parent(t)
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			objects, failure := template(t, helm, chart, "--set", "istio-lightstep.istio.version=99.0.0,global.tracer.lightstep.address=")
			assert.Empty(t, objects)
			assert.Contains(t, failure, "2 problems to fix")
			assert.Contains(t, failure, "LS-ISTIO-VERSION-NEW")
			assert.Contains(t, failure, "LS-ADDRESS-MISSING")
			assert.NotContains(t, failure, "MARKER")
		})
	}
}

// A null is refused wherever the parent chart has it: in its values, in a file of the user's, at a key or at a map.
func TestDependencyRefusesNull(t *testing.T) {
	chart := parent(t)
	file := filepath.Join(chart, "values.yaml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for name, helm := range helms(t) {
		for path, set := range map[string]string{
			"collector.networkPolicy":         "istio-lightstep.collector.networkPolicy=null",
			"collector.networkPolicy.enabled": "istio-lightstep.collector.networkPolicy.enabled=null",
			"collector":                       "istio-lightstep.collector=null",
		} {
			t.Run(name+"/"+set, func(t *testing.T) {
				objects, failure := template(t, helm, chart, "--set", set)
				assert.Empty(t, objects)
				assert.Contains(t, failure, "LS-VALUES-NULL")
				assert.Contains(t, failure, "1. "+path+"\n")
				assert.Contains(t, failure, "remove the line to keep the default")
			})
		}
		// Helm drops a null of the parent's global values before our chart sees it, and Helm 4 one of the parent's
		// own values.yaml: then the default holds.
		t.Run(name+"/global values", func(t *testing.T) {
			objects, failure := template(t, helm, chart, "--set", "global.tracer.lightstep.secure=null")
			require.Empty(t, failure)
			assert.Contains(t, field(t, objects["ConfigMap platform-istio-lightstep-collector"], "data", "config.yaml"), "insecure: false")
		})
		t.Run(name+"/values of the parent", func(t *testing.T) {
			nulled := strings.Replace(string(text), "istio-lightstep:\n", "istio-lightstep:\n  collector:\n    podDisruptionBudget:\n", 1)
			require.NoError(t, os.WriteFile(file, []byte(nulled), 0o600))
			objects, failure := template(t, helm, chart)
			require.NoError(t, os.WriteFile(file, text, 0o600))
			if failure != "" {
				assert.Contains(t, failure, "podDisruptionBudget")
				return
			}
			assert.Contains(t, objects, "PodDisruptionBudget platform-istio-lightstep-collector")
		})
	}
}

// A null removes a field of a map in a file of the user's with every Helm, and in the parent's values.yaml with Helm 3 alone,
// as docs/platforms.md says.
func TestDependencyRemovesByNull(t *testing.T) {
	chart := parent(t)
	file := filepath.Join(chart, "values.yaml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	nulled := strings.Replace(string(text), "istio-lightstep:\n", "istio-lightstep:\n  podSecurityContext: {runAsUser: null, fsGroup: null}\n  containerSecurityContext: null\n", 1)
	user := filepath.Join(t.TempDir(), "openshift.yaml")
	require.NoError(t, os.WriteFile(user, []byte(nulled), 0o600))
	for name, helm := range helms(t) {
		removed := func(t *testing.T, arguments ...string) bool {
			t.Helper()
			objects, failure := template(t, helm, chart, arguments...)
			require.Empty(t, failure)
			spec, found, err := unstructured.NestedMap(objects["StatefulSet platform-istio-lightstep-collector"].Object, "spec", "template", "spec")
			require.NoError(t, err)
			require.True(t, found)
			pod := spec["securityContext"].(map[string]any)
			assert.Contains(t, pod, "runAsGroup")
			_, ofContainer := spec["containers"].([]any)[0].(map[string]any)["securityContext"]
			kept := []any{pod["runAsUser"] != nil, pod["fsGroup"] != nil, ofContainer}
			assert.Len(t, slices.Compact(slices.Clone(kept)), 1, "all or none: %v", kept)
			return kept[0] == false
		}
		t.Run(name+"/a file", func(t *testing.T) {
			assert.True(t, removed(t, "-f", user))
		})
		t.Run(name+"/values of the parent", func(t *testing.T) {
			require.NoError(t, os.WriteFile(file, []byte(nulled), 0o600))
			assert.Equal(t, name == "HELM3", removed(t))
			assert.True(t, removed(t, "-f", file), "the same file once more")
			require.NoError(t, os.WriteFile(file, text, 0o600))
		})
	}
}

// The schema comes before the rules, so what it required would be refused by a message that names no fix.
func TestSchemaRequiresNothing(t *testing.T) {
	schema, err := fs.ReadFile(charts.FS, "istio-lightstep/values.schema.json")
	require.NoError(t, err)
	own, _, _ := strings.Cut(string(schema), `"definitions": {`) // Kubernetes' types require what Kubernetes does
	assert.NotContains(t, own, `"required"`, "take required:true out of values.yaml: LS-VALUES-NULL refuses a null")
}

func TestDependencyTwiceByAlias(t *testing.T) {
	chart := parent(t)
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			objects, failure := template(t, helm, chart, "--set", "canary-tracing.enabled=true")
			require.Empty(t, failure)
			first, second := objects["Telemetry platform-istio-lightstep"], objects["Telemetry platform-canary-tracing"]
			require.NotNil(t, first)
			require.NotNil(t, second)
			assert.Empty(t, first.GetLabels()["istio.io/rev"])
			assert.Equal(t, "canary", second.GetLabels()["istio.io/rev"])
			// Each Service finds the pods of its own collector alone.
			one, _, _ := unstructured.NestedStringMap(objects["Service platform-istio-lightstep-collector"].Object, "spec", "selector")
			two, _, _ := unstructured.NestedStringMap(objects["Service platform-canary-tracing-collector"].Object, "spec", "selector")
			assert.NotEmpty(t, one)
			assert.NotEqual(t, one, two)
		})
	}
}
