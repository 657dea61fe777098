package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLintModulesKnowsTheGoOfCI: CI has the Go of the root's toolchain line, or
// else of its go line, and gets no other. A module that asks for more builds on
// the machine of whoever wrote it alone.
func TestLintModulesKnowsTheGoOfCI(t *testing.T) {
	script, err := filepath.Abs(root + "/test/tools/lint-modules")
	require.NoError(t, err)
	for name, c := range map[string]struct{ root, module, wrong string }{
		"the same":                 {"go 1.22.0\n", "go 1.22.0\n", ""},
		"older, as a number":       {"go 1.22.0\n", "go 1.3\n", ""},
		"a language":               {"go 1.22.0\n", "go 1.22\n", ""},
		"a later patch":            {"go 1.22.0\n", "go 1.22.3\n", "go 1.22.3, and CI has Go 1.22.0, the go line of go.mod"},
		"a toolchain that is new":  {"go 1.22.0\n\ntoolchain go1.22.10\n", "go 1.22.3\n", ""},
		"a toolchain that is old":  {"go 1.22.0\n\ntoolchain go1.22.2\n", "go 1.22.10\n", "go 1.22.10, and CI has Go 1.22.2, the toolchain line of go.mod"},
		"a minor after that of CI": {"go 1.22.0\n\ntoolchain go1.22.8\n", "go 1.23\n", "go 1.23, and CI has Go 1.22.8, the toolchain line of go.mod"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for file, text := range map[string]string{
				"go.mod": "module example.com/root\n\n" + c.root, "root.go": "package root\n",
				"test/x/go.mod": "module example.com/x\n\n" + c.module, "test/x/x.go": "package x\n",
			} {
				require.NoError(t, os.MkdirAll(filepath.Join(folder, filepath.Dir(file)), 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600))
			}
			init := exec.CommandContext(t.Context(), "git", "init", "--quiet", folder)
			printed, err := init.CombinedOutput()
			require.NoError(t, err, string(printed))
			command := exec.CommandContext(t.Context(), script)
			command.Dir = folder
			command.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOFLAGS=", "GOWORK=off")
			printed, err = command.CombinedOutput()
			if c.wrong == "" {
				require.NoError(t, err, string(printed))
				return
			}
			require.Error(t, err, string(printed))
			assert.Contains(t, string(printed), "test/x/go.mod: "+c.wrong)
			assert.Contains(t, string(printed), "fix: ")
			assert.Contains(t, string(printed), "toolchain go1.2")
		})
	}
}
