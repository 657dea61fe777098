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
	args := []string{"migrate", "--to", "1.28", "--write", "out"}
	for i := range 150 { // each is written and synced, which takes time
		name := fmt.Sprintf("%03d.yaml", i)
		text := "global: {tracer: {lightstep: {address: 'satellite.example.com:443', accessToken: t0kz9d6b7a1e4c52}}}\nx: " + name + "\n"
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	ended := 0
	for _, sent := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		out := filepath.Join(work, "out")
		command := exec.CommandContext(t.Context(), "istio-lightstep", args...)
		command.Dir = work
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		waited := time.Now()
		for len(entries(out)) == 0 {
			if time.Since(waited) > 30*time.Second {
				t.Fatal("it writes nothing")
			}
			time.Sleep(time.Millisecond)
		}
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
