package images

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// buildFlags are those of every program. Old Istio minors reach into the
// standard library by linkname, which newer linkers refuse unless told.
var buildFlags = []string{"-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -checklinkname=0"}

// goBuild builds a program for the nodes, whatever machine it is built on.
func (b *builder) goBuild(ctx context.Context, program goProgram, output string) error {
	flags := slices.Clone(buildFlags)
	if program.stamp != "" {
		flags[len(flags)-1] += " -X " + program.stamp
	}
	_, err := b.goCommand(ctx, program.module, slices.Concat([]string{"build"}, flags, []string{"-o", output, program.pkg})...)
	return err
}

// goCommand runs the go command in a module, whatever workspace or flags the
// caller has, and gives its standard output.
func (b *builder) goCommand(ctx context.Context, module string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the arguments are ours
	cmd.Dir = filepath.Join(b.root, filepath.FromSlash(module))
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOWORK=off", "GOFLAGS=")
	return output(cmd)
}

// run runs a command of the machine and gives its standard output.
func run(ctx context.Context, command string, args ...string) ([]byte, error) {
	return output(exec.CommandContext(ctx, command, args...)) //nolint:gosec // the arguments are ours
}

// output runs the command. When it fails, the error ends with the last lines of
// what it wrote.
func output(cmd *exec.Cmd) ([]byte, error) {
	var stdout, all bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &all
	if err := cmd.Run(); err != nil {
		if all.Len() == 0 {
			all = stdout // Some write their errors there.
		}
		lines := strings.Split(strings.TrimSpace(all.String()), "\n")
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, strings.Join(lines[max(0, len(lines)-20):], "\n"))
	}
	return stdout.Bytes(), nil
}
