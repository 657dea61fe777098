package backend_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/istio-lightstep/istio-lightstep/internal/backend"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// probed is what came of a probe.
type probed struct {
	steps    []string
	problems []problem.Problem
	text     string // all that people are told
}

func probe(t *testing.T, target backend.Target) probed {
	t.Helper()
	var got probed
	var told []backend.Step
	problems, err := backend.Probe(t.Context(), target, func(s backend.Step) {
		got.steps = append(got.steps, s.Name)
		told = append(told, s)
		assert.Less(t, s.Took, time.Minute, s.Name)
	})
	require.NoError(t, err)
	text, err := json.Marshal(map[string]any{"steps": told, "problems": problems})
	require.NoError(t, err)
	got.problems, got.text = problems, string(text)
	for _, secret := range []string{accessToken, `MARKER-token\/5d+1c`, "MARKER-token%2F5d%2B1c", "TUFSS0VSLXRva2VuLzVkKzFj"} {
		assert.NotContains(t, got.text, secret)
	}
	assert.NotContains(t, got.text, "-----BEGIN")
	return got
}

// local is a target at an address of this machine.
func local(address string, ca *authority) backend.Target {
	target := backend.Target{
		Address: address, Headers: token(accessToken), Protocol: backend.OTLP, Timeout: 2 * time.Second,
	}
	if ca != nil {
		target.Secure, target.Authorities = true, ca.pem
	}
	return target
}

// token is a header as LightStep asks for it.
func token(value string) []backend.Header {
	return []backend.Header{{Name: "lightstep-access-token", Value: value, Secret: true}}
}

func at(name, address string) string {
	_, port, _ := net.SplitHostPort(address)
	return net.JoinHostPort(name, port)
}

func TestHealthyBackend(t *testing.T) {
	ca := newAuthority(t, "private CA")
	certificate := ca.sign(t)
	p := newPool()
	inTLS, inClear := serve(t, &certificate, p.register), serve(t, nil, p.register)
	overTLS, overClear := native(t, &certificate), native(t, nil)

	for name, target := range map[string]backend.Target{
		"TLS, by address":    local(inTLS, ca),
		"TLS, by name":       local(at("localhost", inTLS), ca),
		"in clear":           local(inClear, nil),
		"native, TLS":        local(overTLS, ca),
		"native, in clear":   local(overClear, nil),
		"TLS, by other name": local(inTLS, ca),
	} {
		t.Run(name, func(t *testing.T) {
			if strings.HasPrefix(name, "native") {
				target.Protocol = backend.LightStep
			}
			if strings.HasSuffix(name, "other name") {
				target.ServerName = "localhost"
			}
			before := p.exports.Load()
			got := probe(t, target)
			assert.Empty(t, got.problems)
			steps := []string{"DNS", "TCP", "TLS", "HTTP/2", "export"}
			if !target.Secure {
				steps = []string{"DNS", "TCP", "HTTP/2", "export"}
			}
			assert.Equal(t, steps, got.steps)
			if target.Protocol == backend.OTLP {
				assert.Equal(t, before+1, p.exports.Load(), "exports")
			}
		})
	}
}

// Each cause has its own id; the way ends there, with words that tell it.
func TestCauses(t *testing.T) {
	ca, other := newAuthority(t, "private CA"), newAuthority(t, "other CA")
	good := ca.sign(t)
	pooled := func(changes ...func(*x509.Certificate)) string {
		certificate := ca.sign(t, changes...)
		return serve(t, &certificate, newPool().register)
	}
	refusing := func(code codes.Code, said string) string {
		p := newPool()
		p.refusal = status.Error(code, said)
		return serve(t, &good, p.register)
	}
	slow := newPool()
	slow.slow = time.Minute
	web := httptest.NewUnstartedServer(http.NotFoundHandler())
	web.TLS = &tls.Config{Certificates: []tls.Certificate{good}}
	web.StartTLS()
	t.Cleanup(web.Close)
	web2 := httptest.NewUnstartedServer(http.NotFoundHandler())
	web2.TLS = &tls.Config{Certificates: []tls.Certificate{good}}
	web2.EnableHTTP2 = true
	web2.StartTLS()
	t.Cleanup(web2.Close)
	plainWeb := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plainWeb.Close)
	demanding := &tls.Config{
		Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAnyClientCert, NextProtos: []string{"h2"},
	}
	address := func(server *httptest.Server) string { return server.Listener.Addr().String() }

	for name, c := range map[string]struct {
		target backend.Target
		change func(*backend.Target)
		ids    []string
		reason string // of the first
		last   string // step
	}{
		"name not found":      {target: local("no-such-backend.invalid:443", ca), ids: []string{"LS-SATELLITE-DNS"}, reason: `there is no host "no-such-backend.invalid"`, last: "DNS"},
		"refused":             {target: local(ports.Refused(t), ca), ids: []string{"LS-SATELLITE-TCP"}, reason: "refused", last: "TCP"},
		"another CA":          {target: local(serve(t, &good, newPool().register), other), ids: []string{"LS-SATELLITE-CA"}, reason: `signed by "private CA", for which the CA that is given does not vouch`, last: "TLS"},
		"public CAs":          {target: local(serve(t, &good, newPool().register), ca), change: func(t *backend.Target) { t.Authorities = nil }, ids: []string{"LS-SATELLITE-CA"}, reason: "for which the public certificate authorities do not vouch", last: "TLS"},
		"no certificate":      {target: local(serve(t, &good, newPool().register), ca), change: func(t *backend.Target) { t.Authorities = []byte("no PEM") }, ids: []string{"LS-SATELLITE-CA"}, reason: "holds no certificate", last: "TLS"},
		"other name":          {target: local(pooled(named("backend.example", "pool.example")), ca), ids: []string{"LS-SATELLITE-NAME"}, reason: "is not for 127.0.0.1, but for backend.example, pool.example", last: "TLS"},
		"other server name":   {target: local(pooled(), ca), change: func(t *backend.Target) { t.ServerName = "pool.example" }, ids: []string{"LS-SATELLITE-NAME"}, reason: "is not for pool.example, but for localhost, 127.0.0.1", last: "TLS"},
		"common name only":    {target: local(pooled(named()), ca), ids: []string{"LS-SATELLITE-NAME"}, reason: `but for none: its common name "backend" does not count`, last: "TLS"},
		"expired":             {target: local(pooled(lasting(-2*day, -day)), ca), ids: []string{"LS-SATELLITE-EXPIRED"}, reason: "expired on", last: "TLS"},
		"not yet valid":       {target: local(pooled(lasting(day, 2*day)), ca), ids: []string{"LS-SATELLITE-EXPIRED"}, reason: "valid only from", last: "TLS"},
		"all at once":         {target: local(pooled(lasting(-2*day, -day), named("pool.example")), other), ids: []string{"LS-SATELLITE-EXPIRED", "LS-SATELLITE-NAME", "LS-SATELLITE-CA"}, reason: "expired on", last: "TLS"},
		"ends soon":           {target: local(pooled(lasting(-60*day, 3*day+time.Minute)), ca), ids: []string{"LS-SATELLITE-EXPIRES-SOON"}, reason: "(3 days left)", last: "export"},
		"plain gRPC":          {target: local(serve(t, nil, newPool().register), ca), ids: []string{"LS-SATELLITE-PLAINTEXT"}, reason: "speaks plain text", last: "TLS"},
		"plain HTTP":          {target: local(address(plainWeb), ca), ids: []string{"LS-SATELLITE-PLAINTEXT"}, reason: "speaks plain text", last: "TLS"},
		"TLS, secure false":   {target: local(pooled(), nil), ids: []string{"LS-SATELLITE-PLAINTEXT"}, reason: "speaks TLS", last: "HTTP/2"},
		"TLS that says so":    {target: local(accept(t, alert), nil), ids: []string{"LS-SATELLITE-PLAINTEXT"}, reason: "speaks TLS", last: "HTTP/2"},
		"hangs up":            {target: local(accept(t, func(c net.Conn) { _ = c.Close() }), ca), ids: []string{"LS-SATELLITE-TLS"}, reason: "the TLS handshake with", last: "TLS"},
		"silent, TLS":         {target: local(accept(t, swallow), ca), change: hurry, ids: []string{"LS-SATELLITE-TLS"}, reason: "did not answer the TLS handshake in time", last: "TLS"},
		"silent, in clear":    {target: local(accept(t, swallow), nil), change: hurry, ids: []string{"LS-SATELLITE-HTTP2"}, reason: "said nothing in time", last: "HTTP/2"},
		"client certificate":  {target: local(serveTLS(t, demanding), ca), ids: []string{"LS-SATELLITE-TLS"}, reason: "ended TLS: remote error: tls: certificate required", last: "HTTP/2"},
		"HTTP/1.1 alone":      {target: local(address(web), ca), ids: []string{"LS-SATELLITE-HTTP2"}, reason: "does not speak HTTP/2", last: "TLS"},
		"HTTP/1.1, in clear":  {target: local(address(plainWeb), nil), ids: []string{"LS-SATELLITE-HTTP2"}, reason: "does not speak HTTP/2", last: "HTTP/2"},
		"HTTP/2 and no gRPC":  {target: local(address(web2), ca), ids: []string{"LS-SATELLITE-PROTOCOL"}, reason: "does not take OTLP's TraceService/Export (Unimplemented)", last: "export"},
		"no such service":     {target: local(serve(t, &good, nil), ca), ids: []string{"LS-SATELLITE-PROTOCOL"}, reason: "(Unimplemented): unknown service", last: "export"},
		"wrong token":         {target: local(pooled(), ca), change: func(t *backend.Target) { t.Headers = token("wrong-MARKER") }, ids: []string{"LS-SATELLITE-TOKEN"}, reason: `refuses the access token: unknown access token "[redacted]"`, last: "export"},
		"token not allowed":   {target: local(refusing(codes.PermissionDenied, "not for "+accessToken+" \x1b[31m"), ca), ids: []string{"LS-SATELLITE-TOKEN"}, reason: `"not for [redacted] \x1b[31m"`, last: "export"},
		"token with newline":  {target: local(pooled(), ca), change: func(t *backend.Target) { t.Headers[0].Value += "\n" }, ids: []string{"LS-SATELLITE-TOKEN"}, reason: "a space, a line break", last: "export"},
		"other header":        {target: local(pooled(), ca), change: func(t *backend.Target) { t.Headers[0].Name = "x-token" }, ids: []string{"LS-SATELLITE-TOKEN"}, reason: "no access token", last: "export"},
		"no token":            {target: local(pooled(), ca), change: func(t *backend.Target) { t.Headers, t.Absent = nil, []string{"lightstep-access-token"} }, ids: []string{"LS-SATELLITE-NO-TOKEN"}, reason: "was not tried", last: "export"},
		"unavailable":         {target: local(refusing(codes.Unavailable, "draining"), ca), ids: []string{"LS-SATELLITE-UNAVAILABLE"}, reason: "(Unavailable): draining", last: "export"},
		"limited":             {target: local(refusing(codes.ResourceExhausted, "too much"), ca), ids: []string{"LS-SATELLITE-UNAVAILABLE"}, reason: "(ResourceExhausted): too much", last: "export"},
		"slow":                {target: local(serve(t, &good, slow.register), ca), change: hurry, ids: []string{"LS-SATELLITE-UNAVAILABLE"}, reason: "gave no answer to OTLP's TraceService/Export within 2s", last: "export"},
		"no empty exports":    {target: local(refusing(codes.InvalidArgument, "no spans"), ca), last: "export"},
		"native, wrong token": {target: local(native(t, &good), ca), change: func(t *backend.Target) { t.Protocol, t.Headers = backend.LightStep, token("wrong-MARKER") }, ids: []string{"LS-SATELLITE-TOKEN"}, reason: "refuses the access token: ", last: "export"},
		"native, no such":     {target: local(pooled(), ca), change: func(t *backend.Target) { t.Protocol = backend.LightStep }, ids: []string{"LS-SATELLITE-PROTOCOL"}, reason: "does not take LightStep's CollectorService/Report", last: "export"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.change != nil {
				c.change(&c.target)
			}
			got := probe(t, c.target)
			assert.NotContains(t, got.text, "wrong-MARKER")
			var ids []string
			for _, p := range got.problems {
				ids = append(ids, p.ID)
				assert.NotEmpty(t, p.Fix)
				assert.NotEmpty(t, p.Path)
			}
			assert.Equal(t, c.ids, ids, "%+v", got.problems)
			if len(got.problems) > 0 {
				assert.Contains(t, got.problems[0].Reason, c.reason)
			}
			assert.Equal(t, c.last, got.steps[len(got.steps)-1])
		})
	}
}

func hurry(t *backend.Target) { t.Timeout = 2 * time.Second }

// swallow reads and never answers, as what is half-open does.
func swallow(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// alert answers as OpenSSL does to what is no handshake: an alert, then the end.
func alert(conn net.Conn) {
	_, _ = conn.Read(make([]byte, 4<<10))
	_, _ = conn.Write([]byte{0x15, 3, 1, 0, 2, 2, 0x46})
	_ = conn.Close()
}

// serveTLS accepts connections and shakes hands on them.
func serveTLS(t *testing.T, config *tls.Config) string {
	t.Helper()
	return accept(t, func(conn net.Conn) {
		secured := tls.Server(conn, config)
		_, _ = bufio.NewReader(secured).ReadByte()
		_ = secured.Close()
	})
}

// A cancelled probe ends at once, whatever the step waits for.
func TestCancelled(t *testing.T) {
	ca := newAuthority(t, "private CA")
	certificate := ca.sign(t)
	slow := newPool()
	slow.slow = time.Minute
	for name, target := range map[string]backend.Target{
		"TLS":    local(accept(t, swallow), ca),
		"HTTP/2": local(accept(t, swallow), nil),
		"export": local(serve(t, &certificate, slow.register), ca),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target.Timeout = time.Minute
			// Not by a deadline: gRPC tells the backend of it, which may be the first to give up.
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(200*time.Millisecond, cancel)
			begun := time.Now()
			_, err := backend.Probe(ctx, target, func(backend.Step) {})
			require.ErrorIs(t, err, context.Canceled)
			assert.Less(t, time.Since(begun), 30*time.Second)
		})
	}
}
