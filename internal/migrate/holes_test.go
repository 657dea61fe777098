package migrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// TestNoHoleInIndexedLists: of a list that is set item by item, no item goes from
// before one that stays.
func TestNoHoleInIndexedLists(t *testing.T) {
	lightstep := func(i string) []string {
		p := "meshConfig.extensionProviders[" + i + "]."
		return []string{p + "name=ls", p + "lightstep.service=sat.ls", p + "lightstep.port=8383", p + "lightstep.accessToken=t0kz9d6b7a1e4c52"}
	}
	zipkin := func(i string) []string {
		p := "meshConfig.extensionProviders[" + i + "]."
		return []string{p + "name=jg", p + "zipkin.service=z", p + "zipkin.port=9411"}
	}
	names := []string{"meshConfig.defaultProviders.tracing[0]=ls", "meshConfig.defaultProviders.tracing[1]=jg"}
	for name, c := range map[string]struct {
		settings [][]string
		stays    bool
		what     string
	}{
		"providers":           {[][]string{lightstep("0"), zipkin("1")}, true, "meshConfig.extensionProviders`: item 0 of this list"},
		"names of providers":  {[][]string{lightstep("0"), names}, true, "meshConfig.defaultProviders.tracing`: item 0 of this list"},
		"the last":            {[][]string{zipkin("0"), lightstep("1")}, false, ""},
		"all":                 {[][]string{lightstep("0"), {names[0]}}, false, ""},
		"beside one of files": {[][]string{lightstep("1")}, false, ""},
	} {
		var flags, items strings.Builder
		for _, list := range c.settings {
			for _, one := range list {
				flags.WriteString(" --set '" + one + "'")
				key, value, _ := strings.Cut(one, "=")
				items.WriteString("      - {name: '" + key + "', value: '" + value + "'}\n")
			}
		}
		for form, text := range map[string]string{
			"istioctl":   "istioctl install -y" + flags.String() + "\n",
			"helm":       "helm upgrade istiod istio/istiod" + flags.String() + "\n",
			"parameters": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: istiod}\nspec:\n  source:\n    chart: istiod\n    helm:\n      parameters:\n" + items.String(),
		} {
			t.Run(name+" by "+form, func(t *testing.T) {
				result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine", Data: []byte(text)}}, migrate.Options{To: "1.28"})
				require.NoError(t, err)
				require.True(t, result.Found)
				after, report := string(result.Documents[0].After), result.Report()
				if !c.stays {
					assert.NotContains(t, after, "lightstep")
					assert.NotContains(t, report, "null in its place")
					return
				}
				assert.Equal(t, text, after)
				assert.Contains(t, report, c.what)
				assert.Contains(t, report, "it is still there, remove it by hand")
			})
		}
	}
}
