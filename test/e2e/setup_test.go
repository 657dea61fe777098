//go:build e2e

package e2e_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
)

// minute is how results write a time.
const minute = "2006-01-02 15:04"

// setup is what the run measures with, now.
func (m *mesh) setup(t *testing.T) measured.Setup {
	t.Helper()
	setup, err := measured.Today(m.Root, m.Istio, func(name string) bool { return m.Own() || slices.Contains(m.pulled, name) })
	require.NoError(t, err)
	setup.Commit, setup.Kubernetes = m.commit(t), m.kubernetes(t)
	setup.At = time.Now().UTC().Format(minute)
	if m.Own() {
		setup.CNI = ""
	}
	return setup
}

// kubernetes is the API server's version.
func (m *mesh) kubernetes(t *testing.T) string {
	t.Helper()
	version, err := m.cluster.Kubernetes.Discovery().ServerVersion()
	require.NoError(t, err)
	return version.GitVersion
}

// commit is that of the tree, with "+" where it had changes before this run wrote results.
func (m *mesh) commit(t *testing.T) string {
	t.Helper()
	if m.tree != "" {
		return m.tree
	}
	command := exec.CommandContext(t.Context(), "git", "describe", "--always", "--dirty=+", "--abbrev=8", "--exclude=*")
	command.Dir = m.Root
	said, err := command.Output()
	require.NoError(t, err)
	m.tree = strings.TrimSpace(string(said))
	return m.tree
}
