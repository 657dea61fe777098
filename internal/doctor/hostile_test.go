package doctor

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// invaded is a recorded mesh with the objects of testdata files.
func invaded(t *testing.T, base string, files ...string) *mesh.Recorded {
	t.Helper()
	r := recordedBase(t, base)
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		require.NoError(t, err)
		part, err := mesh.ReadRecorded(bytes.NewReader(data))
		require.NoError(t, err)
		r.Objects = append(part.Objects, r.Objects...)
	}
	return r
}

// outputs are a result in every format.
func outputs(tb testing.TB, r *Result) map[string]string {
	tb.Helper()
	all := map[string]string{}
	write := func(name string, to func(*strings.Builder) error) {
		var out strings.Builder
		require.NoError(tb, to(&out))
		all[name] = out.String()
	}
	write("doctor", func(out *strings.Builder) error { return r.WriteText(out, false) })
	write("coloured", func(out *strings.Builder) error { return r.WriteText(out, true) })
	write("JSON", func(out *strings.Builder) error { return r.WriteJSON(out) })
	for _, format := range report.Formats() {
		write(format, func(out *strings.Builder) error {
			w, err := report.New(format, out)
			require.NoError(tb, err)
			require.NoError(tb, w.Target(r.Cluster, r.Problems()))
			return w.Close()
		})
	}
	return all
}

// assertShown holds that nothing in a result acts on a terminal or on CI.
func assertShown(tb testing.TB, r *Result) {
	tb.Helper()
	for format, text := range outputs(tb, r) {
		for _, colour := range []string{terminal.Red, terminal.Yellow, terminal.Green, terminal.Bold, terminal.Faint, "\x1b[0m"} {
			if format == "coloured" {
				text = strings.ReplaceAll(text, colour, "")
			}
		}
		if !utf8.ValidString(text) {
			tb.Errorf("%s is not UTF-8", format)
		}
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			for _, c := range line {
				if !terminal.Shows(c) {
					tb.Errorf("%s has %U in %q", format, c, line)
				}
			}
			if format != "github" && strings.HasPrefix(strings.TrimSpace(line), "::error") || strings.Contains(line, "##[") {
				tb.Errorf("%s has a command for CI: %q", format, line)
			}
		}
	}
}

func TestNoObjectOfATenantReachesATerminalOrAShell(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"collector", "direct", "native"} {
		snapshot, d := examined(t, invaded(t, base, "evil.yaml", "evil2.yaml"))
		found := d.Examine(snapshot, nil)
		require.Contains(t, idsOf(found), "LS-PROXY-ORPHAN", base)
		result := d.Summarise(snapshot, nil, found)
		assertShown(t, result)
		result.For(finding.Quote("--context=a b"), finding.Quote("--kube-context=a b"), finding.Quote("--context=a b"))
		var commands []string
		for _, f := range result.Findings {
			assert.NotEmpty(t, f.Fix(), f.ID)
			assert.NotContains(t, f.Fix(), "evil.example", f.ID)
			if f.Mend != "" {
				commands = append(commands, f.Mend)
			}
			if f.ID == "LS-PROXY-ORPHAN" {
				assert.Empty(t, f.Mend)
				assert.Contains(t, f.Advice, "not valid in Kubernetes")
			}
		}
		assert.NotEmpty(t, commands)
		for _, command := range commands {
			for _, call := range called(t, command) {
				assert.NotContains(t, call, "curl")
			}
		}
	}
}

func TestATenantsReleaseIsNotTrusted(t *testing.T) {
	t.Parallel()
	r := invaded(t, "collector", "evil2.yaml")
	change{Delete: "Telemetry istio-system/istio-lightstep"}.apply(t, r)
	snapshot, d := examined(t, r)
	found := d.Examine(snapshot, nil)
	require.Equal(t, []string{"LS-TELEMETRY-MISSING"}, idsOf(found))
	assert.Equal(t, "helm get manifest istio-lightstep --namespace istio-system | kubectl apply -f -", found[0].Mend)

	for i := range r.Objects { // only rendered: nothing trusted names a release
		if r.Objects[i].GetNamespace() == "istio-system" {
			r.Objects[i].SetAnnotations(nil)
		}
	}
	snapshot, d = examined(t, r)
	found = d.Examine(snapshot, nil)
	require.Equal(t, []string{"LS-TELEMETRY-MISSING"}, idsOf(found))
	assert.Equal(t, "istio-lightstep render -f YOUR-VALUES.yaml | kubectl apply -f -", found[0].Mend)
}

// called runs a command line in a shell, with every program replaced by one
// that notes how it was called, and gives the calls: the words, one a line.
func called(tb testing.TB, command string) []string {
	tb.Helper()
	programs, log := tb.TempDir(), filepath.Join(tb.TempDir(), "calls")
	const note = "#!/bin/sh\nprintf '%s\\n' \"${0##*/}\" \"$@\" '' >>\"$CALLS\"\n"
	for _, name := range []string{"kubectl", "helm", "istio-lightstep", "istioctl", "curl", "sh", "evil.example"} {
		require.NoError(tb, os.WriteFile(filepath.Join(programs, name), []byte(note), 0o700))
	}
	shell := exec.Command("/bin/sh", "-c", command)
	shell.Dir, shell.Env = tb.TempDir(), []string{"PATH=" + programs, "CALLS=" + log}
	said, err := shell.CombinedOutput()
	require.NoError(tb, err, "%s: %s", command, said)
	data, err := os.ReadFile(log)
	require.NoError(tb, err)
	return strings.Split(strings.TrimSpace(string(data)), "\n\n")
}

// TestEveryCommandIsOneOfAShell runs every command that doctor prints in a
// shell, and holds that each word of it reaches the program as one word.
func TestEveryCommandIsOneOfAShell(t *testing.T) {
	t.Parallel()
	for id, f := range told(t) {
		if f.Mend == "" {
			continue
		}
		for _, call := range called(t, f.Mend) {
			words := strings.Split(call, "\n")
			assert.Contains(t, []string{"kubectl", "helm", "istio-lightstep", "istioctl"}, words[0], id)
			for i, word := range words {
				if strings.HasPrefix(word, "{") || strings.HasPrefix(word, "[") {
					assert.Equal(t, "--patch", words[i-1], "%s: %s", id, word)
					assert.True(t, json.Valid([]byte(word)), "%s: %s", id, word)
				}
			}
		}
	}
}
