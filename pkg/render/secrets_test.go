package render_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/corpus"
)

// pemMarker stands in the corpus's PEM texts, and in no other value.
const pemMarker = "pemMarker"

// assertNoSecret looks for the marker strings, plain and in base64.
func assertNoSecret(tb testing.TB, text string) {
	tb.Helper()
	for _, secret := range []string{accessToken, pemMarker} {
		assert.NotContains(tb, text, secret)
		for _, form := range base64Forms(secret) {
			assert.NotContains(tb, text, form, "base64 of %s", secret)
		}
	}
}

// base64Forms gives what of a text's base64 is the same wherever the text
// stands in another.
func base64Forms(text string) []string {
	var forms []string
	for lead := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("-", lead) + text))
		if lead > 0 {
			encoded = encoded[lead+1:]
		}
		forms = append(forms, encoded[:len(encoded)-1])
	}
	return forms
}

// sources gives a case's values as the user gave them.
func sources(tb testing.TB, c corpus.Case) []render.Source {
	tb.Helper()
	text, err := json.Marshal(c.Values) // which has an escape for every character
	require.NoError(tb, err)
	given := []render.Source{render.Bytes("values.yaml", text)}
	for _, flag := range []struct {
		exprs []string
		of    func(string) render.Source
	}{{c.SetJSON, render.SetJSON}, {c.Set, render.Set}, {c.SetString, render.SetString}} {
		for _, expr := range flag.exprs {
			given = append(given, flag.of(expr))
		}
	}
	return given
}

// Nothing that people or logs are told of any case of the corpus holds a
// secret: problems, errors, the explanation, warnings, and ConfigMaps.
func TestNoSecretIsTold(t *testing.T) {
	r := newRenderer(t)
	cases, err := corpus.Cases()
	require.NoError(t, err)
	for i, c := range cases {
		if testing.Short() && (c.Heavy() || i%4 != 0) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			v, err := render.ReadValues(sources(t, c)...)
			if err != nil {
				assertNoSecret(t, err.Error())
				return
			}
			problems, err := r.Check(t.Context(), v)
			require.NoError(t, err)
			told, err := json.Marshal(problems)
			require.NoError(t, err)
			assertNoSecret(t, string(told))

			result, err := r.Render(t.Context(), v)
			if err != nil {
				assertNoSecret(t, err.Error())
				return
			}
			told, err = json.Marshal(result.Warnings)
			require.NoError(t, err)
			text, err := r.Explain(t.Context(), v)
			require.NoError(t, err)
			objects, err := result.Objects()
			require.NoError(t, err)
			for _, o := range objects {
				if o.GetKind() == "ConfigMap" {
					data, err := o.MarshalJSON()
					require.NoError(t, err)
					told = append(told, data...)
				}
			}
			assertNoSecret(t, string(told)+text)
		})
	}
}
