package bounded

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRead(t *testing.T) {
	data, err := Read(strings.NewReader("12345"), 5)
	require.NoError(t, err)
	assert.Equal(t, "12345", string(data))
	_, err = Read(strings.NewReader("123456"), 5)
	assert.ErrorIs(t, err, ErrTooLarge)
}

func TestFile(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "a.yaml")
	require.NoError(t, os.WriteFile(name, []byte("12345"), 0o600))
	data, err := File(name, 5)
	require.NoError(t, err)
	assert.Equal(t, "12345", string(data))

	_, err = File(name, 4)
	require.ErrorIs(t, err, ErrTooLarge)
	assert.ErrorContains(t, err, "a.yaml: holds more than 0 MiB")
	_, err = File(folder, 5)
	assert.ErrorContains(t, err, "is a directory")
	_, err = File(filepath.Join(folder, "b\x1b[31m\n::error::x"), 5)
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.NotContains(t, err.Error(), "\n")
	assert.NotContains(t, err.Error(), "\x1b")
	_, err = File(filepath.Join(folder, "S3CRETtoken12345"), 5)
	assert.NotContains(t, err.Error(), "S3CRET")
}
