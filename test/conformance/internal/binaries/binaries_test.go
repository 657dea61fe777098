package binaries

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSet builds, finds, and refuses what was built from other sources.
func TestSet(t *testing.T) {
	t.Setenv(CacheVariable, t.TempDir())
	set := Set{Name: "a/b", Sources: []string{"istio/oracle"}}
	_, err := set.Open()
	require.ErrorIs(t, err, ErrNotBuilt)

	builds := 0
	build := func(folder string) error {
		builds++
		return os.WriteFile(filepath.Join(folder, "program"), nil, 0o755)
	}
	for _, fresh := range []bool{true, false} {
		built, err := set.Build(build)
		require.NoError(t, err)
		assert.Equal(t, fresh, built)
	}
	assert.Equal(t, 1, builds)
	folder, err := set.Open()
	require.NoError(t, err)
	assert.FileExists(t, filepath.Join(folder, "program"))

	set.Sources = []string{"istio/1.4", "istio/oracle"}
	_, err = set.Open()
	require.ErrorIs(t, err, ErrNotBuilt)
	set.Sources, set.Variant = []string{"istio/oracle"}, "other"
	_, err = set.Open()
	require.ErrorIs(t, err, ErrNotBuilt)
}
