// Package relay passes spans on from a collector to a backend, and has the
// collector keep what the backend refuses.
//
// A collector's OTLP exporter drops what is refused by UNAUTHENTICATED,
// PERMISSION_DENIED, RESOURCE_EXHAUSTED without RetryInfo, INTERNAL, UNKNOWN or
// UNIMPLEMENTED (otlpexporter 0.165, shouldRetry). A Relay in its pod answers
// UNAVAILABLE in their place, so that its queue keeps and sends them again: for
// 5 minutes where the refusal may be about what is in the batch, and not at all
// where it is known to be. Messages are not decoded.
package relay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
)

// Options say where to take spans, and where to send them with what, as the
// chart writes it (relay.yaml beside the collector's config.yaml). The token's
// file is read for every call, that of the CA for every connection.
type Options struct {
	Listen      string `json:"listen"`                // host:port to take spans at
	Endpoint    string `json:"endpoint"`              // host:port of the backend
	Plaintext   bool   `json:"plaintext,omitempty"`   // no TLS
	CAFile      string `json:"ca_file,omitempty"`     // PEM of its CA; empty: the public ones
	ServerName  string `json:"server_name,omitempty"` // in its certificate; empty: the host of the endpoint
	Header      string `json:"header"`                // that carries the token
	TokenFile   string `json:"token_file"`            // file of the access token
	Compression string `json:"compression,omitempty"` // none or gzip; empty: none

	// Linger is for how many seconds calls are passed on at least after the end
	// was asked for: a collector without spans may have no connection.
	Linger int `json:"linger,omitempty"`
	// Grace is for how many seconds they are passed on at most, while the
	// collector is connected; 0: no longer than Linger.
	Grace int `json:"grace,omitempty"`

	// Patience is how long a batch is sent again that may itself be why it is
	// refused; 0: 5 minutes.
	Patience time.Duration `json:"-"`
}

// ReadOptions reads the chart's file.
func ReadOptions(text []byte) (Options, error) {
	var o Options
	if err := yaml.UnmarshalStrict(text, &o); err != nil {
		return Options{}, fmt.Errorf("read the relay's configuration: %w", err)
	}
	if !slices.Contains([]string{"", "none", gzip.Name}, o.Compression) {
		return Options{}, fmt.Errorf("read the relay's configuration: compression %q is neither none nor gzip", o.Compression)
	}
	return o, nil
}

// most is the size of a message that is passed on.
const most = 64 << 20

// Serve passes calls on until ctx is done and the collector has left, within
// the times of the options.
func Serve(ctx context.Context, listener net.Listener, o Options) error {
	if o.Patience == 0 {
		o.Patience = patience
	}
	conn, err := o.dial()
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // nothing is on its way any more
	clients, refused := &clients{}, newBatches(o.Patience)
	server := grpc.NewServer(grpc.ForceServerCodecV2(encoded{}), grpc.ConnectionTimeout(5*time.Second), grpc.MaxRecvMsgSize(most), grpc.StatsHandler(clients),
		// The collector pings every 10 seconds; more than every 5 minutes is abuse by default, and ends its calls.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error { return o.pass(stream, conn, refused) }))
	stop := context.AfterFunc(ctx, func() {
		o.awaitEnd(clients)
		server.Stop()
	})
	defer stop()
	return server.Serve(listener)
}

// awaitEnd waits until the collector, which sends until its own end, is gone.
func (o Options) awaitEnd(collectors *clients) {
	asked := time.Now()
	within := func(seconds int) bool { return time.Since(asked) < time.Duration(seconds)*time.Second }
	for within(o.Linger) || collectors.open.Load() > 0 && within(o.Grace) {
		time.Sleep(100 * time.Millisecond)
	}
}

func (o Options) dial() (*grpc.ClientConn, error) {
	security := insecure.NewCredentials()
	if !o.Plaintext {
		security = &fresh{TransportCredentials: credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12, ServerName: o.ServerName}), options: o}
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(security), grpc.WithDisableServiceConfig(),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: time.Second, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 5 * time.Second}, MinConnectTimeout: 10 * time.Second}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(encoded{}), grpc.MaxCallRecvMsgSize(most)),
	}
	if o.Compression == gzip.Name {
		options = append(options, grpc.WithDefaultCallOptions(grpc.UseCompressor(gzip.Name)))
	}
	return grpc.NewClient("dns:///"+o.Endpoint, options...)
}

// pass passes one call on.
func (o Options) pass(stream grpc.ServerStream, conn *grpc.ClientConn, refused *batches) error {
	method, _ := grpc.MethodFromServerStream(stream)
	var request, response mem.BufferSlice
	if err := stream.RecvMsg(&request); err != nil {
		return err
	}
	defer request.Free()
	token, err := o.token()
	if err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	ctx := metadata.AppendToOutgoingContext(stream.Context(), o.Header, token)
	if err := conn.Invoke(ctx, method, &request, &response); err != nil {
		return refused.answer(request, err, token)
	}
	defer response.Free()
	refused.taken(request)
	return stream.SendMsg(&response)
}

// token reads the access token. One that no header can have would be gRPC's own
// INTERNAL, as if the backend refused the batch.
func (o Options) token() (string, error) {
	text, err := bounded.File(o.TokenFile, bounded.Secret)
	if err != nil {
		return "", fmt.Errorf("read the access token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", errors.New("the access token has a character that no header can have, such as a byte order mark, a line break or a letter outside ASCII: correct it in its Secret")
	}
	return token, nil
}

// fresh reads the CA for every connection.
type fresh struct {
	credentials.TransportCredentials
	options Options
}

// ClientHandshake speaks TLS with the CA as it is now.
func (f *fresh) ClientHandshake(ctx context.Context, authority string, conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: f.options.ServerName}
	if f.options.CAFile != "" {
		text, err := bounded.File(f.options.CAFile, bounded.Secret)
		if err != nil {
			return nil, nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, nil, errors.New("the CA's PEM holds no certificate")
		}
	}
	return credentials.NewTLS(config).ClientHandshake(ctx, authority, conn)
}

// Clone gives another of the same.
func (f *fresh) Clone() credentials.TransportCredentials {
	return &fresh{TransportCredentials: f.TransportCredentials.Clone(), options: f.options}
}

// encoded is a codec for messages that stay encoded.
type encoded struct{}

// Marshal takes a *mem.BufferSlice.
func (encoded) Marshal(message any) (mem.BufferSlice, error) {
	data, ok := message.(*mem.BufferSlice)
	if !ok {
		return nil, fmt.Errorf("message is a %T, not encoded", message)
	}
	data.Ref()
	return *data, nil
}

// Unmarshal gives a *mem.BufferSlice.
func (encoded) Unmarshal(data mem.BufferSlice, message any) error {
	into, ok := message.(*mem.BufferSlice)
	if !ok {
		return fmt.Errorf("message is wanted as a %T", message)
	}
	data.Ref()
	*into = data
	return nil
}

// Name is that of protobuf's encoding: so the content type is what it is.
func (encoded) Name() string { return "proto" }

// clients counts the connections that are open.
type clients struct{ open atomic.Int64 }

// TagConn does nothing.
func (*clients) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// TagRPC does nothing.
func (*clients) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// HandleRPC does nothing.
func (*clients) HandleRPC(context.Context, stats.RPCStats) {}

// HandleConn counts.
func (c *clients) HandleConn(_ context.Context, event stats.ConnStats) {
	switch event.(type) {
	case *stats.ConnBegin:
		c.open.Add(1)
	case *stats.ConnEnd:
		c.open.Add(-1)
	}
}
