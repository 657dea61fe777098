package rules_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/rules"
	"github.com/istio-lightstep/istio-lightstep/internal/ruletemplate"
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

// chartRules reads the chart's own.
func chartRules(tb testing.TB) ruletemplate.Source {
	tb.Helper()
	chart, err := fs.Sub(charts.FS, "istio-lightstep")
	require.NoError(tb, err)
	source, err := ruletemplate.Read(chart)
	require.NoError(tb, err)
	return source
}

// rulesTemplate gives the template of these rules alone, with what a rule needs
// and they leave out.
func rulesTemplate(tb testing.TB, semantics ...semantic) string {
	tb.Helper()
	source := chartRules(tb)
	source.Rules = nil
	for i, s := range semantics {
		rule := map[string]any{"id": fmt.Sprintf("TEST-%d", i), "severity": "error", "fix": "none", "source": "none"}
		maps.Copy(rule, s.Rule)
		source.Rules = append(source.Rules, rule)
	}
	source.Secrets = []string{"values.secret.token", "values.secret.longer", "values.vault[].key"}
	source.Public = append(source.Public,
		"document.list", "values.v", "values.w", "values.a", "values.list", "values.other", "values.none",
		"values.vaults", "values.secret.other", "values.secret.tokens", "values.vault[].name",
		map[string]any{"path": "values.p", "matches": "^[a-z]+$"}, "values.p.below")
	template, err := source.Template()
	require.NoError(tb, err)
	return string(template)
}

// TestSemantics: each operator, join and placeholder means what is written down.
func TestSemantics(t *testing.T) {
	t.Parallel()
	for i, s := range semantics(t) {
		template := rulesTemplate(t, s)
		judge := templates(t, loadChart(t, map[string]string{"templates/_rules.tpl": template}))
		for n, c := range s.Cases {
			t.Run(fmt.Sprintf("%d/%d", i, n), func(t *testing.T) {
				t.Parallel()
				got, err := judge(rules.Input{Values: c.Values, Live: c.Live, Document: c.Document})
				require.NoError(t, err)
				says := []string{}
				for _, p := range got.Problems {
					says = append(says, p.Path+": "+p.Reason)
				}
				assert.Equal(t, c.Says, says, "%v of %v", s.Rule, c.Values)
			})
		}
	}
}
