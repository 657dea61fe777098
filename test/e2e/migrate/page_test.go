package migrate_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/migrate"
)

// The page says what its move was measured with, and marks it where the tree has changed.
func TestPageSaysWhatTheMoveWasMeasuredWith(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	want, err := migrate.Page(root)
	require.NoError(t, err)
	kept, err := os.ReadFile(filepath.Join(root, migrate.PageFile))
	require.NoError(t, err)
	assert.Equal(t, want, string(kept), "run: go -C test/e2e run ./migrate/cmd/page")
	assert.Contains(t, want, "<!-- measured -->\n- All: commit ")
	assert.Regexp(t, `(?m)^- Istio 1\.31 is its development branch of 20[0-9-]+, built from source, not the release\.$`, want)
	_, err = migrate.Page(t.TempDir())
	require.Error(t, err)
}
