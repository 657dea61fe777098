package rules_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/rules"
)

// semantic is a rule with what it says of values.
type semantic struct {
	Rule  map[string]any `json:"rule"`
	Cases []struct {
		Values   map[string]any `json:"values"`
		Live     map[string]any `json:"live"`
		Document map[string]any `json:"document"`
		Says     []string       `json:"says"`
	} `json:"cases"`
}

// semantics reads testdata/semantics.yaml.
func semantics(tb testing.TB) []semantic {
	tb.Helper()
	data, err := os.ReadFile("testdata/semantics.yaml")
	require.NoError(tb, err)
	var all []semantic
	require.NoError(tb, yaml.UnmarshalStrict(data, &all))
	return all
}

// rulesJSON gives a rules.json of these rules alone, with what a rule needs and
// they leave out.
func rulesJSON(tb testing.TB, semantics ...semantic) string {
	tb.Helper()
	var list []any
	for i, s := range semantics {
		rule := map[string]any{"id": fmt.Sprintf("TEST-%d", i), "severity": "error", "fix": "none", "source": "none"}
		maps.Copy(rule, s.Rule)
		list = append(list, rule)
	}
	data, err := json.Marshal(map[string]any{
		"count": len(list), "rules": list, "secrets": []string{"values.secret.token", "values.vault[].key"},
		"literals":     chartFile(tb).Literals,
		"exporterKeys": chartFile(tb).ExporterKeys,
		"public": append(chartFile(tb).Public,
			"document.list", "values.v", "values.w", "values.a", "values.list", "values.other", "values.none",
			"values.vaults", "values.secret.other", "values.secret.tokens", "values.vault[].name",
			map[string]any{"path": "values.p", "matches": "^[a-z]+$"}, "values.p.below"),
	})
	require.NoError(tb, err)
	return string(data)
}

// beside is what stands beside the rules.
type beside struct {
	Public       []any
	Literals     map[string]any
	ExporterKeys map[string]any
}

// chartFile gives what stands beside the chart's rules.
func chartFile(tb testing.TB) beside {
	tb.Helper()
	var file beside
	require.NoError(tb, json.Unmarshal(dataFile(tb, "files/rules.json"), &file))
	return file
}

// TestSemantics: each operator, join and placeholder means the same in both
// evaluators, and what is written down.
func TestSemantics(t *testing.T) {
	t.Parallel()
	dialects := chartDialects(t)
	for i, s := range semantics(t) {
		data := rulesJSON(t, s)
		r, err := rules.Load([]byte(data), dialects, dataFile(t, "files/backends.json"))
		require.NoError(t, err, data)
		evaluators := map[string]evaluator{
			"Go":        native(r),
			"templates": templates(t, loadChart(t, map[string]string{"files/rules.json": data})),
		}
		for n, c := range s.Cases {
			for name, judge := range evaluators {
				t.Run(fmt.Sprintf("%d/%d/%s", i, n, name), func(t *testing.T) {
					t.Parallel()
					got, err := judge(rules.Input{Values: c.Values, Live: c.Live, Document: c.Document})
					require.NoError(t, err)
					says := []string{}
					for _, p := range got.Problems {
						says = append(says, p.Path+": "+p.Reason)
					}
					assert.Equal(t, c.Says, says, "%s of %v", data, c.Values)
				})
			}
		}
	}
}
