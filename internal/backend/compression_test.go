package backend_test

import (
	"compress/gzip"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/istio-lightstep/istio-lightstep/internal/backend"
)

// receiver answers what is compressed with a status of gRPC (its protocol over
// HTTP/2), and all else with success.
func receiver(t *testing.T, ca *authority, status, message string) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/grpc")
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		if r.Header.Get("Grpc-Encoding") != "" {
			assert.Equal(t, "gzip", r.Header.Get("Grpc-Encoding"))
			assert.Equal(t, byte(1), body[0], "the message is not compressed")
			assert.Zero(t, spansIn(t, string(body[5:])))
			w.Header().Set("Grpc-Status", status)
			w.Header().Set("Grpc-Message", message)
			if status != "0" {
				return
			}
		}
		w.Header().Set("Trailer", "Grpc-Status")
		_, _ = w.Write(make([]byte, 5)) // an empty message
		w.Header().Set("Grpc-Status", "0")
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{ca.sign(t)}}
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func spansIn(t *testing.T, compressed string) int {
	t.Helper()
	unpacked, err := gzip.NewReader(strings.NewReader(compressed))
	require.NoError(t, err)
	data, err := io.ReadAll(unpacked)
	require.NoError(t, err)
	var request collectortrace.ExportTraceServiceRequest
	require.NoError(t, proto.Unmarshal(data, &request))
	return len(request.ResourceSpans[0].ScopeSpans)
}

func TestGzip(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "private CA")
	const notInstalled = `grpc: Decompressor is not installed for grpc-encoding "gzip"`
	for name, c := range map[string]struct {
		status, message, compression string
		seen, id, reason             string
		failed                       bool
	}{
		"taken":                           {status: "0", compression: "gzip", seen: "taken"},
		"taken, none configured":          {status: "0", compression: "none", seen: "taken, and collector.compression is none: with gzip less is sent"},
		"taken, auto":                     {status: "0", seen: "taken"},
		"wants spans":                     {status: "3", message: "no spans", compression: "gzip", seen: "taken"},
		"refused":                         {status: "12", message: notInstalled, compression: "gzip", id: "LS-SATELLITE-GZIP", reason: "drop every span: Unimplemented: " + notInstalled, failed: true},
		"refused otherwise":               {status: "3", message: "unknown encoding", compression: "gzip", id: "LS-SATELLITE-GZIP", reason: "drop every span", failed: true},
		"refused with words":              {status: "13", message: accessToken, compression: "gzip", id: "LS-SATELLITE-GZIP", reason: "Internal: [redacted]", failed: true},
		"refused, none configured":        {status: "12", message: notInstalled, compression: "none", seen: "not taken: collector.compression must not be gzip"},
		"refused, auto":                   {status: "12", message: notInstalled, seen: "not taken: collector.compression must not be gzip"},
		"not now":                         {status: "14", message: "draining", compression: "gzip", seen: "unknown", id: "LS-SATELLITE-GZIP", reason: "is unknown: Unavailable: draining"},
		"not now, and it does not matter": {status: "14", message: "draining", compression: "none", seen: "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := local(receiver(t, ca, c.status, c.message), ca)
			target.Collected, target.Compression = true, c.compression
			var last backend.Step
			problems, err := backend.Probe(t.Context(), target, func(s backend.Step) { last = s })
			require.NoError(t, err)
			assert.Equal(t, "gzip", last.Name)
			assert.Equal(t, c.seen, last.Seen)
			assert.Equal(t, c.failed, last.Failed())
			if c.id == "" {
				assert.Empty(t, problems)
				return
			}
			require.Len(t, problems, 1)
			assert.Equal(t, c.id, problems[0].ID)
			assert.Equal(t, "collector.compression", problems[0].Path)
			assert.Contains(t, problems[0].Reason, c.reason)
			assert.Contains(t, problems[0].Fix, "collector.compression to none")
		})
	}
}

// Proxies do not compress.
func TestGzipIsTriedForACollectorAlone(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "private CA")
	target := local(receiver(t, ca, "0", ""), ca)
	assert.NotContains(t, probe(t, target).steps, "gzip")
	target.Collected = true
	assert.Contains(t, probe(t, target).steps, "gzip")
}
