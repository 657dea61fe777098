package release

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
)

// completions are the shells, and the file that each of them looks for.
var completions = map[string]string{
	"bash":       "completions/istio-lightstep.bash",
	"zsh":        "completions/_istio-lightstep",
	"fish":       "completions/istio-lightstep.fish",
	"powershell": "completions/istio-lightstep.ps1",
}

// extras is the folder of what comes with the command on every platform.
func (r *release) extras() string { return filepath.Join(r.work, "extras") }

// writeExtras has the command write its completions, and a build of it with the
// tag `man` its man pages: the released command has no code for them.
func (r *release) writeExtras(ctx context.Context) error {
	command := filepath.Join(r.work, "bin", "man", here().file())
	if _, err := output(ctx, r.source.folder, goEnvironment(here()), "go", "build", "-mod=readonly", "-trimpath", "-buildvcs=true", "-tags=man",
		"-o", command, "./cmd/istio-lightstep"); err != nil {
		return err
	}
	for _, folder := range []string{"completions", "man/man1"} {
		if err := os.MkdirAll(filepath.Join(r.extras(), folder), 0o750); err != nil {
			return err
		}
	}
	for shell, file := range completions {
		script, err := output(ctx, r.work, nil, command, "completion", shell)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.extras(), filepath.FromSlash(file)), []byte(script+"\n"), 0o600); err != nil {
			return err
		}
	}
	date := "SOURCE_DATE_EPOCH=" + strconv.FormatInt(r.source.time.Unix(), 10)
	if _, err := output(ctx, r.work, []string{date}, command, "man", filepath.Join(r.extras(), "man", "man1")); err != nil {
		return err
	}
	for _, name := range []string{"LICENSE", "README.md"} {
		text, err := os.ReadFile(filepath.Join(r.source.folder, name))
		if err != nil {
			return err
		}
		if name == "README.md" {
			text = []byte(at(string(text), "", r.tag()))
		}
		if err := os.WriteFile(filepath.Join(r.extras(), name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
