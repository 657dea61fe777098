//go:build !race

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestInterruptLeavesNoTokenBehind presses Ctrl-C while a command writes: either
// every file is there or none is, and no temporary one with the token.
func TestInterruptLeavesNoTokenBehind(t *testing.T) {
	work := t.TempDir()
	for name, args := range map[string][]string{
		"migrate": append([]string{"migrate", "--to", "1.28", "--write", "out"}, manyFiles(t, work)...),
		"render":  {"render", "--output-dir", "out", "-f", manyObjects(t, work)},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(work, "out")
			whole := exec.CommandContext(t.Context(), "istio-lightstep", args...)
			whole.Dir = work
			if told, err := whole.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, told)
			}
			all := len(entries(out))
			emptied(t, out)
			ended := 0
			for _, sent := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
				if interrupted(t, work, args, sent) {
					ended++
				}
				left := entries(out)
				if len(left) != 0 && len(left) != all {
					t.Errorf("%s left %d files of %d", sent, len(left), all)
				}
				for _, name := range left {
					if strings.HasPrefix(name, ".") {
						t.Errorf("%s left %s", sent, name)
					}
				}
				emptied(t, out)
			}
			if ended == 0 {
				t.Error("no signal came while it wrote")
			}
		})
	}
}

// interrupted sends a signal to the command while it writes, and tells whether the signal ended it.
func interrupted(t *testing.T, work string, args []string, sent syscall.Signal) bool {
	t.Helper()
	command := exec.CommandContext(t.Context(), "istio-lightstep", args...)
	command.Dir = work
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	untilItWrites(t, filepath.Join(work, "out"))
	if err := command.Process.Signal(sent); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
	state, ok := command.ProcessState.Sys().(syscall.WaitStatus)
	return ok && state.Signal() == sent
}

func emptied(t *testing.T, folder string) {
	t.Helper()
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
}

// TestIgnoredSignalsStayIgnored runs migrate as nohup does, and has the terminal
// go away: it writes everything and ends by itself.
func TestIgnoredSignalsStayIgnored(t *testing.T) {
	work := t.TempDir()
	script := `trap '' HUP; exec istio-lightstep migrate --to 1.28 --write out "$@"`
	args := append([]string{"-c", script, "sh"}, manyFiles(t, work)...)
	command := exec.CommandContext(t.Context(), "sh", args...)
	command.Dir = work
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	untilItWrites(t, filepath.Join(work, "out"))
	if err := command.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(5*time.Minute, func() { _ = command.Process.Kill() })
	defer late.Stop()
	if err := command.Wait(); err != nil {
		t.Fatal(err)
	}
	if left := entries(filepath.Join(work, "out")); len(left) != 153 {
		t.Errorf("%d files are there", len(left))
	}
}

// manyFiles makes documents with a token: each is written and synced, which
// takes time. It gives their names.
func manyFiles(t *testing.T, folder string) []string {
	t.Helper()
	var names []string
	for i := range 150 {
		name := fmt.Sprintf("%03d.yaml", i)
		text := "global: {tracer: {lightstep: {address: 'satellite.example.com:443', accessToken: t0kz9d6b7a1e4c52}}}\nx: " + name + "\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// manyObjects makes values with a token and many objects, each of which is a file.
func manyObjects(t *testing.T, folder string) string {
	t.Helper()
	text := "istio: {version: 1.28.0}\nglobal: {tracer: {lightstep: {address: 'satellite.example.com:443', accessToken: t0kz9d6b7a1e4c52}}}\nextraObjects:\n"
	for i := range 150 {
		text += fmt.Sprintf("- {apiVersion: v1, kind: ConfigMap, metadata: {name: a%03d}}\n", i)
	}
	name := filepath.Join(folder, "values-of-many.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func untilItWrites(t *testing.T, folder string) {
	t.Helper()
	waited := time.Now()
	for len(entries(folder)) == 0 {
		if time.Since(waited) > 5*time.Minute { // Under the race detector and load it reads for long.
			t.Fatal("it writes nothing")
		}
		time.Sleep(time.Millisecond)
	}
}

func entries(dir string) []string {
	found, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, entry := range found {
		names = append(names, entry.Name())
	}
	return names
}
