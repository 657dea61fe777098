package conformance_test

import (
	"crypto/tls"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// withoutGzip starts a satellite that answers a call with gzip as gRPC servers do that
// cannot read it: UNIMPLEMENTED. It counts these.
func withoutGzip(t *testing.T, folder string) (pool *satellitePool, refused *atomic.Int64) {
	t.Helper()
	pool, refused = newSatellite(t, folder, false), &atomic.Int64{}
	authority, certificate := newCertificate(t)
	require.NoError(t, os.WriteFile(filepath.Join(folder, caFile), authority, 0o600))
	takes := grpc.NewServer()
	collectortrace.RegisterTraceServiceServer(takes, pool)
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2"}}
	server := &http.Server{ReadHeaderTimeout: time.Minute, TLSConfig: config, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Grpc-Encoding") != "gzip" {
			takes.ServeHTTP(w, r)
			return
		}
		refused.Add(1)
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Grpc-Status", "12")
		w.Header().Set("Grpc-Message", `grpc: Decompressor is not installed for grpc-encoding "gzip"`)
	})}
	listener, err := net.Listen("tcp", pool.address)
	require.NoError(t, err)
	go func() { _ = server.ServeTLS(listener, "", "") }()
	t.Cleanup(func() { _ = server.Close() })
	return pool, refused
}

// TestCollectorDropsWhatASatelliteWithoutGzipRefuses shows why the chart compresses for
// hosts of LightStep's alone: UNIMPLEMENTED is final, so every span is lost.
func TestCollectorDropsWhatASatelliteWithoutGzipRefuses(t *testing.T) {
	for compression, arrives := range map[string]bool{"": true, "gzip": false} {
		t.Run("compression "+compression, func(t *testing.T) {
			folder := t.TempDir()
			pool, refused := withoutGzip(t, folder)
			mountSecret(t, filepath.Join(folder, "access-token"), "token", tokenMarker)
			collector := configureCollector(t, folder, pool.address, true, []render.Source{render.SetString("collector.compression=" + compression)})
			process := collector.start(t)
			collector.reached(t).send(t, "compressed")
			if arrives {
				pool.wantSpan(t, "compressed", tokenMarker)
				assert.Zero(t, refused.Load())
				return
			}
			require.Eventually(t, func() bool { return refused.Load() > 0 }, time.Minute, 20*time.Millisecond)
			// The collector waits for the answer, and says before it ends that it keeps nothing.
			log := process.Stop()
			assert.Contains(t, log, "Exporting failed. Dropping data.")
			assert.Contains(t, log, "Decompressor is not installed")
			assert.Empty(t, pool.token(t, "compressed"))
		})
	}
}
