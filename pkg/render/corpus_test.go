package render

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/test/corpus"
)

// Render evaluates the rules in Go and hands them to the chart. The chart left
// to itself, as Helm renders it, must refuse the same and print the same.
func TestRenderAsTheChartAlone(t *testing.T) {
	r, err := New()
	require.NoError(t, err)
	cases, err := corpus.Cases()
	require.NoError(t, err)
	for _, c := range cases {
		if c.Live != nil || c.Document != nil || c.Heavy() {
			continue // known to the rules in another way, or of megabytes
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			user, err := c.User()
			require.NoError(t, err)
			v, err := ReadValues(Bytes("values.yaml", asASCII(t, user)))
			require.NoError(t, err)
			result, err := r.Render(t.Context(), v)
			if c.Schema {
				var refused *ProblemsError
				require.ErrorAs(t, err, &refused)
				for _, path := range c.Paths {
					at := slices.IndexFunc(refused.Problems, func(p problem.Problem) bool { return p.Path == path })
					if assert.GreaterOrEqual(t, at, 0, "nothing is said of %s: %v", path, err) {
						assert.NotEmpty(t, refused.Problems[at].Reason)
						assert.NotEmpty(t, refused.Problems[at].Fix)
					}
				}
				return
			}
			alone := helmengine.Input{
				ReleaseName: r.release, Namespace: r.namespace, Capabilities: r.capabilities, Values: r.chart.Coalesce(user),
			}
			want, wantErr := r.chart.Render(t.Context(), alone)
			if wantErr != nil {
				assertNoMarker(t, wantErr.Error())
				var refused *ProblemsError
				require.ErrorAs(t, err, &refused)
				// The schema, which the chart alone does without here, answers before the rules.
				bySchema := slices.ContainsFunc(refused.Problems, func(p problem.Problem) bool { return strings.HasPrefix(p.ID, "LS-VALUES-") })
				for _, p := range *c.Want {
					assert.ErrorContains(t, wantErr, p.ID)
					assert.True(t, bySchema || strings.Contains(err.Error(), p.ID), "%s is not in: %s", p.ID, err)
				}
				return
			}
			require.NoError(t, err)
			assert.Equal(t, string(helmengine.YAML(want)), string(result.YAML()))
			notes, err := r.chart.Notes(t.Context(), alone)
			require.NoError(t, err)
			assertNoMarker(t, notes)
		})
	}
}

// assertNoMarker looks for the corpus's secrets in what plain Helm tells people.
func assertNoMarker(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{"token-marker", "pemMarker", "dG9rZW4tbWFya2Vy", "cGVtTWFya2Vy"} {
		assert.NotContains(t, text, secret)
	}
}

// asASCII writes values as YAML, with an escape for every character that YAML
// does not take, or takes for the end of a line.
func asASCII(t *testing.T, values map[string]any) []byte {
	t.Helper()
	text, err := json.Marshal(values)
	require.NoError(t, err)
	var escaped []byte
	for _, r := range string(text) {
		if r < 0x7f {
			escaped = append(escaped, byte(r))
			continue
		}
		escaped = fmt.Appendf(escaped, `\U%08x`, r)
	}
	return escaped
}
