// Package otelcol builds and runs a real OpenTelemetry Collector, that of the
// module in folder collector.
package otelcol

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/shirou/gopsutil/v4/process"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/internal/binaries"
)

// Collector is the program in the cache.
type Collector struct {
	// Path is where it is.
	Path string
}

const module = "collector"

var set = binaries.Set{Name: "otelcol", Sources: []string{module}}

// Open finds the collector. It fails with [binaries.ErrNotBuilt] unless it was
// built from the sources as they are now.
func Open() (Collector, error) {
	folder, err := set.Open()
	if err != nil {
		return Collector{}, fmt.Errorf("collector: %w", err)
	}
	return Collector{Path: filepath.Join(folder, module)}, nil
}

// Build makes the collector in the cache, unless it is there already, which
// built tells.
func Build(ctx context.Context) (collector Collector, built bool, err error) {
	built, err = set.Build(func(folder string) error {
		return binaries.GoBuild(ctx, module, filepath.Join(folder, module), ".")
	})
	if err != nil {
		return Collector{}, false, fmt.Errorf("collector: %w", err)
	}
	collector, err = Open()
	return collector, built, err
}

// Refusal is what the collector says of a configuration that it does not take.
type Refusal struct {
	// Message is what it said, as it said it.
	Message string
}

// Error gives what the collector said.
func (r *Refusal) Error() string { return "the collector refuses its configuration: " + r.Message }

// Validate runs `validate` on configurations, each laid over the one before: a
// file, or `yaml:` and a setting. env are the variables, NAME=value, that they
// name.
func (c Collector) Validate(ctx context.Context, env []string, configs ...string) error {
	cmd := c.command(ctx, "validate", env, configs)
	output, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &Refusal{Message: strings.TrimSpace(string(output))}
	}
	return err
}

// Process is a collector that runs.
type Process struct {
	cmd    *exec.Cmd
	log    log
	exited chan struct{}
}

// log is read while it is written.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write adds to it.
func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String gives all of it.
func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Start runs the collector on configurations and variables as for Validate.
func (c Collector) Start(ctx context.Context, env []string, configs ...string) (*Process, error) {
	p := &Process{cmd: c.command(ctx, "", env, configs), exited: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		// How it ended is in its log; that it ended is all that counts here.
		_ = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// Stop ends the collector and gives what it logged.
func (p *Process) Stop() string {
	_ = p.cmd.Process.Signal(os.Interrupt)
	<-p.exited
	return p.log.String()
}

// Log gives what the collector has logged by now.
func (p *Process) Log() string { return p.log.String() }

// Kill ends the collector as SIGKILL does, without a chance to save anything.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.exited
}

// Usage gives the processor time, user and system, that the collector has taken
// since its start, and the memory that it holds, in MiB.
func (p *Process) Usage() (cpu time.Duration, memory float64, err error) {
	return UsageOf(p.cmd.Process.Pid)
}

// UsageOf gives the same of any process.
func UsageOf(pid int) (cpu time.Duration, memory float64, err error) {
	running, err := process.NewProcess(int32(pid)) //nolint:gosec // a process id
	if err != nil {
		return 0, 0, fmt.Errorf("process %d: %w", pid, err)
	}
	times, err := running.Times()
	if err != nil {
		return 0, 0, fmt.Errorf("process %d: %w", pid, err)
	}
	held, err := running.MemoryInfo()
	if err != nil {
		return 0, 0, fmt.Errorf("process %d: %w", pid, err)
	}
	return time.Duration((times.User + times.System) * float64(time.Second)), float64(held.RSS) / (1 << 20), nil
}

// Exited is closed once the collector has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

func (c Collector) command(ctx context.Context, subcommand string, env, configs []string) *exec.Cmd {
	var args []string
	if subcommand != "" {
		args = append(args, subcommand)
	}
	for _, config := range configs {
		args = append(args, "--config="+config)
	}
	cmd := exec.CommandContext(ctx, c.Path, args...) //nolint:gosec // a program of ours
	cmd.Env = env
	return cmd
}
