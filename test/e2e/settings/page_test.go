package settings_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/observe"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// Each variable and each suite that docs/testing.md names is one of a run, and the tree
// that it gives can be read.
func TestThePageNamesSettingsThatThereAre(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/testing.md")
	require.NoError(t, err)
	page := string(text)
	known := map[string]bool{}
	suites := ""
	for _, s := range settings.Table {
		known[s.Env] = true
		if s.Env == "SUITE" {
			_, suites, _ = strings.Cut(s.Usage, "what to run: ")
			suites, _, _ = strings.Cut(suites, ";")
		}
	}
	variables := regexp.MustCompile("\\b(E2E_[A-Z_]+|SUITE|ISTIO|IMAGES|KEEP)=|`(E2E_[A-Z_]+|ISTIO)`").FindAllStringSubmatch(page, -1)
	require.Greater(t, len(variables), 10)
	for _, v := range variables {
		assert.True(t, known[v[1]+v[2]], "no setting is %s", v[1]+v[2])
	}
	named := regexp.MustCompile(`SUITE=(\w+)`).FindAllStringSubmatch(page, -1)
	require.NotEmpty(t, named)
	for _, s := range named {
		assert.Contains(t, strings.Split(suites, ", "), s[1])
	}
	tree := regexp.MustCompile(`E2E_TREE='([^']+)'`).FindStringSubmatch(page)
	require.NotNil(t, tree)
	_, err = observe.Tree(tree[1])
	require.NoError(t, err)
}
