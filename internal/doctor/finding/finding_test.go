package finding

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

const root = "../../.."

func TestTheCatalogueIsWhole(t *testing.T) {
	t.Parallel()
	c, err := Load()
	require.NoError(t, err)
	for _, k := range c.Kinds() {
		assert.Regexp(t, `^LS-[A-Z0-9]+(-[A-Z0-9]+)*$`, k.ID)
		assert.Contains(t, []problem.Severity{problem.SeverityError, problem.SeverityWarning, problem.SeverityInfo}, k.Severity, k.ID)
		for _, text := range []string{k.Area, k.Title, k.Lost, k.Reason, k.Looks, k.Mend + k.Advice, k.Source} {
			assert.NotEmpty(t, text, k.ID)
		}
		for _, cause := range k.ExplainedBy {
			assert.True(t, slices.ContainsFunc(c.Kinds(), func(other Kind) bool {
				return other.ID == cause || strings.HasSuffix(cause, "-") && strings.HasPrefix(other.ID, cause)
			}), "%s is explained by %s, which is not there", k.ID, cause)
		}
	}
}

// TestCodeAndCatalogueNameTheSame finds ids that are never found, and findings
// that are not in the catalogue. The certificate's own checks have ids that
// are findings too.
func TestCodeAndCatalogueNameTheSame(t *testing.T) {
	t.Parallel()
	c, err := Load()
	require.NoError(t, err)
	literal := regexp.MustCompile(`"(LS-[A-Z0-9-]+[A-Z0-9])"`)
	named := map[string]bool{}
	for _, pattern := range []string{"internal/doctor/*.go", "internal/hops/*.go", "internal/compare/*.go", "internal/certificate/certificate.go"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, match := range literal.FindAllStringSubmatch(string(data), -1) {
				named[match[1]] = true
			}
		}
	}
	for _, k := range c.Kinds() {
		assert.True(t, named[k.ID], "%s is never found", k.ID)
	}
	delete(named, "LS-NOT-LOOKED-AT") // what could not be looked at is no finding
	delete(named, "LS-NOT-FOLLOWED")
	for id := range named {
		_, ok := c.Kind(id)
		assert.True(t, ok, "%s is not in the catalogue", id)
	}
}

func TestPagesAreCurrent(t *testing.T) {
	t.Parallel()
	c, err := Load()
	require.NoError(t, err)
	pages := c.Pages()
	files, err := filepath.Glob(filepath.Join(root, "docs/findings/*.md"))
	require.NoError(t, err)
	assert.Len(t, files, len(pages), "run `make generate`")
	for name, text := range pages {
		data, err := os.ReadFile(filepath.Join(root, "docs/findings", name))
		require.NoError(t, err)
		assert.Equal(t, text, string(data), "%s: run `make generate`", name)
	}
	for _, k := range c.Kinds() {
		assert.FileExists(t, filepath.Join(root, PageOf(k.ID)))
	}
}
