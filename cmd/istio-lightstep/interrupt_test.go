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

// TestInterruptLeavesNoTokenBehind presses Ctrl-C while migrate writes: either
// every file is there or none is, and no temporary one with the token.
func TestInterruptLeavesNoTokenBehind(t *testing.T) {
	work := t.TempDir()
	args := append([]string{"migrate", "--to", "1.28", "--write", "out"}, manyFiles(t, work)...)
	ended := 0
	for _, sent := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		out := filepath.Join(work, "out")
		command := exec.CommandContext(t.Context(), "istio-lightstep", args...)
		command.Dir = work
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		untilItWrites(t, out)
		if err := command.Process.Signal(sent); err != nil {
			t.Fatal(err)
		}
		_ = command.Wait()
		if state, ok := command.ProcessState.Sys().(syscall.WaitStatus); ok && state.Signal() == sent {
			ended++
		}
		left := entries(out)
		if len(left) != 0 && len(left) != 153 {
			t.Errorf("%s left %d files", sent, len(left))
		}
		for _, name := range left {
			if strings.HasPrefix(name, ".") {
				t.Errorf("%s left %s", sent, name)
			}
		}
		if err := os.RemoveAll(out); err != nil {
			t.Fatal(err)
		}
	}
	if ended == 0 {
		t.Error("no signal came while it wrote")
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
	late := time.AfterFunc(30*time.Second, func() { _ = command.Process.Kill() })
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

func untilItWrites(t *testing.T, folder string) {
	t.Helper()
	waited := time.Now()
	for len(entries(folder)) == 0 {
		if time.Since(waited) > 30*time.Second {
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
