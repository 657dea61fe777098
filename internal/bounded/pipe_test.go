//go:build unix

package bounded

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNamedPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(name, 0o600))
	go func() { _ = os.WriteFile(name, []byte("a: 1"), 0o600) }()
	data, err := File(name, 10)
	require.NoError(t, err)
	assert.Equal(t, "a: 1", string(data))

	was := patience
	defer func() { patience = was }()
	patience = 20 * time.Millisecond
	_, err = File(name, 10)
	assert.ErrorContains(t, err, "nothing writes to it")
}

func TestDeviceWithoutEnd(t *testing.T) {
	_, err := File("/dev/zero", 1<<20)
	assert.ErrorIs(t, err, ErrTooLarge)
}
