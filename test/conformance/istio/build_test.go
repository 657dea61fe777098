package istio

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/internal/binaries"
)

func TestOpenRefusesMissingBinaries(t *testing.T) {
	t.Setenv(binaries.CacheVariable, t.TempDir())
	release, err := Find("1.8")
	require.NoError(t, err)
	_, err = Open(release)
	require.ErrorIs(t, err, binaries.ErrNotBuilt)
}

func TestReleasesAreChosen(t *testing.T) {
	chosen := func(all string) (minors []string) {
		t.Setenv("ALL", all)
		for _, release := range Releases() {
			minors = append(minors, release.Minor)
		}
		return minors
	}
	assert.Equal(t, []string{"1.4", "1.5", "1.14", "1.20", "1.24", "1.31"}, chosen(""))
	assert.Len(t, chosen("1"), len(releases))
	assert.Equal(t, []string{"1.8", "1.26"}, chosen("1.26,1.8"))
	assert.Empty(t, chosen("1.3"))
}

// TestReleasesHaveModules holds the list and the folders together.
func TestReleasesHaveModules(t *testing.T) {
	modules, err := filepath.Glob("*/main.go")
	require.NoError(t, err)
	var minors []string
	for _, module := range modules {
		minors = append(minors, filepath.Dir(module))
	}
	var listed []string
	for _, release := range releases {
		listed = append(listed, release.Minor)
	}
	assert.ElementsMatch(t, minors, listed)
}

func TestReleasesOfCIAndAll(t *testing.T) {
	t.Setenv("ALL", "")
	var minors []string
	for _, release := range Releases() {
		minors = append(minors, release.Minor)
	}
	assert.Equal(t, []string{"1.4", "1.5", "1.14", "1.20", "1.24", "1.31"}, minors)
	t.Setenv("ALL", "1")
	assert.Len(t, Releases(), len(releases))
}
