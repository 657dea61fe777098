package istio

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOpenRefusesMissingAndStaleBinaries(t *testing.T) {
	t.Setenv(CacheVariable, t.TempDir())
	release, err := Find("1.8")
	require.NoError(t, err)
	_, err = Open(release)
	require.ErrorIs(t, err, ErrNotBuilt)

	dir, err := cacheDir(release)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(dir, 0o755))
	key, err := sourceKey(release)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, keyFile), []byte(key), 0o644))
	tools, err := Open(release)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "istioctl"), tools.Paths.Istioctl)
	assert.Equal(t, filepath.Join(dir, "manifests"), tools.Paths.Charts)

	other, err := Find("1.10")
	require.NoError(t, err)
	otherKey, err := sourceKey(other)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, keyFile), []byte(otherKey), 0o644))
	_, err = Open(release)
	require.ErrorIs(t, err, ErrNotBuilt)
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
