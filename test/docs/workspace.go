package docs

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// Workspace is a copy of the tree, as a user has it who checked it out, with the
// files that commands name. Commands run in it.
type Workspace struct {
	// Dir is the copy.
	Dir string
	// Placeholders are what stands in commands for what the user has.
	Placeholders map[string]string
	// Edit, unless it is nil, changes the values that commands name before they
	// are written: those of values.yaml and new.yaml.
	Edit func(values map[string]any)

	env []string
}

//go:embed samples
var samples embed.FS

// NewWorkspace copies the tree at root into a folder. Programs are the paths of
// programs by the name that commands call them; istio-lightstep is built from
// root where it is not among them.
func NewWorkspace(root, dir string, programs map[string]string) (*Workspace, error) {
	t, err := readTable()
	if err != nil {
		return nil, err
	}
	w := &Workspace{Dir: filepath.Join(dir, "tree"), Placeholders: t.Placeholders}
	if err := w.copyTree(root); err != nil {
		return nil, err
	}
	bin := filepath.Join(dir, "bin")
	if err := link(bin, programs); err != nil {
		return nil, err
	}
	if programs["istio-lightstep"] == "" {
		if err := build(root, filepath.Join(bin, "istio-lightstep")); err != nil {
			return nil, err
		}
	}
	w.env = append(os.Environ(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"), "KUBECONFIG="+os.DevNull)
	return w, w.Samples()
}

// Setenv sets a variable of the environment that commands run in.
func (w *Workspace) Setenv(name, value string) { w.env = append(w.env, name+"="+value) }

// build builds the command at root, not in the copy: Go compiles again what lies
// in a folder that it does not know.
func build(root, to string) error {
	command := exec.Command("go", "build", "-ldflags", "-s -w", "-o", to, "./cmd/istio-lightstep") //nolint:gosec // a folder of this test's own
	command.Dir = root
	if printed, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("go build ./cmd/istio-lightstep: %w: %s", err, printed)
	}
	return nil
}

func link(bin string, programs map[string]string) error {
	if err := os.MkdirAll(bin, 0o750); err != nil {
		return err
	}
	for name, program := range programs {
		if _, err := os.Stat(program); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.Symlink(program, filepath.Join(bin, name)); err != nil {
			return err
		}
	}
	return nil
}

func (w *Workspace) copyTree(root string) error {
	files, err := Files(root)
	if err != nil {
		return err
	}
	for _, name := range files {
		if err := copyFile(filepath.Join(root, name), filepath.Join(w.Dir, name)); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if info.Mode().Type() == fs.ModeSymlink {
		target, err := os.Readlink(from)
		return errors.Join(err, os.Symlink(target, to))
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode().Perm())
}

// Samples writes the files that commands name. values.yaml is the one that the
// README shows.
func (w *Workspace) Samples() error {
	readme, err := os.ReadFile(filepath.Join(w.Dir, "README.md"))
	if err != nil {
		return err
	}
	values := regexp.MustCompile("(?s)```yaml\n(global:.*?)```").FindSubmatch(readme)
	if values == nil {
		return errors.New("README.md shows no values file")
	}
	if err := w.values("values.yaml", values[1]); err != nil {
		return err
	}
	entries, err := samples.ReadDir("samples")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		text, err := samples.ReadFile("samples/" + entry.Name())
		if err != nil {
			return err
		}
		write := w.File
		if entry.Name() == "new.yaml" {
			write = w.values
		}
		if err := write(entry.Name(), text); err != nil {
			return err
		}
	}
	return nil
}

// Values puts the values in place that a statement is for.
func (w *Workspace) Values(s Statement) error {
	if s.Values == "" {
		return w.Samples()
	}
	text, err := samples.ReadFile("samples/" + s.Values)
	if err != nil {
		return err
	}
	return w.values("values.yaml", text)
}

// values writes values as they are, or edited.
func (w *Workspace) values(name string, text []byte) error {
	if w.Edit == nil {
		return w.File(name, text)
	}
	var values map[string]any
	if err := yaml.Unmarshal(text, &values); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	w.Edit(values)
	text, err := yaml.Marshal(values)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return w.File(name, text)
}

// File writes a file that commands name.
func (w *Workspace) File(name string, text []byte) error {
	return os.WriteFile(filepath.Join(w.Dir, name), text, 0o600)
}

// Fill puts into commands what the placeholders stand for.
func (w *Workspace) Fill(commands string) string {
	// The longest first: one may be part of another.
	names := slices.SortedFunc(maps.Keys(w.Placeholders), func(a, b string) int { return len(b) - len(a) })
	for _, name := range names {
		commands = strings.ReplaceAll(commands, name, w.Placeholders[name])
	}
	return commands
}

// Run runs commands as they stand on a page, their placeholders filled, and
// gives what they print, whether on standard output or standard error. To what
// they ask they are answered by the standard input. The error is that of the
// first command that fails.
func (w *Workspace) Run(ctx context.Context, commands, stdin string) (printed string, err error) {
	commands = w.Fill(commands)
	if strings.Contains(commands, "…") {
		return "", fmt.Errorf("a placeholder is not filled: %s", commands)
	}
	cmd := exec.CommandContext(ctx, "bash", "-c", "set -euo pipefail\n"+commands) //nolint:gosec // to run them is the job
	cmd.Dir, cmd.Env, cmd.Stdin = w.Dir, w.env, strings.NewReader(stdin)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%w\n%s\n%s", err, commands, strings.TrimSpace(out.String()))
	}
	return out.String(), nil
}

// Check runs a statement, behind the functions of its page, and gives what it
// prints. The error says where that, or the exit status, is not what
// commands.yaml has.
func (w *Workspace) Check(ctx context.Context, functions string, s Statement, stdin string) (printed string, err error) {
	printed, err = w.Run(ctx, functions+s.Text, stdin)
	status := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		status = exit.ExitCode()
	} else if err != nil {
		return printed, err
	}
	if status != s.Status {
		return printed, fmt.Errorf("exit status %d, not %d, of %s\n%s", status, s.Status, s.Text, printed)
	}
	if !strings.Contains(printed, s.Says) {
		return printed, fmt.Errorf("it does not say %s: %s", s.Says, printed)
	}
	return printed, nil
}
