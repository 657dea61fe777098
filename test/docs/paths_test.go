package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	quoted = regexp.MustCompile("`([^`]+)`")
	named  = regexp.MustCompile(`^[a-z][A-Za-z0-9._/*-]*$`)
)

// TestPathsOfTables: what the second column of a table of places names is in
// the repository, in its chart, or beside what it stands for.
func TestPathsOfTables(t *testing.T) {
	for page, all := range map[string]bool{
		"CONTRIBUTING.md": true, "docs/architecture.md": true,
		"docs/dependencies.md": false, // it names functions there too
	} {
		text, err := os.ReadFile(filepath.Join(root, page))
		require.NoError(t, err)
		looked := 0
		for i, line := range strings.Split(string(text), "\n") {
			cells := strings.Split(line, "|")
			if !strings.HasPrefix(line, "|") || len(cells) < 4 {
				continue
			}
			for _, found := range quoted.FindAllStringSubmatch(cells[2], -1) {
				if !named.MatchString(found[1]) || strings.Contains(found[1], "NAME") || !all && !strings.Contains(found[1], "/") {
					continue
				}
				looked++
				assert.True(t, there(found[1]), "%s:%d: there is no %s", page, i+1, found[1])
			}
		}
		assert.NotZero(t, looked, page)
	}
}

func there(path string) bool {
	for _, from := range []string{"", "charts/istio-lightstep", "charts/istio-lightstep/files", "internal"} {
		if found, err := filepath.Glob(filepath.Join(root, from, path)); err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}
