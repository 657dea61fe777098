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

// place is what looks like a path of this repository. What follows pkg in
// docs/traps.md is Istio's.
var place = regexp.MustCompile(`^(charts|cmd|docs|examples|internal|pkg|test|\.github)/[A-Za-z0-9._/*-]*$`)

// TestPathsOfPages: every path that a page names is there, from the root of the
// repository or from the page.
func TestPathsOfPages(t *testing.T) {
	looked := 0
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md", "examples/*.md", "test/*/*.md", "test/*/*/*.md"} {
		pages, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, page := range pages {
			text, err := os.ReadFile(page)
			require.NoError(t, err)
			within, err := filepath.Rel(root, filepath.Dir(page))
			require.NoError(t, err)
			for i, line := range strings.Split(string(text), "\n") {
				for _, found := range quoted.FindAllStringSubmatch(line, -1) {
					path := found[1]
					if !place.MatchString(path) || strings.Contains(path, "NAME") || strings.Contains(path, "VERSION") ||
						filepath.Base(page) == "traps.md" && strings.HasPrefix(path, "pkg/") {
						continue
					}
					looked++
					assert.True(t, there(path, within), "%s:%d: there is no %s", page, i+1, path)
				}
			}
		}
	}
	assert.Greater(t, looked, 100)
}

func there(path string, more ...string) bool {
	for _, from := range append(more, "", "charts/istio-lightstep", "charts/istio-lightstep/files", "internal") {
		if found, err := filepath.Glob(filepath.Join(root, from, path)); err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}
