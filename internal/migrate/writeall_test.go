package migrate_test

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// countdown is a context that is done once it was asked some times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestWriteIsAllOrNothing ends the context at every point at which it is asked.
func TestWriteIsAllOrNothing(t *testing.T) {
	result := migrated(t, "istio.yaml", "1.28")
	const files = 4
	complete := false
	for n := 0; !complete; n++ {
		require.Less(t, n, 20)
		dir := filepath.Join(t.TempDir(), "out")
		written, err := result.Write(&countdown{t.Context(), n}, dir, false)
		if err == nil {
			complete = true
			assert.Len(t, written, files)
			assert.Greater(t, n, files, "each file asks before it is written")
			assert.Len(t, list(t, dir), files)
			continue
		}
		require.ErrorIs(t, err, context.Canceled)
		assert.NoDirExists(t, dir)
	}
}

// TestWriteKeepsRightsNarrow: what is there keeps its mode where that is
// narrower, and nothing is wider than the umask.
func TestWriteKeepsRightsNarrow(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "values.yaml"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "istio.yaml"), nil, 0o666))
	require.NoError(t, os.Chmod(filepath.Join(dir, "istio.yaml"), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "report.md"), nil, 0o400))
	result := migrated(t, "istio.yaml", "1.28")
	_, err := result.Write(t.Context(), dir, true)
	require.NoError(t, err)
	for name, mode := range map[string]os.FileMode{"values.yaml": 0o600, "istio.yaml": 0o600, "report.md": 0o400, "secret.yaml": 0o600} {
		assert.Equal(t, mode, modeOf(t, dir, name), name)
	}
	fresh := t.TempDir()
	old := syscall.Umask(0o077)
	_, err = result.Write(t.Context(), fresh, false)
	syscall.Umask(old)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), modeOf(t, fresh, "values.yaml"))
}

const fullDisk = "MIGRATE_TEST_FULL_DISK"

// TestWriteOnAFullDisk writes where no file may be longer than 64 bytes, in a
// process of its own: nothing stays behind.
func TestWriteOnAFullDisk(t *testing.T) {
	if dir := os.Getenv(fullDisk); dir != "" {
		signal.Ignore(syscall.SIGXFSZ)
		result := migrated(t, "istio.yaml", "1.28")
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 64, Max: 64}))
		_, err := result.Write(t.Context(), dir, true)
		require.ErrorIs(t, err, syscall.EFBIG)
		return
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "values.yaml"), []byte("mine"), 0o600))
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestWriteOnAFullDisk$")
	command.Env = append(os.Environ(), fullDisk+"="+dir)
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
	assert.Equal(t, []string{"values.yaml"}, list(t, dir))
	text, err := os.ReadFile(filepath.Join(dir, "values.yaml"))
	require.NoError(t, err)
	assert.Equal(t, "mine", string(text))
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func modeOf(t *testing.T, dir, name string) os.FileMode {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, name))
	require.NoError(t, err)
	return info.Mode().Perm()
}
