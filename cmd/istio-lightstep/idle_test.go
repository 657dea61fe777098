package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/shirou/gopsutil/v4/process"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// TestIdleConnectionsAreClosed opens 3,500 connections to the containers beside
// the collector. Their pod was out of memory before, at 64 MiB by default.
// What is counted is open connections: memory depends on how the test is built.
func TestIdleConnectionsAreClosed(t *testing.T) {
	address, other := ports.Address(t), ports.Address(t)
	for name, c := range map[string]struct {
		arguments   []string
		probe, idle string
		said        string
	}{
		"reload":         {[]string{"reload-collector", "--cacert=none.pem", "--listen=" + address}, "http://" + address + "/", address, "GET / HTTP/1.1\r\nHost: x\r\n"},
		"tap":            {[]string{"tap-collector", "--otlp=" + other, "--listen=" + address}, "http://" + address + "/spans", address, "GET /spans HTTP/1.1\r\nHost: x\r\n"},
		"tap, for spans": {[]string{"tap-collector", "--otlp=" + other, "--listen=" + address}, "http://" + address + "/spans", other, "PRI * HTTP/2.0\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			command := exec.CommandContext(t.Context(), "istio-lightstep", c.arguments...)
			command.Dir, command.Stderr = t.TempDir(), os.Stderr
			require.NoError(t, command.Start())
			t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
			require.Eventually(t, func() bool { return ready(c.probe) }, time.Minute, 20*time.Millisecond)
			before := descriptors(t, command.Process.Pid)
			for range 3500 {
				conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", c.idle)
				require.NoError(t, err)
				t.Cleanup(func() { _ = conn.Close() })
				_, _ = io.WriteString(conn, c.said) // may be closed already
			}
			require.Eventually(t, func() bool { return ready(c.probe) }, time.Minute, 20*time.Millisecond, "no answer")
			assert.Eventually(t, func() bool {
				return descriptors(t, command.Process.Pid) <= before+maxConnections+10
			}, time.Minute, 20*time.Millisecond, "%d file descriptors", descriptors(t, command.Process.Pid))
		})
	}
}

// ready asks as the kubelet does, within its default of a second.
func ready(url string) bool {
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(url)
	return err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
}

func descriptors(t *testing.T, pid int) int32 {
	t.Helper()
	p, err := process.NewProcess(int32(pid))
	require.NoError(t, err)
	open, err := p.NumFDs()
	require.NoError(t, err)
	return open
}
