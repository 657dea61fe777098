package backend_test

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
)

// accessToken is a marker that no text may hold.
const accessToken = "MARKER-token/5d+1c"

// pool takes OTLP's spans, with one token. Its refusals repeat what it was sent.
type pool struct {
	collectortrace.UnimplementedTraceServiceServer
	refusal error         // what it says instead of looking at the token
	slow    time.Duration // before it answers
	exports atomic.Int32
	traces  chan []byte // trace ids of spans that came
}

func (p *pool) Export(ctx context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	p.exports.Add(1)
	select {
	case <-time.After(p.slow):
	case <-ctx.Done(): // gRPC tells the server the caller's deadline: an answer now could still arrive in time.
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	incoming, _ := metadata.FromIncomingContext(ctx)
	tokens := incoming.Get("lightstep-access-token")
	switch {
	case p.refusal != nil:
		return nil, p.refusal
	case len(tokens) != 1:
		return nil, status.Error(codes.Unauthenticated, "no access token")
	case tokens[0] != accessToken:
		return nil, status.Errorf(codes.Unauthenticated, "unknown access token %q", tokens[0])
	}
	for _, resource := range request.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				p.traces <- span.TraceId
			}
		}
	}
	return &collectortrace.ExportTraceServiceResponse{}, nil
}

func newPool() *pool { return &pool{traces: make(chan []byte, 100)} }

// serve runs a gRPC server on a port of 127.0.0.1 and gives its address; with
// no certificate in clear.
func serve(t *testing.T, certificate *tls.Certificate, register func(*grpc.Server), options ...grpc.ServerOption) string {
	t.Helper()
	if certificate != nil {
		options = append(options, grpc.Creds(credentials.NewServerTLSFromCert(certificate)))
	}
	server := grpc.NewServer(options...)
	if register != nil {
		register(server)
	}
	listener := listen(t)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return listener.Addr().String()
}

func (p *pool) register(server *grpc.Server) { collectortrace.RegisterTraceServiceServer(server, p) }

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// accept gives every connection to do.
func accept(t *testing.T, do func(net.Conn)) string {
	t.Helper()
	listener := listen(t)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go do(conn)
		}
	}()
	return listener.Addr().String()
}

// native stands in for a backend of LightStep's own protocol: it looks for
// the token in the message, and says what is wrong in the response.
func native(t *testing.T, certificate *tls.Certificate) string {
	t.Helper()
	return serve(t, certificate, nil, grpc.ForceServerCodecV2(raw{}), grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		method, _ := grpc.MethodFromServerStream(stream)
		if method != "/lightstep.collector.CollectorService/Report" {
			return status.Errorf(codes.Unimplemented, "no %s", method)
		}
		var request []byte
		if err := stream.RecvMsg(&request); err != nil {
			return err
		}
		// ReportRequest{auth: {access_token: …}}, by hand.
		want := append([]byte{0x12, byte(len(accessToken) + 2), 0x0a, byte(len(accessToken))}, accessToken...)
		response := []byte{}
		if string(request) != string(want) {
			response = protowire.AppendString(protowire.AppendTag(nil, 5, protowire.BytesType), "a warning")
			response = protowire.AppendString(protowire.AppendTag(response, 4, protowire.BytesType), "invalid token: "+string(request))
		}
		return stream.SendMsg(response)
	}))
}

// raw hands messages through as bytes.
type raw struct{}

var _ encoding.CodecV2 = raw{}

func (raw) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

func (raw) Name() string { return "proto" }
