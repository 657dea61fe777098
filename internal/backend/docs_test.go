package backend_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every finding stands in the table of docs/helm-test.md, and no other.
func TestFindingsAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "helm-test.md"))
	require.NoError(t, err)
	source, err := os.ReadFile("finding.go")
	require.NoError(t, err)
	ids := func(pattern string, text []byte) []string {
		var found []string
		for _, match := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
			found = append(found, string(match[1]))
		}
		return found
	}
	declared := ids(`= "(LS-[A-Z0-9-]+)"`, source)
	require.NotEmpty(t, declared)
	assert.ElementsMatch(t, declared, ids(`(?m)^\| (LS-[A-Z0-9-]+) \|`, page))
}
