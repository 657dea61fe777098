//go:build e2e

package e2e_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/doctor"
)

// shell is where commands run: this tree's istio-lightstep, and the programs of
// the project's cache.
func (m *mesh) shell(t *testing.T) *doctor.Shell {
	t.Helper()
	folder := t.TempDir()
	built := filepath.Join(folder, "built")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", built, "./cmd/istio-lightstep")
	build.Dir = m.Root
	said, err := build.CombinedOutput()
	require.NoError(t, err, "%s", said)
	kubectl, err := m.kubectl()
	require.NoError(t, err)
	helm, err := exec.LookPath(m.Helm)
	require.NoError(t, err)
	shell := &doctor.Shell{Folder: folder, Kubeconfig: m.Kubeconfig, Programs: map[string]string{
		"istio-lightstep": built, "kubectl": kubectl, "helm": helm,
		"istioctl":     filepath.Join(m.Cache, "istio", m.Istio.Minor, "istioctl"),
		"small-volume": filepath.Join(m.Root, "test", "e2e", "doctor", "small-volume"),
	}}
	require.NoError(t, shell.Prepare())
	require.NoError(t, shell.File("token", []byte(m.satellite.Token())))
	leaf, err := m.satellite.Authority.Issue(m.satellite.Host())
	require.NoError(t, err)
	require.NoError(t, shell.WriteCertificates(m.satellite.Authority.PEM(), leaf.Certificate))
	return shell
}
