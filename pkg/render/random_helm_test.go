package render_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// FuzzRenderAsHelm makes values of a seed and a text, and renders them here and
// by the helm v3 that HELM3 names, as `make fuzz` does: both print the same
// bytes, or both refuse.
func FuzzRenderAsHelm(f *testing.F) {
	helm := os.Getenv("HELM3")
	if helm == "" {
		f.Skip("HELM3 names no helm; TestRandomValuesAsHelm needs it too, and does not skip")
	}
	f.Add(uint64(1), "a\n\u2028b: c")
	f.Add(uint64(2), "- {{ x }}")
	g, r := newGenerator(f), newRenderer(f)
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		assertAsHelm(t, helm, r, g.values(t, seed, text))
	})
}

// assertAsHelm renders a values file here and by a helm: both must print the
// same bytes, or both refuse.
func assertAsHelm(t *testing.T, helm string, r *render.Renderer, values []byte) {
	t.Helper()
	want, helmErr := helmPrints(t, helm, values)
	result, err := r.Render(t.Context(), readValues(t, render.Bytes("values.yaml", values)))
	switch {
	case helmErr != nil && err == nil:
		t.Errorf("helm refuses what Render does not: %s\n%v", values, helmErr)
	case helmErr == nil && err != nil:
		t.Errorf("Render refuses what helm does not: %s\n%v", values, err)
	case err == nil && !bytes.Equal(want, result.YAML()):
		t.Errorf("helm prints for %s\n%s\nand Render\n%s", values, want, result.YAML())
	}
	if err != nil {
		assertNoSecret(t, err.Error())
	}
}

// helmPrints gives what `helm template` prints, or an error where it refuses.
func helmPrints(t *testing.T, helm string, values []byte) ([]byte, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "values.yaml")
	require.NoError(t, os.WriteFile(file, values, 0o600))
	command := exec.CommandContext(t.Context(), helm, "template", render.DefaultRelease, filepath.Join("..", "..", "charts", "istio-lightstep"),
		"-n", render.DefaultNamespace, "--kube-version", render.DefaultKubeVersion, "-f", file)
	var refused bytes.Buffer
	command.Stderr = &refused
	out, err := command.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	if err != nil {
		return nil, errors.New(refused.String())
	}
	return out, nil
}
