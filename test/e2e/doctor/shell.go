package doctor

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Shell runs commands as a user would, in a folder of their own, with kubectl,
// helm, istioctl and istio-lightstep on PATH and the cluster in KUBECONFIG.
type Shell struct {
	// Folder holds the files that commands name.
	Folder string
	// Programs are the paths of programs by the name that commands call them.
	Programs map[string]string
	// Kubeconfig leads to the cluster, with its current context.
	Kubeconfig string
	// Time bounds every script; 4 minutes if it is 0.
	Time time.Duration
}

// Prepare makes the folder, with links to the programs in its bin.
func (s *Shell) Prepare() error {
	bin := filepath.Join(s.Folder, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return err
	}
	for name, path := range s.Programs {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		link := filepath.Join(bin, name)
		_ = os.Remove(link)
		if err := os.Symlink(path, link); err != nil {
			return err
		}
	}
	return nil
}

// File writes a file that commands name.
func (s *Shell) File(name string, text []byte) error {
	return os.WriteFile(filepath.Join(s.Folder, name), text, 0o600)
}

// commandTime is the bound of a script where none is given.
const commandTime = 4 * time.Minute

// Run runs a script. The error holds what it said.
func (s *Shell) Run(ctx context.Context, script string) (stdout []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.Time, commandTime))
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", "set -euo pipefail\n"+script)
	cmd.Dir = s.Folder
	cmd.Env = append(os.Environ(), "KUBECONFIG="+s.Kubeconfig,
		"PATH="+filepath.Join(s.Folder, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("%s: %w: %s", firstLine(script), err, strings.TrimSpace(said.String()))
	}
	return out.Bytes(), nil
}

func firstLine(script string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(script), "\n")
	return line
}

// Finding is what a row needs of one of doctor's.
type Finding struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Subject  string `json:"subject"`
	Reason   string `json:"reason"`
	Mend     string `json:"mend"`
}

// Report is what doctor said.
type Report struct {
	Seconds  float64   `json:"seconds"`
	Calls    int       `json:"calls"`
	Findings []Finding `json:"findings"`
	Gaps     []Gap     `json:"notLookedAt"`
}

// Gap is something that could not be looked at. An optional one is told and not
// counted: how full volumes are is asked of kubelets.
type Gap struct {
	What     string `json:"what"`
	Why      string `json:"why"`
	Optional bool   `json:"optional"`
}

// gaps says whether there is one that counts.
func (r Report) gaps() bool {
	return slices.ContainsFunc(r.Gaps, func(g Gap) bool { return !g.Optional })
}

// IDs gives the ids of the findings, each once, and LS-NOT-LOOKED-AT where
// something could not be looked at.
func (r Report) IDs() []string {
	var ids []string
	seen := map[string]bool{}
	for _, f := range r.Findings {
		if !seen[f.ID] {
			seen[f.ID], ids = true, append(ids, f.ID)
		}
	}
	if r.gaps() {
		ids = append(ids, "LS-NOT-LOOKED-AT")
	}
	return ids
}

// Doctor runs `istio-lightstep doctor mesh -o json`. Its exit status must fit what
// it says: 1 with an error, 2 with something not looked at, else 0.
func (s *Shell) Doctor(ctx context.Context) (Report, error) {
	out, err := s.Run(ctx, "istio-lightstep doctor mesh -o json")
	var report Report
	if decoded := json.Unmarshal(out, &report); decoded != nil {
		return report, fmt.Errorf("doctor wrote no report: %w", errors.Join(decoded, err))
	}
	status := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		status = exit.ExitCode()
	} else if err != nil {
		return report, err
	}
	if want := report.status(); status != want {
		return report, fmt.Errorf("doctor ends with %d, and its report means %d", status, want)
	}
	return report, nil
}

func (r Report) status() int {
	for _, f := range r.Findings {
		if f.Severity == "error" {
			return 1
		}
	}
	if r.gaps() {
		return 2
	}
	return 0
}
