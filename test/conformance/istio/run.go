package istio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Refusal is a program's answer that it does not take the input.
type Refusal struct {
	// Version is the Istio release that refused.
	Version string
	// Command is what was run, without the program's path.
	Command []string
	// Message is what the program said, as it said it.
	Message string
}

// Error names the release, the command and what it said.
func (r *Refusal) Error() string {
	return fmt.Sprintf("istio %s refuses %s: %s", r.Version, strings.Join(r.Command, " "), r.Message)
}

// MeshConfig gives the mesh config in YAML that istiod of this release makes of
// the documents, the later ones winning, laid over its defaults. An unknown
// field, a failed validation and a warning each give a [Refusal].
func (t Tools) MeshConfig(ctx context.Context, documents ...[]byte) ([]byte, error) {
	args := []string{"meshmerge"}
	output, err := t.run(ctx, t.Paths.Oracle, bytes.NewReader(bytes.Join(documents, []byte("\n---\n"))), args)
	if err != nil {
		return nil, err
	}
	config, accepted := bytes.CutPrefix(output, []byte("ok\n"))
	if !accepted {
		warning, _, _ := bytes.Cut(output, []byte("\nok\n"))
		return nil, &Refusal{Version: t.Version, Command: args, Message: string(warning)}
	}
	return config, nil
}

// LightstepCollector is the mesh config's Tracing.Lightstep. Releases from 1.6
// on ignore Secure and CacertPath, which they do not have.
type LightstepCollector struct {
	Address     string `json:"address"`
	AccessToken string `json:"accessToken"`
	Secure      bool   `json:"secure"`
	CacertPath  string `json:"cacertPath"`
}

// ValidateLightstep gives, for each collector, what the release's own
// ValidateLightstepCollector says: nothing, or why it refuses. A million
// collectors take some four seconds.
func (t Tools) ValidateLightstep(ctx context.Context, collectors []LightstepCollector) ([]string, error) {
	var input bytes.Buffer
	encoder := json.NewEncoder(&input)
	for _, collector := range collectors {
		if err := encoder.Encode(collector); err != nil { //nolint:gosec // a token of a test, for the program asked
			return nil, err
		}
	}
	output, err := t.run(ctx, t.Paths.Oracle, &input, []string{"lightstep"})
	if err != nil {
		return nil, err
	}
	answers := strings.Split(strings.TrimSuffix(string(output), "\n"), "\n")
	if len(answers) != len(collectors) {
		return nil, fmt.Errorf("istio %s: %d answers to %d collectors", t.Version, len(answers), len(collectors))
	}
	for i, answer := range answers {
		if answer == "ok" {
			answers[i] = ""
		}
	}
	return answers, nil
}

// patience bounds one run. What takes longer waits for a cluster.
const patience = 3 * time.Minute

// run gives the program an empty home and no cluster: what it says depends on
// its input alone.
func (t Tools) run(ctx context.Context, program string, stdin io.Reader, args []string, env ...string) ([]byte, error) {
	home, err := os.MkdirTemp("", "istio-home-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(home) }()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // a program of ours
	// KUBECONFIG stays unset: where it names no file, old istioctl warn about it
	// in the midst of their manifests.
	cmd.Env = append([]string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}, env...)
	cmd.Stdin = stdin
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		message := strings.TrimSpace(stderr.String() + stdout.String())
		return nil, &Refusal{Version: t.Version, Command: args, Message: message}
	}
	if err != nil {
		return nil, fmt.Errorf("istio %s: running %s: %w", t.Version, program, err)
	}
	return stdout.Bytes(), nil
}
