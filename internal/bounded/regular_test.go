package bounded

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRegular(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "config")
	require.NoError(t, os.WriteFile(name, []byte("12345"), 0o600))
	require.NoError(t, os.Symlink(name, filepath.Join(folder, "link")))
	require.NoError(t, Regular(name, 5))
	require.NoError(t, Regular(filepath.Join(folder, "link"), 5))
	require.ErrorIs(t, Regular(name, 4), ErrTooLarge)
	require.ErrorContains(t, Regular(folder, 5), "is a directory")
	require.ErrorContains(t, Regular(os.DevNull, 5), "is not a regular file")
	assert.ErrorIs(t, Regular(filepath.Join(folder, "none"), 5), fs.ErrNotExist)
}
