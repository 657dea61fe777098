package render_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// A name that YAML reads as another type where no quotes are stays a name
// wherever it stands alone: of objects, of the extension provider, of a group of
// alerts, of the injection template and in istiod's environment.
func TestNamesThatYAMLReadsAsOtherTypes(t *testing.T) {
	t.Parallel()
	r, err := render.New()
	require.NoError(t, err)
	for _, word := range []string{"null", "true", "no", "on", "y"} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			rendered := func(more ...string) *render.Result {
				sources := []render.Source{render.Bytes("whole.yaml", []byte(whole)), render.SetString("fullnameOverride=" + word)}
				for _, expr := range more {
					sources = append(sources, render.Set(expr))
				}
				v, err := render.ReadValues(sources...)
				require.NoError(t, err)
				result, err := r.Render(t.Context(), v)
				require.NoError(t, err)
				return result
			}
			objects, err := rendered().Objects()
			require.NoError(t, err)
			named := map[string][]any{}
			for _, o := range objects {
				named[o.GetKind()] = append(named[o.GetKind()], o.Object["metadata"].(map[string]any)["name"])
				at := func(path ...string) any {
					found, _, err := unstructured.NestedFieldNoCopy(o.Object, path...)
					require.NoError(t, err)
					return found
				}
				switch o.GetKind() {
				case "PrometheusRule":
					assert.Equal(t, word, at("spec", "groups").([]any)[0].(map[string]any)["name"])
				case "Telemetry":
					if providers, ok := at("spec", "tracing").([]any)[0].(map[string]any)["providers"]; ok {
						assert.Equal(t, word, providers.([]any)[0].(map[string]any)["name"])
					}
				case "ConfigMap":
					if mesh, ok := at("data", "mesh").(string); ok {
						assertProvider(t, word, mesh)
					}
				}
			}
			assert.Contains(t, named["ConfigMap"], word)
			assert.Subset(t, named["Telemetry"], []any{word})
			assert.NotContains(t, named["Telemetry"], nil)
			assert.NotContains(t, named["Telemetry"], true)

			var istiod map[string]any
			require.NoError(t, yaml.Unmarshal(rendered("output=istiodValues").YAML(), &istiod))
			variable, _, err := unstructured.NestedString(istiod, "pilot", "env", "SHARED_MESH_CONFIG")
			require.NoError(t, err)
			assert.Equal(t, word, variable)

			istiod = nil
			direct := rendered("output=istiodValues,meshConfig.shared=false,delivery=direct,cacert.existingSecret.name=lightstep.cacert,cacert.namespaces={istio-system},global.tracer.lightstep.cacertPath=/etc/ca/ca.pem")
			require.NoError(t, yaml.Unmarshal(direct.YAML(), &istiod))
			templates, _, err := unstructured.NestedMap(istiod, "sidecarInjectorWebhook", "templates")
			require.NoError(t, err)
			assert.Contains(t, templates, word)
			mesh, err := yaml.Marshal(istiod["meshConfig"])
			require.NoError(t, err)
			assertProvider(t, word, string(mesh))
		})
	}
}

// assertProvider asserts the name of the only extension provider in a mesh config.
func assertProvider(t *testing.T, want, mesh string) {
	t.Helper()
	var read struct {
		ExtensionProviders []map[string]any `json:"extensionProviders"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(mesh), &read))
	require.Len(t, read.ExtensionProviders, 1)
	assert.Equal(t, want, read.ExtensionProviders[0]["name"])
}
