package conformance_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// TestCollectorIsTapped runs the real collector with a tap, as the chart has
// them in one pod: what the satellite gets, the tap tells doctor; and a tap that
// hangs or is away costs no span, nor does any proxy hear of it.
func TestCollectorIsTapped(t *testing.T) {
	folder := t.TempDir()
	pool := newSatellite(t, folder, true)
	pool.start(t)
	mountSecret(t, filepath.Join(folder, "access-token"), "token", tokenMarker)
	otlp, listen := ports.Address(t), ports.Address(t)
	process := startTap(t, folder, otlp, listen)
	collector := startCollectorWith(t, folder, pool.address, true,
		[]render.Source{render.Set("collector.tap.enabled=true")}, "yaml:exporters::otlp_grpc/tap::endpoint: "+otlp)
	arrive := func(name string, count int) {
		t.Helper()
		for n := range count {
			collector.send(t, fmt.Sprint(name, n))
		}
		for n := range count {
			pool.wantSpan(t, fmt.Sprint(name, n), tokenMarker)
		}
	}

	arrive("tapped", 3)
	require.Eventually(t, func() bool { return len(tapped(t, listen)) == 3 }, time.Minute, 50*time.Millisecond, "the tap has the spans")
	assert.Equal(t, "7369787465656e206279746573206964", tapped(t, listen)[0].Trace)

	require.NoError(t, process.Process.Signal(syscall.SIGSTOP))
	arrive("hanging", 100)
	require.NoError(t, process.Process.Signal(syscall.SIGCONT))
	require.NoError(t, process.Process.Signal(syscall.SIGTERM))
	require.NoError(t, process.Wait(), "told to end, it ends well")
	arrive("away", 100)
}

// startTap runs this project's command as the chart's container does.
func startTap(t *testing.T, folder, otlp, listen string) *exec.Cmd {
	t.Helper()
	program := buildCommand(t, folder)
	process := exec.CommandContext(context.WithoutCancel(t.Context()), program, "tap-collector", "--otlp="+otlp, "--listen="+listen)
	process.Stderr = t.Output()
	require.NoError(t, process.Start())
	t.Cleanup(func() { _ = process.Process.Kill() })
	require.Eventually(t, func() bool {
		answer, err := http.Get("http://" + listen + tap.Path)
		return err == nil && answer.Body.Close() == nil
	}, time.Minute, 20*time.Millisecond, "the tap answers")
	return process
}

// buildCommand makes this project's command in a folder.
func buildCommand(t *testing.T, folder string) string {
	t.Helper()
	program := filepath.Join(folder, "istio-lightstep")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./cmd/istio-lightstep")
	build.Dir = "../.."
	said, err := build.CombinedOutput()
	require.NoError(t, err, "%s", said)
	return program
}

// tapped gives what a tap shows.
func tapped(t *testing.T, listen string) []tap.Span {
	t.Helper()
	answer, err := http.Get("http://" + listen + tap.Path)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	_, spans, err := tap.Read(text)
	require.NoError(t, err)
	return spans
}
