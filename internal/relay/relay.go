// Package relay passes spans on from a collector to a backend, and has the
// collector keep what the backend refuses.
//
// A collector's OTLP exporter drops what is refused by UNAUTHENTICATED,
// PERMISSION_DENIED, RESOURCE_EXHAUSTED without RetryInfo, INTERNAL, UNKNOWN or
// UNIMPLEMENTED (otlpexporter 0.165, shouldRetry). A Relay in its pod answers
// UNAVAILABLE in their place, so that its queue keeps and sends them again: for
// 5 minutes where the refusal may be about what is in the batch, and not at all
// where it is known to be. Messages are not decoded.
//
// To LightStep the relay adds the token. To each backend of the values it has a
// port of its own, and passes on what the collector sends, credentials included:
// gRPC, or HTTP as a proxy does.
package relay

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
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
	"google.golang.org/grpc/status"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
)

// Options say where to take spans, and where to send them with what, as the
// chart writes it (relay.yaml beside the collector's config.yaml). The token's
// file is read for every call, those of TLS for every connection.
type Options struct {
	Receiver            // LightStep; without an address to listen at, no span goes there
	Header    string    `json:"header,omitempty"`     // that carries the token
	TokenFile string    `json:"token_file,omitempty"` // file of the access token
	Backends  []Backend `json:"backends,omitempty"`   // where else spans go

	Times
}

// Receiver is a place where spans go.
type Receiver struct {
	Listen      string `json:"listen,omitempty"`      // host:port to take its spans at
	Endpoint    string `json:"endpoint,omitempty"`    // its host:port; not by HTTP, where each request says it
	Plaintext   bool   `json:"plaintext,omitempty"`   // no TLS
	CAFile      string `json:"ca_file,omitempty"`     // PEM of its CA; empty: the public ones
	CertFile    string `json:"cert_file,omitempty"`   // PEM of the client's certificate; empty: none
	KeyFile     string `json:"key_file,omitempty"`    // PEM of its key
	ServerName  string `json:"server_name,omitempty"` // in its certificate; empty: the host of the endpoint
	Compression string `json:"compression,omitempty"` // none or gzip; empty: none. Not by HTTP, where requests stay as they are
}

// Backend is one of the backends of the values.
type Backend struct {
	Name     string `json:"name"`     // in the values
	Protocol string `json:"protocol"` // grpc or http
	Receiver
}

// Times bound how long a relay goes on.
type Times struct {
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
	receivers := []*Receiver{&o.Receiver}
	for i := range o.Backends {
		b := &o.Backends[i]
		if b.Protocol != grpcProtocol && b.Protocol != httpProtocol {
			return Options{}, fmt.Errorf("read the relay's configuration: protocol %q of backend %s is neither grpc nor http", b.Protocol, b.Name)
		}
		receivers = append(receivers, &b.Receiver)
	}
	for _, r := range receivers {
		if !slices.Contains([]string{"", "none", gzip.Name}, r.Compression) {
			return Options{}, fmt.Errorf("read the relay's configuration: compression %q is neither none nor gzip", r.Compression)
		}
		r.Endpoint, r.ServerName = expanded(r.Endpoint), expanded(r.ServerName)
	}
	return o, nil
}

// The protocols of a Backend.
const (
	grpcProtocol = "grpc"
	httpProtocol = "http"
)

// variable is one as the collector's configuration names it, where it is of the
// environment.
var variable = regexp.MustCompile(`\$\$|\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}`)

// expanded is a text with its variables replaced, as the collector does it.
func expanded(text string) string {
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		if found == "$$" {
			return "$"
		}
		parts := variable.FindStringSubmatch(found)
		if value, ok := os.LookupEnv(parts[1]); ok {
			return value
		}
		return parts[2]
	})
}

// most is the size of a message that is passed on.
const most = 64 << 20

// Serve passes calls on to LightStep until ctx is done and the collector has
// left, within the times of the options.
func Serve(ctx context.Context, listener net.Listener, o Options) error {
	return o.serveGRPC(ctx, listener, o.Receiver, insecure.NewCredentials(), o.withToken)
}

// ServeBackend does the same for one of the backends, which it adds no token for.
func ServeBackend(ctx context.Context, listener net.Listener, o Options, b Backend) error {
	if b.Protocol == httpProtocol {
		return o.serveHTTP(ctx, listener, b.Receiver)
	}
	own, err := ownCertificate()
	if err != nil {
		return err
	}
	return o.serveGRPC(ctx, listener, b.Receiver, own, asSent)
}

// sending is what a call goes on with: the headers are those of the context, and
// its secrets are to be in no answer.
type sending func(ctx context.Context) (to context.Context, secrets []string, err error)

func (t Times) serveGRPC(ctx context.Context, listener net.Listener, to Receiver, security credentials.TransportCredentials, with sending) error {
	conn, err := to.dial()
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // nothing is on its way any more
	clients, refused := &clients{Listener: listener}, newBatches(cmp.Or(t.Patience, patience))
	server := grpc.NewServer(grpc.Creds(security), grpc.ForceServerCodecV2(encoded{}), grpc.ConnectionTimeout(5*time.Second), grpc.MaxRecvMsgSize(most),
		// The collector pings every 10 seconds; more than every 5 minutes is abuse by default, and ends its calls.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error { return pass(stream, conn, refused, with) }))
	stop := context.AfterFunc(ctx, func() {
		t.awaitEnd(clients)
		server.Stop()
	})
	defer stop()
	return server.Serve(clients)
}

// awaitEnd waits until the collector, which sends until its own end, is gone.
func (t Times) awaitEnd(collectors *clients) {
	asked := time.Now()
	within := func(seconds int) bool { return time.Since(asked) < time.Duration(seconds)*time.Second }
	for within(t.Linger) || collectors.open.Load() > 0 && within(t.Grace) {
		time.Sleep(100 * time.Millisecond)
	}
}

func (r Receiver) dial() (*grpc.ClientConn, error) {
	security := insecure.NewCredentials()
	if !r.Plaintext {
		security = &fresh{TransportCredentials: credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12, ServerName: r.ServerName}), receiver: r}
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(security), grpc.WithDisableServiceConfig(),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: time.Second, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 5 * time.Second}, MinConnectTimeout: 10 * time.Second}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(encoded{}), grpc.MaxCallRecvMsgSize(most)),
	}
	if r.Compression == gzip.Name {
		options = append(options, grpc.WithDefaultCallOptions(grpc.UseCompressor(gzip.Name)))
	}
	return grpc.NewClient("dns:///"+r.Endpoint, options...)
}

// pass passes one call on.
func pass(stream grpc.ServerStream, conn *grpc.ClientConn, refused *batches, with sending) error {
	method, _ := grpc.MethodFromServerStream(stream)
	var request, response mem.BufferSlice
	if err := stream.RecvMsg(&request); err != nil {
		return err
	}
	defer request.Free()
	ctx, secrets, err := with(stream.Context())
	if err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	if err := conn.Invoke(ctx, method, &request, &response); err != nil {
		return refused.answer(request, err, secrets...)
	}
	defer response.Free()
	refused.taken(request)
	return stream.SendMsg(&response)
}

// withToken adds the access token to a call.
func (o Options) withToken(ctx context.Context) (context.Context, []string, error) {
	token, err := o.token()
	if err != nil {
		return nil, nil, err
	}
	return metadata.AppendToOutgoingContext(ctx, o.Header, token), []string{token}, nil
}

// asSent gives a call the headers that the collector sends, but for those of
// gRPC, which every call has its own of.
func asSent(ctx context.Context) (context.Context, []string, error) {
	sent, _ := metadata.FromIncomingContext(ctx)
	headers := metadata.MD{}
	var secrets []string
	for name, values := range sent {
		if strings.HasPrefix(name, ":") || strings.HasPrefix(name, "grpc-") || slices.Contains([]string{"content-type", "user-agent", "te"}, name) {
			continue
		}
		headers[name] = values
		secrets = append(secrets, credentialsIn(values)...)
	}
	return metadata.NewOutgoingContext(ctx, headers), secrets, nil
}

// credentialsIn are the values of a header, and what stands in each behind a
// scheme, such as Bearer.
func credentialsIn(values []string) []string {
	secrets := slices.Clone(values)
	for _, value := range values {
		if words := strings.Fields(value); len(words) > 1 {
			secrets = append(secrets, words[1:]...)
		}
	}
	return secrets
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

// clients are a listener's, of which it counts the open connections.
type clients struct {
	net.Listener
	open atomic.Int64
}

// Accept counts a connection until it is closed.
func (c *clients) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.open.Add(1)
	return &client{conn, sync.OnceFunc(func() { c.open.Add(-1) })}, nil
}

type client struct {
	net.Conn
	leaves func()
}

// Close closes the connection, and counts it no longer.
func (c *client) Close() error {
	c.leaves()
	return c.Conn.Close()
}
