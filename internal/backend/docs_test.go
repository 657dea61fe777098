package backend_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every finding stands in the table of docs/helm-test.md, and no other.
func TestFindingsAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "helm-test.md"))
	require.NoError(t, err)
	rows, err := os.ReadFile("problems.yaml")
	require.NoError(t, err)
	ids := func(pattern string, text []byte) []string {
		var found []string
		for _, match := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
			if id := string(match[1]); !slices.Contains(found, id) {
				found = append(found, id)
			}
		}
		return found
	}
	declared := ids(`(?m)^    id: (LS-[A-Z0-9-]+)$`, rows)
	require.NotEmpty(t, declared)
	assert.ElementsMatch(t, declared, ids(`(?m)^\| (LS-[A-Z0-9-]+) \|`, page))

	// And the code names every row, and no other.
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var source []byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		source = append(source, text...)
	}
	assert.ElementsMatch(t, ids(`(?m)^  ([a-z0-9-]+):\n    id:`, rows),
		ids(`(?:fail\(|problem\(|found\(|row = |row := |settings, "[a-z]+", )"([a-z0-9-]+)"`, source))
}
