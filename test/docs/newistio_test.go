package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const rowsFile = "charts/istio-lightstep/files/dialects.yaml"

// tool runs a script of test/tools in a folder that has the rows of two Istios and
// nothing else, with programs that are what is given, and gives what it prints, the
// rows afterwards, and what its programs were asked.
func tool(t *testing.T, name string, programs map[string]string) (printed, rows, asked string, err error) {
	t.Helper()
	script, err := filepath.Abs(filepath.Join(root, "test/tools", name))
	require.NoError(t, err)
	folder := t.TempDir()
	bin := filepath.Join(folder, "bin")
	for _, dir := range []string{bin, filepath.Join(folder, filepath.Dir(rowsFile))} {
		require.NoError(t, os.MkdirAll(dir, 0o700))
	}
	file := filepath.Join(folder, rowsFile)
	require.NoError(t, os.WriteFile(file, []byte("  - {<<: *envName, from: 1.98.0}\n  - {<<: *attributes, from: 1.99.0}\n"), 0o600))
	for _, program := range []string{"go", "docker", "make", "git", "gh"} {
		body, found := programs[program]
		if !found {
			body = "echo not expected >&2; exit 1"
		}
		text := "#!/bin/bash\necho " + program + ` "$@" >>"$ASKED"` + "\n" + body + "\n"
		require.NoError(t, os.WriteFile(filepath.Join(bin, program), []byte(text), 0o700))
	}
	command := exec.CommandContext(t.Context(), script)
	command.Dir = folder
	command.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "ASKED="+filepath.Join(folder, "asked"))
	output, err := command.CombinedOutput()
	after, readErr := os.ReadFile(file)
	require.NoError(t, readErr)
	calls, _ := os.ReadFile(filepath.Join(folder, "asked"))
	return string(output), string(after), string(calls), err
}

// TestNewIstio: a row is added for a release with an image alone, and what
// answers otherwise than by "there is none" is an error.
func TestNewIstio(t *testing.T) {
	const (
		released = "echo v1.100.2"
		engine   = `[ "$1" = info ]`
		added    = "  - {<<: *attributes, from: 1.100.0, lightstepProvider: panics}\n"
	)
	for name, c := range map[string]struct {
		programs map[string]string
		printed  string
		added    bool
		fails    bool
	}{
		"none yet": {
			programs: map[string]string{"go": `echo 'go: module istio.io/api: no matching versions for query "v1.100"' >&2; exit 1`},
			printed:  "there is no Istio 1.100 yet\n",
		},
		"no answer": {
			programs: map[string]string{"go": "echo 'dial tcp: lookup proxy: no such host' >&2; exit 1"},
			printed:  "dial tcp: lookup proxy: no such host\n", fails: true,
		},
		"a pre-release": {
			programs: map[string]string{"go": "echo v1.100.0-rc.1"},
			printed:  "there is no release of Istio 1.100 yet, but v1.100.0-rc.1\n",
		},
		"no image": {
			programs: map[string]string{"go": released, "docker": engine},
			printed:  "istio.io/api has v1.100.2, but there is no image docker.io/istio/pilot:1.100.2 yet\n",
		},
		"released": {
			programs: map[string]string{"go": released, "docker": engine + ` || [ "$*" = "manifest inspect docker.io/istio/pilot:1.100.2" ]`, "make": ":"},
			printed:  "Istio 1.100 has a row now (v1.100.2)\n", added: true,
		},
		"released, and no engine to ask for the image": {
			programs: map[string]string{"go": released, "docker": "exit 1", "make": ":"},
			printed:  "Istio 1.100 has a row now (v1.100.2)\n", added: true,
		},
		"released, and nothing can be generated": {
			programs: map[string]string{"go": released, "docker": "exit 1", "make": "exit 2"},
			added:    true, fails: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			printed, rows, asked, err := tool(t, "new-istio", c.programs)
			assert.Equal(t, c.fails, err != nil, "%v", err)
			assert.Equal(t, c.printed, printed)
			assert.Contains(t, asked, "go list -m -f {{.Version}} istio.io/api@v1.100\n")
			if !c.added {
				assert.NotContains(t, rows, "1.100")
				assert.NotContains(t, asked, "make ")
				return
			}
			assert.Contains(t, rows, "from: 1.99.0}\n"+added)
			assert.Contains(t, asked, "make --no-print-directory generate golden\n")
		})
	}
}

// TestPropose: a pull request is opened once, and only for a change.
func TestPropose(t *testing.T) {
	const changed = `[ "$1" != status ] || echo ' M a'`
	for name, c := range map[string]struct {
		programs map[string]string
		printed  string
		opened   bool
		fails    bool
	}{
		"nothing changed": {programs: map[string]string{"git": ":"}, printed: "nothing changed\n"},
		"there already":   {programs: map[string]string{"git": changed}, printed: "branch istio-1.99 is there already\n"},
		"a new branch":    {programs: map[string]string{"git": changed + `; [ "$1" != ls-remote ]`, "gh": ":"}, opened: true},
		"it is not pushed": {
			programs: map[string]string{"git": changed + `; [ "$1" != ls-remote ] && [ "$1" != push ]`}, fails: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			printed, _, asked, err := tool(t, "propose", c.programs)
			assert.Equal(t, c.fails, err != nil, "%v", err)
			assert.Equal(t, c.printed, printed)
			if c.opened {
				assert.Contains(t, asked, "git push origin istio-1.99\ngh pr create --head istio-1.99 --title dialects: a row for Istio 1.99 ")
			} else {
				assert.NotContains(t, asked, "gh ")
			}
		})
	}
}
