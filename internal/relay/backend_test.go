package relay_test

import (
	"context"
	"crypto/tls"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/istio-lightstep/istio-lightstep/internal/relay"
)

// bearer is an authenticator of the collector's: it sends nothing without TLS.
type bearer string

func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"x-token": string(b)}, nil
}
func (bearer) RequireTransportSecurity() bool { return true }

// To a backend of the values a call goes on with the headers that it came with.
func TestCallsArePassedOnWithTheirHeaders(t *testing.T) {
	t.Parallel()
	p := newPair(t, nil) // its own relay is not used
	at := listen(t)
	to := relay.Backend{Protocol: "grpc", Receiver: relay.Receiver{Endpoint: p.address, CAFile: p.ca, Compression: "gzip"}}
	go func() { _ = relay.ServeBackend(t.Context(), at, relay.Options{}, to) }()
	export := func(token string) error {
		conn, err := grpc.NewClient(at.Addr().String(), grpc.WithPerRPCCredentials(bearer(token)),
			grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{InsecureSkipVerify: true})))
		require.NoError(t, err)
		defer conn.Close() //nolint:errcheck // a test's
		ctx, cancel := context.WithTimeout(metadata.AppendToOutgoingContext(t.Context(), "x-team", "blue"), 30*time.Second)
		defer cancel()
		_, err = collectortrace.NewTraceServiceClient(conn).Export(ctx, batchOf(span))
		return err
	}
	require.NoError(t, export("right"))
	assert.True(t, proto.Equal(span, <-p.spans))
	headers := *p.headers.Load()
	assert.Equal(t, []string{"right"}, headers.Get("x-token"))
	assert.Equal(t, []string{"blue"}, headers.Get("x-team"))
	assert.Len(t, headers.Get("content-type"), 1)

	err := export("wrong")
	require.Equal(t, codes.Unavailable, status.Code(err))
	require.ErrorContains(t, err, "code = Unauthenticated desc = unknown token")
	p.said.Store(status.New(codes.PermissionDenied, "token right of team blue"))
	require.EqualError(t, export("right"), "rpc error: code = Unavailable desc = the backend refuses: code = PermissionDenied desc = token [redacted] of team [redacted]")
}

// A backend may ask for a certificate of the client's.
func TestClientCertificateByGRPC(t *testing.T) {
	t.Parallel()
	certificate, authority := newCertificate(t)
	server := grpc.NewServer(grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12})))
	taken := &backend{spans: make(chan *tracev1.Span, 10)}
	collectortrace.RegisterTraceServiceServer(server, taken)
	at, folder := listen(t), t.TempDir()
	go func() { _ = server.Serve(at) }()
	t.Cleanup(server.Stop)
	to := relay.Backend{Protocol: "grpc", Receiver: relay.Receiver{
		Endpoint: at.Addr().String(), CAFile: folder + "/ca", CertFile: folder + "/crt", KeyFile: folder + "/key",
	}}
	(&pair{}).write(t, to.CAFile, authority)
	writePair(t, certificate, to)
	relayed := listen(t)
	go func() {
		_ = relay.Serve(t.Context(), relayed, relay.Options{Receiver: to.Receiver, Header: "x-token", TokenFile: folder + "/token"})
	}()
	(&pair{}).write(t, folder+"/token", "right")
	conn, err := grpc.NewClient(relayed.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer conn.Close() //nolint:errcheck // a test's
	_, err = collectortrace.NewTraceServiceClient(conn).Export(t.Context(), batchOf(span), grpc.WaitForReady(true))
	require.NoError(t, err)
}

func TestBackendsAreRead(t *testing.T) {
	t.Setenv("A_HOST", "a.example.com")
	o, err := relay.ReadOptions([]byte(`
linger: 1
backends:
  - {name: a, protocol: grpc, listen: "b:1", endpoint: "${env:A_HOST}:${env:A_PORT:-443}", server_name: "${A_HOST}", cert_file: c, key_file: d}
  - {name: e, protocol: http, listen: "b:2"}
`))
	require.NoError(t, err)
	assert.Equal(t, relay.Options{Times: relay.Times{Linger: 1}, Backends: []relay.Backend{
		{Name: "a", Protocol: "grpc", Receiver: relay.Receiver{Listen: "b:1", Endpoint: "a.example.com:443", ServerName: "a.example.com", CertFile: "c", KeyFile: "d"}},
		{Name: "e", Protocol: "http", Receiver: relay.Receiver{Listen: "b:2"}},
	}}, o)
	_, err = relay.ReadOptions([]byte("backends: [{name: a, protocol: zipkin}]"))
	require.ErrorContains(t, err, `protocol "zipkin" of backend a is neither grpc nor http`)
	_, err = relay.ReadOptions([]byte("backends: [{name: a, protocol: grpc, compression: zstd}]"))
	require.ErrorContains(t, err, `compression "zstd" is neither none nor gzip`)
}
