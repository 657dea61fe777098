package istio_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// The user's own document says all that the suite needs, so that no command has a
// flag that the documentation does not have.
func TestMine(t *testing.T) {
	t.Parallel()
	release := settings.Istio{Minor: "1.31", Version: "1.31.0"}
	mine, err := istio.New(nil, release, "next", "istioctl", filepath.Join("..", "..", "offline", "images", "istio.yaml")).Mine()
	require.NoError(t, err)
	var document struct {
		Kind string
		Spec struct {
			Hub, Tag, Revision string
			MeshConfig         struct {
				DefaultConfig struct{ DrainDuration string }
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(mine, &document))
	assert.Equal(t, "IstioOperator", document.Kind)
	assert.Equal(t, []string{"docker.io/istio", "1.31.0", "next", "5s"},
		[]string{document.Spec.Hub, document.Spec.Tag, document.Spec.Revision, document.Spec.MeshConfig.DefaultConfig.DrainDuration})
}

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
