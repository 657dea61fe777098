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

// stepOf gives what the step of the job that publishes a release runs that has
// this text.
func stepOf(t *testing.T, text string) string {
	t.Helper()
	for _, s := range workflows(t)["release.yaml"]["release"] {
		if strings.Contains(s.Run, text) {
			return s.Run
		}
	}
	require.Failf(t, "no such step", "of the release: %s", text)
	return ""
}

// TestKeyOfReleases: the key of a secret is in a file that nobody else reads, and in
// no variable of what makes the release. Without the secret there is no key.
func TestKeyOfReleases(t *testing.T) {
	step := stepOf(t, "make release ")
	for secret, want := range map[string]string{"": "", "a key\nof two lines": "a key\nof two lines\n"} {
		folder := t.TempDir()
		script := "#!/bin/sh\necho \"$*,$SECRET_KEY,$PGP_PASSPHRASE\"\n"
		require.NoError(t, os.WriteFile(filepath.Join(folder, "make"), []byte(script), 0o700))
		command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", step)
		command.Env = append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"), "TAG=v0.2.0", "RUNNER_TEMP="+folder, "SECRET_KEY="+secret, "PGP_PASSPHRASE=pass")
		printed, err := command.CombinedOutput()
		require.NoError(t, err, string(printed))
		key := filepath.Join(folder, "pgp-key.asc")
		if want == "" {
			assert.NoFileExists(t, key)
			key = ""
		} else {
			written, err := os.ReadFile(key)
			require.NoError(t, err)
			assert.Equal(t, want, string(written))
			info, err := os.Stat(key)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode())
		}
		assert.Equal(t, "release VERSION=0.2.0 REGISTRY=ghcr.io/istio-lightstep PGP_KEY="+key+",,pass\n", string(printed))
	}
}

// TestPagesOfReleases runs the step of the workflow that makes the page of a
// release: that of a pre-release is not the latest, nor is one of an older version.
func TestPagesOfReleases(t *testing.T) {
	step := stepOf(t, "gh release create")
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
