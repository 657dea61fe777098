package conformance_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
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
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/istio-lightstep/istio-lightstep/internal/reload"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/otelcol"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// TestCollectorDelivers runs the real collector with what is rendered, only its
// ports and folders moved, and looks at what a satellite is sent: spans with the
// token, by TLS that a private CA vouches for; a new token without a restart;
// and what was sent while the satellite was away.
func TestCollectorDelivers(t *testing.T) {
	for _, secure := range []bool{true, false} {
		t.Run(map[bool]string{true: "TLS", false: "in_clear"}[secure], func(t *testing.T) {
			folder := t.TempDir()
			pool := newSatellite(t, folder, secure)
			pool.start(t)
			mounted := filepath.Join(folder, "access-token")
			mountSecret(t, mounted, "token", tokenMarker)
			send := startCollector(t, folder, pool.address, secure).send

			send(t, "first")
			pool.wantSpan(t, "first", tokenMarker)

			pool.server.Stop()
			send(t, "while away")
			pool.start(t)
			pool.wantSpan(t, "while away", tokenMarker)

			if !secure {
				return // The token is in the environment, which no running process can be given anew.
			}
			mountSecret(t, mounted, "token", "second-token-marker")
			assert.Eventually(t, func() bool {
				send(t, "new token")
				return pool.token(t, "new token") == "second-token-marker"
			}, 30*time.Second, 100*time.Millisecond, "the new token")
		})
	}
}

// TestCollectorReadsANewCA changes the satellite's CA. The collector has read
// the old one for good, unless the chart's container tells it to read again;
// what came meanwhile waits in its queue.
func TestCollectorReadsANewCA(t *testing.T) {
	folder := t.TempDir()
	pool := newSatellite(t, folder, true)
	pool.start(t)
	mountSecret(t, filepath.Join(folder, "access-token"), "token", tokenMarker)
	collector := startCollector(t, folder, pool.address, true)
	collector.send(t, "old CA")
	pool.wantSpan(t, "old CA", tokenMarker)

	pool.server.Stop()
	next := newSatellite(t, folder, true)
	next.address = pool.address
	next.start(t)
	collector.send(t, "new CA")
	assert.Never(t, func() bool { return next.token(t, "new CA") != "" }, 2*time.Second, 100*time.Millisecond, "the CA was read again unasked")

	reloader := reload.New(reload.Options{
		CAs: []string{filepath.Join(folder, caFile)}, Config: collector.config, Health: "http://" + collector.health, Interval: 100 * time.Millisecond,
	}, slog.New(slog.NewTextHandler(t.Output(), nil)))
	go reloader.Run(t.Context())
	next.wantSpan(t, "new CA", tokenMarker)
}

// mountSecret puts a Secret's key into a folder as the kubelet does, and changes
// it as the kubelet does: files are links through ..data, which alone is put in
// the place of the former one. Collectors of 0.144 to 0.149 do not notice
// (opentelemetry-collector-contrib#45953).
func mountSecret(t *testing.T, folder, key, value string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(folder, 0o700))
	version := filepath.Join(folder, "..version-"+rand.Text())
	require.NoError(t, os.Mkdir(version, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(version, key), []byte(value), 0o600))
	data := filepath.Join(folder, "..data")
	former, _ := os.Readlink(data) // There is none at first.
	require.NoError(t, os.Symlink(filepath.Base(version), data+"_tmp"))
	require.NoError(t, os.Rename(data+"_tmp", data))
	if former != "" {
		require.NoError(t, os.RemoveAll(filepath.Join(folder, former)))
		return
	}
	require.NoError(t, os.Symlink(filepath.Join("..data", key), filepath.Join(folder, key)))
}

// startedCollector is a collector that runs.
type startedCollector struct {
	config string // its file, as in --config
	health string // address of its health check
	send   func(t *testing.T, span string)
}

// startCollector runs the collector as rendered.
func startCollector(t *testing.T, folder, address string, secure bool) startedCollector {
	t.Helper()
	return startCollectorWith(t, folder, address, secure, nil)
}

// startCollectorWith runs the collector as rendered with further values, and
// configurations laid over it.
func startCollectorWith(t *testing.T, folder, address string, secure bool, values []render.Source, over ...string) startedCollector {
	t.Helper()
	as := configureCollector(t, folder, address, secure, values, over...)
	as.start(t)
	return as.reached(t)
}

// reached is a collector that runs, or will.
func (as configuredCollector) reached(t *testing.T) startedCollector {
	t.Helper()
	started := startedCollector{config: as.configs[0], health: as.health}
	connection, err := grpc.NewClient(as.receiver, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, connection.Close()) })
	client := collectortrace.NewTraceServiceClient(connection)
	started.send = func(t *testing.T, span string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		one := &tracev1.Span{TraceId: []byte("sixteen bytes id"), SpanId: []byte("eight of")}
		// As bytes, since a proxy's name need not be UTF-8, which the field of the name must.
		one.ProtoReflect().SetUnknown(protowire.AppendString(protowire.AppendTag(nil, 5, protowire.BytesType), span))
		_, err := client.Export(ctx, &collectortrace.ExportTraceServiceRequest{ResourceSpans: []*tracev1.ResourceSpans{{
			ScopeSpans: []*tracev1.ScopeSpans{{Spans: []*tracev1.Span{one}}},
		}}}, grpc.WaitForReady(true))
		require.NoError(t, err)
	}
	return started
}

// configuredCollector is a collector that can be started, and started again.
type configuredCollector struct {
	configs  []string // as in --config, the rendered file first
	env      []string
	receiver string // address of its OTLP receiver
	health   string // address of its health check
}

// configureCollector renders the collector with further values, moves its ports
// and folders, and lays configurations over it.
func configureCollector(t *testing.T, folder, address string, secure bool, values []render.Source, over ...string) configuredCollector {
	t.Helper()
	c := &conformance{run: run{Version: "1.31.0", Delivery: "collector", Mesh: meshShared}}
	objects, err := c.render(t, "cluster", append([]render.Source{
		render.SetString("global.tracer.lightstep.address=" + address),
		render.SetString("global.tracer.lightstep.cacertPath=" + filepath.Join(folder, caFile)),
		render.Set(fmt.Sprintf("global.tracer.lightstep.secure=%t", secure)),
	}, values...)...).Objects()
	require.NoError(t, err)
	var config string
	env := slices.Clone(collectorEnv)
	for _, object := range objects {
		if text, ok := at(object.Object, "data", collectorConfig).(string); ok {
			config = text
		}
		if container := named(at(object.Object, "spec", "template", "spec", "containers"), "collector"); container != nil {
			env = append(env, literals(container["env"])...)
		}
	}
	as := configuredCollector{env: env, receiver: ports.Address(t), health: ports.Address(t)}
	as.configs = []string{
		writeConfig(t, config),
		"yaml:receivers::otlp::protocols::grpc::endpoint: " + as.receiver,
		"yaml:extensions::health_check::endpoint: " + as.health,
		"yaml:extensions::file_storage::directory: " + filepath.Join(folder, "queue"),
		"yaml:service::telemetry::metrics::level: none",
	}
	if secure {
		as.configs = append(as.configs, "yaml:extensions::bearertokenauth::filename: "+filepath.Join(folder, "access-token", "token"))
	}
	as.configs = append(as.configs, over...)
	return as
}

// literals gives the variables of a container that have a value of their own.
func literals(env any) []string {
	var list []string
	variables, _ := env.([]any)
	for _, variable := range variables {
		if value, ok := at(variable, "value").(string); ok {
			list = append(list, fmt.Sprintf("%s=%s", at(variable, "name"), value))
		}
	}
	return list
}

// start runs the collector until the test ends.
func (as configuredCollector) start(t *testing.T) *otelcol.Process {
	t.Helper()
	collector, err := otelcol.Open()
	require.NoError(t, err)
	process, err := collector.Start(context.Background(), as.env, as.configs...)
	require.NoError(t, err)
	t.Cleanup(func() {
		log := process.Stop()
		assert.NotContains(t, log, tokenMarker)
		if t.Failed() {
			t.Log(log)
		}
	})
	return process
}

// satellitePool stands in for LightStep's: it takes spans, and remembers with
// which token each came.
type satellitePool struct {
	collectortrace.UnimplementedTraceServiceServer
	address  string
	options  []grpc.ServerOption
	server   *grpc.Server
	received chan [2]string // name of the span, token
	tokens   map[string]string
}

func newSatellite(t *testing.T, folder string, secure bool) *satellitePool {
	t.Helper()
	pool := &satellitePool{address: ports.Address(t), received: make(chan [2]string, 1000), tokens: map[string]string{}}
	authority, certificate := newCertificate(t)
	require.NoError(t, os.WriteFile(filepath.Join(folder, caFile), authority, 0o600))
	if secure {
		pool.options = append(pool.options, grpc.Creds(credentials.NewServerTLSFromCert(&certificate)))
	}
	return pool
}

func (p *satellitePool) start(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", p.address)
	require.NoError(t, err)
	p.server = grpc.NewServer(p.options...)
	collectortrace.RegisterTraceServiceServer(p.server, p)
	server := p.server
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
}

// Export takes spans as a satellite does: with one token, else not at all.
func (p *satellitePool) Export(ctx context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	incoming, _ := metadata.FromIncomingContext(ctx)
	tokens := incoming.Get("lightstep-access-token")
	if len(tokens) != 1 {
		return nil, status.Error(codes.Unauthenticated, "no access token")
	}
	for _, resource := range request.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				p.received <- [2]string{span.Name, tokens[0]}
			}
		}
	}
	return &collectortrace.ExportTraceServiceResponse{}, nil
}

// wantSpan waits for a span and holds it to the token it must have come with.
func (p *satellitePool) wantSpan(t *testing.T, span, token string) {
	t.Helper()
	require.Eventually(t, func() bool { return p.token(t, span) != "" }, 30*time.Second, 50*time.Millisecond, "span %q", span)
	assert.Equal(t, token, p.tokens[span])
}

// token gives the token that a span of that name last came with, if any did.
func (p *satellitePool) token(t *testing.T, span string) string {
	t.Helper()
	for {
		select {
		case received := <-p.received:
			p.tokens[received[0]] = received[1]
		default:
			return p.tokens[span]
		}
	}
}

// newCertificate makes a private CA, in PEM, and a certificate of 127.0.0.1 and
// further addresses that it signed.
func newCertificate(t *testing.T, further ...net.IP) ([]byte, tls.Certificate) {
	t.Helper()
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "private CA"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, &authorityKey.PublicKey, authorityKey)
	require.NoError(t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "satellite"},
		NotBefore: authority.NotBefore, NotAfter: authority.NotAfter, IPAddresses: append(further, net.IPv4(127, 0, 0, 1)),
		DNSNames: []string{"otlp.internal.example.com"},
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, authority, &key.PublicKey, authorityKey)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authorityDER}),
		tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: key}
}
