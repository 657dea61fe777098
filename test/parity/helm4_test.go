//go:build helm4

package parity

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/eras"
)

const root = "../.."

func TestHelm4RendersTheSameText(t *testing.T) {
	helm, kubeVersion := os.Getenv("HELM4"), os.Getenv("KUBE_VERSION")
	require.NotEmpty(t, helm, "HELM4 must name a helm 4 binary, as `make test-all` does")
	require.NotEmpty(t, kubeVersion, "KUBE_VERSION must be that of the goldens, as `make test` sets it")
	files, err := filepath.Glob(filepath.Join(root, "examples", "*", "rendered", "*.*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)

	for _, file := range files {
		folder := filepath.Dir(filepath.Dir(file))
		output := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		t.Run(filepath.Base(folder)+"/"+output, func(t *testing.T) {
			t.Parallel()
			want, err := eras.Golden(folder, output)
			require.NoError(t, err)
			command := exec.CommandContext(t.Context(), helm, "template", "istio-lightstep",
				filepath.Join(root, "charts", "istio-lightstep"), "--namespace", "istio-system",
				"--kube-version", kubeVersion, "-f", filepath.Join(folder, "values.yaml"), "--set", "output="+output)
			var refused bytes.Buffer
			command.Stderr = &refused
			got, err := command.Output()
			require.NoError(t, err, "%s", &refused)
			// Between the objects of one template Helm 4 keeps a line end that Helm 3 does not.
			assert.Equal(t, string(want), strings.ReplaceAll(string(got), "\n\n---\n", "\n---\n"))
		})
	}
}
