//go:build !race

package migrate_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/eras"
)

// TestRoundTrip renders every example for every row of its era, migrates what
// came out, and renders that: it must be the same, but for where the token and
// the CA stand. With -short, for the example's own row and the last of its era.
func TestRoundTrip(t *testing.T) {
	examples, err := filepath.Glob("../../examples/*/values.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, examples)
	table, err := eras.Read()
	require.NoError(t, err)
	renderer, err := render.New()
	require.NoError(t, err)
	for _, file := range examples {
		if text, err := os.ReadFile(file); assert.NoError(t, err) && strings.Contains(string(text), "\nbackends:") {
			continue // backends are this chart's own: there is nothing old to read in what they become
		}
		cases, _, err := table.Cases(filepath.Dir(file), renderer.Dialects())
		require.NoError(t, err)
		for i, c := range cases {
			last := i+1 == len(cases)
			if testing.Short() && !last && c.Row.From != c.OwnRow.From {
				continue
			}
			if last || cases[i+1].Row.From != c.Row.From { // its row's last patch
				t.Run(filepath.Base(c.Folder)+"/"+c.Version, func(t *testing.T) { roundTrip(t, renderer, c) })
			}
		}
	}
}

func roundTrip(t *testing.T, renderer *render.Renderer, c eras.Case) {
	t.Helper()
	outputs := outputsOf(t, c)
	known := map[string][]byte{} // what was rendered before
	give := func(output string, texts ...string) []byte {
		key := strings.Join(append(texts, output), "\x00")
		if known[key] == nil {
			known[key] = rendered(t, renderer, output, texts...)
		}
		return known[key]
	}
	for _, output := range outputs {
		if output == "cluster" || output == "gatewayValues" {
			continue
		}
		t.Run(output, func(t *testing.T) {
			sources := []migrate.Source{
				{Name: output + ".yaml", Data: give(output, string(c.Values))},
				{Name: "cluster.yaml", Data: give("cluster", string(c.Values))},
			}
			if slices.Contains(outputs, "gatewayValues") && output == "istiodValues" {
				sources = append(sources, migrate.Source{Name: "gatewayValues.yaml", Data: give("gatewayValues", string(c.Values))})
			}
			result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: c.Version})
			require.NoError(t, err)
			require.True(t, result.Found)
			wanted := elsewhere(t, c.Values, result)
			for _, again := range outputs {
				require.Equal(t, string(give(again, wanted)),
					string(give(again, string(result.Values), string(result.TokenValues))), "%s\n%s", again, result.Values)
			}
		})
	}
}

// outputsOf gives what an example can be rendered to for a row: what lies beside
// it, as far as that Istio has it.
func outputsOf(t *testing.T, c eras.Case) []string {
	t.Helper()
	outputs, err := eras.Outputs(c.Folder)
	require.NoError(t, err)
	return slices.DeleteFunc(outputs, func(output string) bool { return !slices.Contains(c.Row.Outputs, output) })
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
