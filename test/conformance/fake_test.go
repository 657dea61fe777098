package conformance_test

import (
	"bytes"
	gzipped "compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	_ "google.golang.org/grpc/encoding/gzip" // so that the fake reads it
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// fakeBackend takes spans as a backend does: by its protocol, at its path, with
// its header, and of its size, else not at all.
type fakeBackend struct {
	stop func()
	collectortrace.UnimplementedTraceServiceServer
	asked
	address   string
	authority []byte

	mutex    sync.Mutex
	refused  int // requests that it refuses as vendors do
	refuses  atomic.Bool
	first    string // what was wrong, first
	found    map[string]bool
	resource map[string]bool
}

func startFake(t *testing.T, p asked) *fakeBackend {
	t.Helper()
	authority, certificate := newCertificate(t)
	return startFakeAt(t, p, ports.Address(t), authority, certificate)
}

func startFakeAt(t *testing.T, p asked, address string, authority []byte, certificate tls.Certificate) *fakeBackend {
	t.Helper()
	f := &fakeBackend{asked: p, address: address, authority: authority, found: map[string]bool{}, resource: map[string]bool{}}
	f.refuses.Store(p.refusal != nil)
	listener, err := net.Listen("tcp", address)
	require.NoError(t, err)
	if p.protocol == "grpc" {
		options := []grpc.ServerOption{grpc.StatsHandler(f)}
		if p.refusal != nil && p.refusal.size {
			options = append(options, grpc.MaxRecvMsgSize(mostRefused))
		}
		if !p.plain {
			options = append(options, grpc.Creds(credentials.NewTLS(f.tlsConfig(certificate))))
		}
		server := grpc.NewServer(options...)
		collectortrace.RegisterTraceServiceServer(server, f)
		go func() { _ = server.Serve(listener) }()
		f.stop = server.Stop
		t.Cleanup(server.Stop)
		return f
	}
	if !p.plain {
		listener = tls.NewListener(listener, f.tlsConfig(certificate))
	}
	server := &http.Server{Handler: f}
	go func() { _ = server.Serve(listener) }()
	f.stop = func() { _ = server.Close() }
	t.Cleanup(f.stop)
	return f
}

func (f *fakeBackend) tlsConfig(certificate tls.Certificate) *tls.Config {
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2", "http/1.1"}}
	if f.client {
		config.ClientAuth = tls.RequireAnyClientCert
	}
	return config
}

// certificatePEM and keyPEM are a certificate as the files of a Secret.
func certificatePEM(certificate tls.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}))
}

func keyPEM(t *testing.T, certificate tls.Certificate) string {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
}

// ask changes the value of the header that the backend asks for.
func (f *fakeBackend) ask(value string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.value = value
}

// traces counts the traces taken.
func (f *fakeBackend) traces() int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return len(f.found)
}

// wrong gives what was wrong, first.
func (f *fakeBackend) wrong() string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.first
}

// resources writes the attributes of resources, KEY=VALUE each.
func (f *fakeBackend) resources(w io.Writer) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for attribute := range f.resource {
		_, _ = fmt.Fprintln(w, attribute)
	}
}

// refuse remembers what was wrong, if it is the first.
func (f *fakeBackend) refuse(err error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.first == "" {
		f.first = err.Error()
	}
}

func (f *fakeBackend) take(request *collectortrace.ExportTraceServiceRequest) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, resource := range request.GetResourceSpans() {
		for _, attribute := range resource.GetResource().GetAttributes() {
			f.resource[attribute.GetKey()+"="+attribute.GetValue().GetStringValue()] = true
		}
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				f.found[string(span.GetTraceId())] = true
			}
		}
	}
}

// errHeader is a header that is not what is asked for.
var errHeader = errors.New("header")

// refuseToken tells whether a request is refused for its credential alone, as
// the backends of vendors do.
func (f *fakeBackend) refuseToken(err error) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if !f.unauthorized || !errors.Is(err, errHeader) {
		return false
	}
	f.refused++
	return true
}

// refusals counts them.
func (f *fakeBackend) refusals() int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.refused
}

// wantHeaders holds a request to the headers, of each of which there must be one
// value.
func (f *fakeBackend) wantHeaders(sent func(name string) []string) error {
	wants := map[string]string{}
	maps.Copy(wants, f.also)
	f.mutex.Lock()
	if f.header != "" {
		wants[f.header] = f.value
	}
	f.mutex.Unlock()
	for _, name := range slices.Sorted(maps.Keys(wants)) {
		if values := sent(name); len(values) != 1 || values[0] != wants[name] {
			return fmt.Errorf("%w %s: %q, want %q", errHeader, name, values, wants[name])
		}
	}
	return nil
}

func (f *fakeBackend) wantEncoding(encoding string) error {
	if encoding == "identity" || encoding == "" {
		encoding = "none"
	}
	if f.encoding != "" && encoding != f.encoding {
		return fmt.Errorf("compressed by %s, want %s", encoding, f.encoding)
	}
	return nil
}

func (f *fakeBackend) wantSize(size int) error {
	if f.limit > 0 && size > f.limit {
		return fmt.Errorf("a request of %d bytes, the most are %d", size, f.limit)
	}
	return nil
}

func (f *fakeBackend) wantSpans(request *collectortrace.ExportTraceServiceRequest) error {
	spans := 0
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			spans += len(scope.GetSpans())
		}
	}
	if f.spans > 0 && spans > f.spans {
		return fmt.Errorf("a request of %d spans, the most are %d", spans, f.spans)
	}
	return nil
}

// ServeHTTP is a receiver of OTLP/HTTP.
func (f *fakeBackend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = f.wantRequest(r, body)
	}
	request := &collectortrace.ExportTraceServiceRequest{}
	if err == nil {
		body, err = decompressed(r.Header.Get("Content-Encoding"), body)
	}
	if err == nil {
		err = f.wantSize(len(body))
	}
	if err == nil {
		err = decodeRequest(r.Header.Get("Content-Type"), body, request)
	}
	if err == nil {
		err = f.wantSpans(request)
	}
	if err == nil && f.refuseHTTP(w, len(body)) {
		return
	}
	if f.refuseToken(err) {
		http.Error(w, "unknown token", http.StatusUnauthorized)
		return
	}
	if err != nil {
		f.refuse(err)
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.take(request)
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func (f *fakeBackend) wantRequest(r *http.Request, body []byte) error {
	switch {
	case r.Method != http.MethodPost:
		return fmt.Errorf("method %s, want POST", r.Method)
	case r.URL.RequestURI() != f.path:
		return fmt.Errorf("path %s, want %s", r.URL.RequestURI(), f.path)
	}
	if f.signed {
		if err := wantSignature(r, body); err != nil {
			return err
		}
	}
	if err := f.wantHeaders(r.Header.Values); err != nil {
		return err
	}
	if content := r.Header.Get("Content-Type"); f.content != "" && content != f.content {
		return fmt.Errorf("content type %q, want %q", content, f.content)
	}
	return f.wantEncoding(r.Header.Get("Content-Encoding"))
}

func decompressed(encoding string, body []byte) ([]byte, error) {
	if encoding != "gzip" {
		return body, nil
	}
	reader, err := gzipped.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}

func decodeRequest(contentType string, body []byte, into proto.Message) error {
	switch contentType {
	case "application/x-protobuf":
		return proto.Unmarshal(body, into)
	case "application/json":
		return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(body, into)
	}
	return fmt.Errorf("content type %q", contentType)
}

// Export is a receiver of OTLP/gRPC.
func (f *fakeBackend) Export(ctx context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	incoming, _ := metadata.FromIncomingContext(ctx)
	err := f.wantHeaders(incoming.Get)
	if err == nil {
		err = f.wantEncoding(*ctx.Value(compressedKey{}).(*string))
	}
	if err == nil {
		err = f.wantSize(proto.Size(request))
	}
	if err == nil {
		err = f.wantSpans(request)
	}
	if refused := f.refuseGRPC(); err == nil && refused != nil {
		return nil, refused
	}
	if f.refuseToken(err) {
		return nil, status.Error(codes.Unauthenticated, "unknown token")
	}
	if err != nil {
		f.refuse(err)
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	f.take(request)
	return &collectortrace.ExportTraceServiceResponse{}, nil
}

// compressedKey is that of how a call is compressed, which its handler is not told.
type compressedKey struct{}

// TagRPC has room for it.
func (f *fakeBackend) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	return context.WithValue(ctx, compressedKey{}, new(string))
}

// HandleRPC sees it, before the handler is called.
func (f *fakeBackend) HandleRPC(ctx context.Context, s stats.RPCStats) {
	if header, ok := s.(*stats.InHeader); ok {
		*ctx.Value(compressedKey{}).(*string) = header.Compression
	}
}

// TagConn and HandleConn are nothing to it.
func (f *fakeBackend) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (f *fakeBackend) HandleConn(context.Context, stats.ConnStats)                       {}
