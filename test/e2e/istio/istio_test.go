package istio_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
)

func TestBuild(t *testing.T) {
	t.Parallel()
	root, cache := filepath.Join("..", "..", ".."), t.TempDir()
	_, err := istio.Build(t.Context(), root, cache, "0.9")
	require.ErrorContains(t, err, `build istioctl of 0.9`)

	there := filepath.Join(cache, "istio", "1.31", "istioctl")
	require.NoError(t, os.MkdirAll(filepath.Dir(there), 0o755))
	require.NoError(t, os.WriteFile(there, nil, 0o755))
	istioctl, err := istio.Build(t.Context(), "nowhere", cache, "1.31")
	require.NoError(t, err, "what is there is not built again")
	assert.Equal(t, there, istioctl)
}
