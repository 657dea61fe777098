package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPagesOfReleases runs the step of the workflow that makes the page of a
// release: that of a pre-release is not the latest, nor is one of an older version.
func TestPagesOfReleases(t *testing.T) {
	step := ""
	for _, s := range workflows(t)["release.yaml"]["release"] {
		if strings.Contains(s.Run, "gh release create") {
			step = s.Run
		}
	}
	require.NotEmpty(t, step)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "gh"), []byte("#!/bin/sh\n[ \"$2\" = view ] && { echo v0.10.0; exit; }\necho \"$@\"\n"), 0o700))
	for tag, kind := range map[string]string{
		"v0.11.0": "--latest", "v0.9.1": "--latest=false", "v0.2.0-rc.1": "--prerelease", "v1.10.0-beta": "--prerelease",
	} {
		command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", step)
		command.Dir = folder
		command.Env = append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"), "TAG="+tag)
		printed, err := command.CombinedOutput()
		require.NoError(t, err, string(printed))
		assert.Equal(t, "release create "+tag+" "+kind+" --verify-tag --title "+tag+" --notes-file dist/notes.md dist/assets/*\n", string(printed))
	}
}
