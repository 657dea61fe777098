package listen_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/listen"
)

const most = 64

func serve(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := listen.HTTP(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), time.Second)
	go func() { _ = server.Serve(listen.Newest(listener, most)) }()
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// probe asks as the kubelet does, within its default of a second.
func probe(t *testing.T, address string) {
	t.Helper()
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get("http://" + address + "/")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, http.StatusOK, answer.StatusCode)
}

func memory() uint64 {
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	return now.HeapInuse + now.StackInuse
}

// 3,500 connections that say nothing, half a request, or a whole one and then
// nothing, took 64 MiB.
func TestThousandsOfIdleConnections(t *testing.T) {
	for name, said := range map[string]string{
		"nothing": "", "half a request": "GET / HTTP/1.1\r\nHost: x\r\n", "a request": "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			address := serve(t)
			before := memory()
			var conns []net.Conn
			for i := range 3500 {
				conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
				require.NoError(t, err)
				t.Cleanup(func() { _ = conn.Close() })
				_, _ = io.WriteString(conn, said) // may be closed already
				conns = append(conns, conn)
				if i%500 == 0 {
					probe(t, address)
				}
			}
			probe(t, address)
			// Both ends are in this process: a client's takes about 1 KiB.
			assert.Less(t, int64(memory())-int64(before), int64(12<<20), "bytes")
			assert.LessOrEqual(t, open(conns), most)
		})
	}
}

// open counts the connections that the other side has not closed.
func open(conns []net.Conn) int {
	count := 0
	deadline := time.Now().Add(2 * time.Second)
	for _, conn := range conns {
		_ = conn.SetReadDeadline(deadline)
		_, err := io.Copy(io.Discard, conn)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			count++
		}
	}
	return count
}

// A closed connection gives its place free, once.
func TestPlacesAreGivenBack(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	bounded := listen.Newest(listener, 2)
	t.Cleanup(func() { _ = bounded.Close() })
	accept := func() (client, server net.Conn) {
		client, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
		require.NoError(t, err)
		t.Cleanup(func() { _ = client.Close() })
		server, err = bounded.Accept()
		require.NoError(t, err)
		return client, server
	}
	first, _ := accept()
	_, second := accept()
	require.NoError(t, second.Close())
	require.Error(t, second.Close())
	accept()
	assert.Equal(t, 1, open([]net.Conn{first}), "there was room")
	accept()
	assert.Zero(t, open([]net.Conn{first}), "the oldest")
}
