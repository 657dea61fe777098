package pages_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
	"github.com/istio-lightstep/istio-lightstep/internal/pages"
)

var heading = regexp.MustCompile(`(?m)^#+ (.+)$`)

// anchors are those that GitHub gives a page.
func anchors(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", file))
	require.NoError(t, err)
	var all []string
	for _, match := range heading.FindAllStringSubmatch(string(text), -1) {
		all = append(all, strings.ReplaceAll(strings.ToLower(match[1]), " ", "-"))
	}
	return all
}

// Every page that a problem names is one of the repository's, with the section.
func TestPagesExist(t *testing.T) {
	known, err := ignore.OfMesh()
	require.NoError(t, err)
	for _, id := range known {
		url := pages.Of("docs/findings/" + id + ".md")
		assert.FileExists(t, filepath.Join("..", "..", strings.TrimPrefix(url, pages.Project+"/blob/main/")))
	}
	rules := anchors(t, "docs/rules.md")
	url := pages.Rule("LS-ADDRESS-URL")
	file, anchor, _ := strings.Cut(strings.TrimPrefix(url, pages.Project+"/blob/main/"), "#")
	assert.Equal(t, "docs/rules.md", file)
	assert.Contains(t, rules, anchor)
	for _, url := range []string{pages.Check, pages.Backend, pages.Rights, pages.Trace} {
		file, anchor, _ := strings.Cut(strings.TrimPrefix(url, pages.Project+"/blob/main/"), "#")
		assert.Contains(t, anchors(t, file), anchor, url)
	}
}
