package relay_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
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

// backend takes spans with one token, over TLS by a CA of its own.
type backend struct {
	collectortrace.UnimplementedTraceServiceServer
	refusal atomic.Int32 // a code instead of the answer
	said    atomic.Pointer[status.Status]
	headers atomic.Pointer[metadata.MD] // of the latest call
	spans   chan *tracev1.Span
}

func (b *backend) Export(ctx context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	incoming, _ := metadata.FromIncomingContext(ctx)
	b.headers.Store(&incoming)
	if tokens := incoming.Get("x-token"); len(tokens) != 1 || tokens[0] != "right" {
		return nil, status.Errorf(codes.Unauthenticated, "unknown token")
	}
	if said := b.said.Load(); said != nil {
		return nil, said.Err()
	}
	if code := codes.Code(b.refusal.Load()); code != codes.OK {
		return nil, status.Error(code, "not now")
	}
	b.spans <- request.ResourceSpans[0].ScopeSpans[0].Spans[0]
	return &collectortrace.ExportTraceServiceResponse{PartialSuccess: &collectortrace.ExportTracePartialSuccess{ErrorMessage: "taken"}}, nil
}

// pair is a backend, a relay to it, and a client of the relay.
type pair struct {
	*backend
	client  collectortrace.TraceServiceClient
	conn    *grpc.ClientConn
	address string // of the backend
	token   string // file
	ca      string // file
	stop    context.CancelFunc
	ended   chan error
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return listener
}

func newPair(t *testing.T, change func(*relay.Options)) *pair {
	t.Helper()
	folder := t.TempDir()
	p := &pair{
		backend: &backend{spans: make(chan *tracev1.Span, 10)},
		token:   filepath.Join(folder, "token"), ca: filepath.Join(folder, "ca.pem"), ended: make(chan error, 1),
	}
	certificate, authority := newCertificate(t)
	p.write(t, p.token, "right\n")
	p.write(t, p.ca, authority)
	server := grpc.NewServer(grpc.Creds(credentials.NewServerTLSFromCert(&certificate)))
	collectortrace.RegisterTraceServiceServer(server, p.backend)
	at := listen(t)
	go func() { _ = server.Serve(at) }()
	t.Cleanup(server.Stop)
	p.address = at.Addr().String()

	options := relay.Options{Receiver: relay.Receiver{Endpoint: at.Addr().String(), CAFile: p.ca}, Header: "x-token", TokenFile: p.token}
	if change != nil {
		change(&options)
	}
	ctx, stop := context.WithCancel(t.Context())
	p.stop = stop
	relayed := listen(t)
	go func() { p.ended <- relay.Serve(ctx, relayed, options) }()
	conn, err := grpc.NewClient(relayed.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	p.conn, p.client = conn, collectortrace.NewTraceServiceClient(conn)
	return p
}

func (p *pair) write(t *testing.T, file, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
}

var span = &tracev1.Span{Name: "a span", TraceId: []byte("sixteen bytes id"), SpanId: []byte("eight of")}

func (p *pair) export(t *testing.T) (*collectortrace.ExportTraceServiceResponse, error) {
	t.Helper()
	return p.exportOne(t, span)
}

func (p *pair) exportOne(t *testing.T, one *tracev1.Span) (*collectortrace.ExportTraceServiceResponse, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return p.client.Export(ctx, batchOf(one))
}

func batchOf(one *tracev1.Span) *collectortrace.ExportTraceServiceRequest {
	return &collectortrace.ExportTraceServiceRequest{ResourceSpans: []*tracev1.ResourceSpans{{
		ScopeSpans: []*tracev1.ScopeSpans{{Spans: []*tracev1.Span{one}}},
	}}}
}

func TestSpansArePassedOnAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, compression := range []string{"", "none", "gzip"} {
		p := newPair(t, func(o *relay.Options) { o.Compression = compression })
		answer, err := p.export(t)
		require.NoError(t, err)
		assert.Equal(t, "taken", answer.GetPartialSuccess().GetErrorMessage(), "the answer comes back as it is")
		assert.True(t, proto.Equal(span, <-p.spans))
	}
}

// What a collector would drop for is UNAVAILABLE, and all else as it was.
func TestRefusals(t *testing.T) {
	t.Parallel()
	p := newPair(t, nil)
	for refusal, want := range map[codes.Code]codes.Code{
		codes.Unauthenticated: codes.Unavailable, codes.PermissionDenied: codes.Unavailable, codes.ResourceExhausted: codes.Unavailable,
		codes.Internal: codes.Unavailable, codes.Unknown: codes.Unavailable, codes.Unimplemented: codes.Unavailable,
		codes.Unavailable: codes.Unavailable, codes.InvalidArgument: codes.InvalidArgument, codes.Aborted: codes.Aborted,
		codes.DataLoss: codes.DataLoss, codes.FailedPrecondition: codes.Unavailable, codes.NotFound: codes.Unavailable,
		codes.AlreadyExists: codes.Unavailable, codes.OutOfRange: codes.OutOfRange,
	} {
		p.refusal.Store(int32(refusal))
		_, err := p.export(t)
		assert.Equal(t, want, status.Code(err), refusal)
		assert.ErrorContains(t, err, "not now", "why stays to be seen")
		if want != refusal {
			assert.ErrorContains(t, err, "code = "+refusal.String(), "doctor reads the cause in the collector's log")
		}
	}
}

// A token and a CA are mended in their files, and nothing is restarted.
func TestFilesAreReadAgain(t *testing.T) {
	t.Parallel()
	p := newPair(t, nil)
	p.write(t, p.token, "wrong")
	_, err := p.export(t)
	require.Equal(t, codes.Unavailable, status.Code(err))
	require.NoError(t, os.Remove(p.token))
	_, err = p.export(t)
	require.ErrorContains(t, err, "read the access token")
	require.Equal(t, codes.Unavailable, status.Code(err))
	p.write(t, p.token, "right")
	_, err = p.export(t)
	require.NoError(t, err)

	var good []byte
	p = newPair(t, func(o *relay.Options) {
		good, err = os.ReadFile(o.CAFile)
		require.NoError(t, err)
		_, other := newCertificate(t)
		require.NoError(t, os.WriteFile(o.CAFile, []byte(other), 0o600))
	})
	_, err = p.export(t)
	require.Equal(t, codes.Unavailable, status.Code(err))
	require.ErrorContains(t, err, "certificate signed by unknown authority")
	p.write(t, p.ca, string(good))
	require.EventuallyWithT(t, func(c *assert.CollectT) { _, err := p.export(t); assert.NoError(c, err) }, 20*time.Second, 100*time.Millisecond)
}

// A token that no header can have is not the backend's answer: it is waited for
// longer than for any batch, until the file is right.
func TestTokenThatNoHeaderCanHave(t *testing.T) {
	t.Parallel()
	p := newPair(t, func(o *relay.Options) { o.Patience = time.Nanosecond })
	for _, token := range []string{"\xef\xbb\xbfright", "r\x00i\x00g\x00h\x00t\x00", "riéght", "right\nagain", "right\tagain", "right\x7f"} {
		p.write(t, p.token, token)
		for range 3 {
			_, err := p.export(t)
			require.Equal(t, codes.Unavailable, status.Code(err), "%q: %v", token, err)
			require.ErrorContains(t, err, "the access token has a character that no header can have")
			require.NotContains(t, err.Error(), "the backend refuses")
			require.NotContains(t, err.Error(), "right", "no part of the token is shown")
		}
	}
	p.write(t, p.token, "right\r\n")
	_, err := p.export(t)
	require.NoError(t, err)
}

// The collector ends beside it: what it sends until then is passed on.
func TestTheEndWaitsForTheCollector(t *testing.T) {
	t.Parallel()
	p := newPair(t, func(o *relay.Options) { o.Grace = 300 })
	_, err := p.export(t)
	require.NoError(t, err)
	p.stop()
	time.Sleep(300 * time.Millisecond)
	_, err = p.export(t)
	require.NoError(t, err, "the collector is still there")
	require.NoError(t, p.conn.Close())
	select {
	case err := <-p.ended:
		require.NoError(t, err)
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
}

// A collector without spans has no connection, and may get some in its last seconds.
func TestTheEndWaitsForACollectorThatIsNotConnected(t *testing.T) {
	t.Parallel()
	p := newPair(t, func(o *relay.Options) { o.Linger = 300 })
	p.stop()
	time.Sleep(300 * time.Millisecond)
	_, err := p.export(t)
	require.NoError(t, err)
	require.NoError(t, p.conn.Close())
	select {
	case err := <-p.ended:
		t.Fatal("it ended before its time: ", err)
	case <-time.After(time.Second):
	}
}

// It does not outlive the pod, whatever is connected.
func TestTheEndDoesNotWaitForGood(t *testing.T) {
	t.Parallel()
	p := newPair(t, func(o *relay.Options) { o.Linger, o.Grace = 1, 2 })
	_, err := p.export(t)
	require.NoError(t, err)
	p.stop()
	select {
	case err := <-p.ended:
		require.NoError(t, err)
	case <-time.After(30 * time.Second):
		t.Fatal("it does not end")
	}
}

func TestOptionsAreRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"endpoin: x":         `unknown field "endpoin"`,
		"compression: zstd":  `compression "zstd" is neither none nor gzip`,
		"listen: [not, one]": "read the relay's configuration",
	} {
		_, err := relay.ReadOptions([]byte(text))
		assert.ErrorContains(t, err, want)
	}
	o, err := relay.ReadOptions([]byte("{listen: a, endpoint: b, header: c, token_file: d, ca_file: e, server_name: f, plaintext: true, compression: gzip, linger: 15, grace: 60}"))
	require.NoError(t, err)
	assert.Equal(t, relay.Options{
		Receiver: relay.Receiver{Listen: "a", Endpoint: "b", CAFile: "e", ServerName: "f", Plaintext: true, Compression: "gzip"},
		Header:   "c", TokenFile: "d", Times: relay.Times{Linger: 15, Grace: 60},
	}, o)
}

// newCertificate makes a certificate of 127.0.0.1, and the PEM of its CA.
func newCertificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "pool"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
