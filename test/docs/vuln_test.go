package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestVulnLooksAtWhatIsPublished: at the command, at the module for users' tests,
// and at what holds the credentials of a release; one that has findings keeps none
// of the others from being looked at.
func TestVulnLooksAtWhatIsPublished(t *testing.T) {
	versions, err := os.ReadFile(root + "/test/tools/versions.mk")
	require.NoError(t, err)
	tool := ""
	for _, line := range variable.FindAllStringSubmatch(string(versions), -1) {
		if line[1] == "GOVULNCHECK" {
			tool = strings.TrimSpace(line[2]) + "-" + line[3]
		}
	}
	cache := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(cache, "bin"), 0o700))
	asked := filepath.Join(cache, "asked")
	script := "#!/bin/sh\necho \"$@\" >>" + asked + "\n[ \"$2\" != \"$FINDS\" ]\n"
	require.NoError(t, os.WriteFile(filepath.Join(cache, "bin", tool), []byte(script), 0o700))

	for _, finds := range []string{"", ".", "cmd/release/cosign"} {
		require.NoError(t, os.RemoveAll(asked))
		command := exec.CommandContext(t.Context(), "make", "--no-print-directory", "-C", root, "vuln")
		// What the make that runs this test tells its own commands is not for this one.
		command.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "MAKE") || strings.HasPrefix(v, "MFLAGS") })
		command.Env = append(command.Env, "ISTIO_LIGHTSTEP_CACHE="+cache, "FINDS="+finds)
		printed, err := command.CombinedOutput()
		assert.Equal(t, finds == "", err == nil, "%q: %s", finds, printed)
		calls, err := os.ReadFile(asked)
		require.NoError(t, err, string(printed))
		assert.Equal(t, "-C . ./...\n-C test/spantest ./...\n-C cmd/release ./...\n-C cmd/release/cosign ./...\n", string(calls))
	}
}

// TestVulnRunsEachNight: a vulnerability becomes known without a change here.
func TestVulnRunsEachNight(t *testing.T) {
	assert.Equal(t, []string{"nightly.yaml/vuln", "pull-request.yaml/vuln"}, running(t, "vuln"))
}
