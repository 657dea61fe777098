package migrate_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// TestRoundTrip renders every example, migrates what came out, and renders
// that: it must be the same, but for where the token and the CA stand.
func TestRoundTrip(t *testing.T) {
	examples, err := filepath.Glob("../../examples/*/values.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, examples)
	renderer, err := render.New()
	require.NoError(t, err)
	for _, file := range examples {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		version := at(t, text, "istio", "version")
		for _, output := range outputsOf(t, renderer, file) {
			if output == "cluster" || output == "gatewayValues" {
				continue
			}
			t.Run(filepath.Base(filepath.Dir(file))+"/"+output, func(t *testing.T) {
				sources := []migrate.Source{
					{Name: output + ".yaml", Data: rendered(t, renderer, output, string(text))},
					{Name: "cluster.yaml", Data: rendered(t, renderer, "cluster", string(text))},
				}
				if slices.Contains(outputsOf(t, renderer, file), "gatewayValues") && output == "istiodValues" {
					sources = append(sources, migrate.Source{Name: "gatewayValues.yaml", Data: rendered(t, renderer, "gatewayValues", string(text))})
				}
				result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: version})
				require.NoError(t, err)
				require.True(t, result.Found)
				wanted := elsewhere(t, text, result)
				for _, again := range outputsOf(t, renderer, file) {
					require.Equal(t, string(rendered(t, renderer, again, wanted)),
						string(rendered(t, renderer, again, string(result.Values), string(result.TokenValues))), "%s\n%s", again, result.Values)
				}
			})
		}
	}
}

// outputsOf gives what an example can be rendered to: what lies beside it.
func outputsOf(t *testing.T, _ *render.Renderer, file string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(file), "rendered", "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i := range files {
		files[i] = filepath.Base(files[i][:len(files[i])-len(".yaml")])
	}
	return files
}

func rendered(t *testing.T, renderer *render.Renderer, output string, texts ...string) []byte {
	t.Helper()
	var sources []render.Source
	for _, text := range texts {
		sources = append(sources, render.Bytes("values.yaml", []byte(text)))
	}
	values, err := render.ReadValues(append(sources, render.Set("output="+output))...)
	require.NoError(t, err)
	result, err := renderer.Render(t.Context(), values)
	require.NoError(t, err, "%s", texts)
	return result.YAML()
}

// elsewhere gives an example's values with the token and the CA in Secrets,
// where migrate leaves them.
func elsewhere(t *testing.T, text []byte, result *migrate.Result) string {
	t.Helper()
	var values map[string]any
	require.NoError(t, yaml.Unmarshal(text, &values))
	lightstep := values["global"].(map[string]any)["tracer"].(map[string]any)["lightstep"].(map[string]any)
	if result.TokenValues == nil && lightstep["accessToken"] != nil {
		delete(lightstep, "accessToken")
		values["accessTokenFrom"] = map[string]any{"name": "istio-lightstep-access-token"}
	}
	if ca, ok := values["cacert"].(map[string]any); ok && ca["pem"] != nil {
		namespaces := []any{"default", "istio-system"}
		values["cacert"] = map[string]any{"existingSecret": map[string]any{"name": "lightstep.cacert"}, "namespaces": namespaces}
	}
	out, err := yaml.Marshal(values)
	require.NoError(t, err)
	return string(out)
}

// at gives a text in YAML.
func at(t *testing.T, text []byte, path ...string) string {
	t.Helper()
	var value any
	require.NoError(t, yaml.Unmarshal(text, &value))
	for _, key := range path {
		m, ok := value.(map[string]any)
		require.True(t, ok, "%v", path)
		value = m[key]
	}
	result, ok := value.(string)
	require.True(t, ok, "%v", path)
	return result
}
