//go:build e2e

package e2e_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
)

// kubectl is that of the project's cache, or else of PATH.
func (m *mesh) kubectl() (string, error) {
	found, err := filepath.Glob(filepath.Join(m.Cache, "bin", "kubectl-v*"))
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return found[len(found)-1], nil
	}
	path, err := exec.LookPath("kubectl")
	if err != nil {
		return "", fmt.Errorf("kubectl: %w", err)
	}
	return path, nil
}
