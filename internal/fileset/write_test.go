package fileset

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inTheWay makes a folder that no file can be renamed to.
func inTheWay(t *testing.T, name string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(name, "inside"), 0o700))
}

func opened(t *testing.T, dir string) *os.Root {
	t.Helper()
	folder, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, folder.Close()) })
	return folder
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := map[string]string{}
	for _, entry := range entries {
		if entry.IsDir() {
			all[entry.Name()] = "a folder"
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		require.NoError(t, err)
		all[entry.Name()] = string(text)
	}
	return all
}

// A rename that fails after others have not changes nothing: what was replaced
// is back, what is new is gone.
func TestARenameThatFailsIsTakenBack(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a"), []byte("old a"), 0o400))
	inTheWay(t, filepath.Join(dir, "c"))
	before := contents(t, dir)
	folder := opened(t, dir)
	files := []File{{"a", []byte("new a"), 0o600}, {"b", []byte("new b"), 0o600}, {"c", []byte("new c"), 0o600}}
	for _, there := range [][]string{{"a"}, {"a", "c"}} {
		require.ErrorContains(t, Write(t.Context(), folder, files, there), "write c: ")
		assert.Equal(t, before, contents(t, dir), "replaces %v", there)
		info, err := os.Stat(filepath.Join(dir, "a"))
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o400), info.Mode().Perm())
	}
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "c")))
	require.NoError(t, Write(t.Context(), folder, files, []string{"a"}))
	assert.Equal(t, map[string]string{"a": "new a", "b": "new b", "c": "new c"}, contents(t, dir))
}

// What can't be taken back is named, all of it, and the rest is taken back.
func TestWhatCannotBeRestoredIsNamed(t *testing.T) {
	dir := t.TempDir()
	moved := moves{folder: opened(t, dir)}
	for _, name := range []string{"a", "b", "c"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "."+name), []byte("new"), 0o600))
		require.NoError(t, moved.move("."+name, name, name != "c"))
	}
	for _, name := range []string{"a", "c"} {
		require.NoError(t, os.Remove(filepath.Join(dir, name)))
		inTheWay(t, filepath.Join(dir, name))
	}
	err := moved.undo()
	require.ErrorContains(t, err, filepath.Join(dir, "a")+" can't be restored, what it was is in "+filepath.Join(dir, moved.done[0].former))
	require.ErrorContains(t, err, filepath.Join(dir, "c")+" was written and can't be removed")
	assert.NotContains(t, err.Error(), filepath.Join(dir, "b"))
	assert.Equal(t, map[string]string{"a": "a folder", "b": "old", "c": "a folder", moved.done[0].former: "old"}, contents(t, dir))
}
