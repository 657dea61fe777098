//go:build !race

package render_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// The token of the values is not told, wherever else in them it stands, though
// nothing about it looks like a token. A short one is not told where it is a
// whole value or a whole key.
func TestTokenOfTheValuesIsNotTold(t *testing.T) {
	r := newRenderer(t)
	data, err := os.ReadFile(filepath.Join("..", "..", "charts", "istio-lightstep", "values.yaml"))
	require.NoError(t, err)
	var defaults map[string]any
	require.NoError(t, yaml.Unmarshal(data, &defaults))
	for token, within := range map[string]bool{"open-sesame": true, "zqx": false} {
		base := render.Bytes("good.yaml", []byte("istio: {version: 1.26.2}\nglobal: {tracer: {lightstep: {address: \"ingest.lightstep.com:443\", accessToken: "+token+"}}}\n"))
		texts := []any{
			token,
			[]any{token},
			map[string]any{token: 1},
			map[string]any{token: map[string]any{"endpoint": token, token: token}},
			[]any{map[string]any{"name": token, "namespace": token, "value": token}},
		}
		if within {
			texts = append(texts, token+":443", "a."+token+".b:1", "https://"+token+"/", []any{map[string]any{"name": "a/" + token}},
				map[string]any{"otlp/" + token: map[string]any{"x-" + token: "Bearer a"}})
		}
		for nth, path := range paths(defaults, nil) {
			if strings.Join(path, ".") == "global.tracer.lightstep.accessToken" {
				continue
			}
			planting := texts
			if testing.Short() { // Each text still gets to many places.
				planting = texts[nth%len(texts):][:1]
			}
			for _, value := range planting {
				planted := value
				for _, key := range slices.Backward(path) {
					planted = map[string]any{key: planted}
				}
				text, err := json.Marshal(planted)
				require.NoError(t, err)
				assert.NotContains(t, told(t, r, base, render.Bytes("planted.yaml", text)), token, "%v: %v", path, value)
				if _, ok := value.(string); ok {
					assert.NotContains(t, told(t, r, base, render.Set(strings.Join(path, ".")+"="+token)), token, "%v", path)
					assert.NotContains(t, told(t, r, base, render.Set(strings.Join(path, ".")+"."+token+"=1")), token, "%v", path)
				}
			}
		}
		document := "kind: IstioOperator\nmetadata: {name: " + token + "}\nspec: {" + token + ": 1, meshConfig: {" + token + ": {}, extensionProviders: [{name: " + token +
			", lightstep: {service: " + token + "}}]}, values: {pilot: {env: {SHARED_MESH_CONFIG: " + token + "}}, global: {proxy: {tracer: " + token + "}}}}\n"
		for _, text := range []string{document, document + "---\n" + document, token + ": [", "a: *" + token, token + ": 1\n" + token + ": 2"} {
			v, err := render.ReadValues(base, render.Bytes("more.yaml", []byte(strings.ReplaceAll(text, "kind", "kinds"))))
			require.NoError(t, err)
			problems, err := r.Check(t.Context(), v, render.WithDocument("mine.yaml", []byte(text)))
			require.NoError(t, err)
			told, err := json.Marshal(problems)
			require.NoError(t, err)
			assert.NotContains(t, string(told), token, text)
		}
	}
}
