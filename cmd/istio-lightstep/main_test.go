package main

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// TestMain lets the scripts run the command as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"istio-lightstep": main})
}

// TestScripts runs the command as a user would. EXAMPLES is the folder of the
// repository's examples.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range scripts {
		found, err := filepath.Glob("testdata/script/" + pattern + ".txtar")
		require.NoError(t, err)
		require.NotEmpty(t, found, pattern)
		files = append(files, found...)
	}
	testscript.Run(t, testscript.Params{
		Files:               files,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			env.Setenv("GOGC", os.Getenv("GOGC"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "targets": targets, "apiserver": apiServer, "stalled": stalled, "otlp": otlpServers},
	})
}

// status runs a command and holds its exit status against the one expected:
// status 2 istio-lightstep rendr.
func status(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = exitStatus(err)
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, not %s: %v", got, args[0], err)
	}
}

func exitStatus(err error) string {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err.Error()
	}
	return strconv.Itoa(exit.ExitCode())
}

// TestInterruptEndsADoctorThatWaits presses Ctrl-C while the API server owes an
// answer.
func TestInterruptEndsADoctorThatWaits(t *testing.T) {
	asked := make(chan struct{}, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(kubeconfig, []byte(kubeconfigOf(server.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "istio-lightstep", "doctor", "mesh", "--kubeconfig", kubeconfig)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-asked:
	case <-time.After(time.Minute):
		t.Fatal("it asks nothing")
	}
	pressed := time.Now()
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
	if took := time.Since(pressed); took > 30*time.Second {
		t.Errorf("it ended %s after Ctrl-C", took)
	}
	if state, ok := command.ProcessState.Sys().(syscall.WaitStatus); !ok || state.Signal() != syscall.SIGINT {
		t.Errorf("it ended by %v, not by the signal, which shells go by", command.ProcessState)
	}
}

// stalled writes a kubeconfig for a server that never answers: stalled kubeconfig.
func stalled(ts *testscript.TestScript, _ bool, args []string) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	ts.Defer(server.Close)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(kubeconfigOf(server.URL)), 0o600))
}

// targets writes values files 0000.yaml and on, each for a satellite of that
// name, and list.txt, which names them all for -f: targets 200.
func targets(ts *testscript.TestScript, _ bool, args []string) {
	count, err := strconv.Atoi(args[0])
	ts.Check(err)
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("%04d.yaml", i)
		values := fmt.Sprintf("global: {tracer: {lightstep: {address: 'satellite-%04d.mesh:8184', accessToken: t0ken-of-a-project}}}\n", i)
		ts.Check(os.WriteFile(ts.MkAbs(names[i]), []byte(values), 0o600))
	}
	ts.Check(os.WriteFile(ts.MkAbs("list.txt"), []byte(strings.Join(names, ",")), 0o600))
}

// Each command says what it does, and each text of commands.yaml is of one.
func TestCommandsSayWhatTheyDo(t *testing.T) {
	root := newRoot(&streams{})
	require.NoError(t, describe(root))
	var texts map[string]any
	require.NoError(t, yaml.Unmarshal(commandsYAML, &texts))
	var paths []string
	for all := []*cobra.Command{root}; len(all) > 0; all = all[1:] {
		assert.NotEmpty(t, all[0].Short, all[0].CommandPath())
		paths = append(paths, all[0].CommandPath())
		all = append(all, all[0].Commands()...)
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(texts)), paths)
}
