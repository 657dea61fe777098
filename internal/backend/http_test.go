package backend_test

import (
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/istio-lightstep/istio-lightstep/internal/backend"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// vendor stands in for a backend by HTTP as vendors have them: its path, its
// header and its formats.
type vendor struct {
	path, header, value string
	json, noGzip        bool
	answer              func(w http.ResponseWriter, r *http.Request) bool // in the place of all else
	taken               atomic.Int32
}

func newVendor() *vendor {
	return &vendor{path: "/otlp/v1/traces", header: "authorization", value: "Basic " + accessToken}
}

func (v *vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if v.answer != nil && v.answer(w, r) {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if r.Header.Get("Content-Encoding") == "gzip" {
		if v.noGzip {
			http.Error(w, "cannot read it", http.StatusBadRequest)
			return
		}
		packed, err := gzip.NewReader(strings.NewReader(string(body)))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body, _ = io.ReadAll(packed)
	}
	var request collectortrace.ExportTraceServiceRequest
	media, read := "application/x-protobuf", proto.Unmarshal
	if v.json {
		media, read = "application/json", protojson.Unmarshal
	}
	switch {
	case r.URL.Path != v.path:
		http.NotFound(w, r)
	case r.Method != http.MethodPost:
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
	case r.Header.Get(v.header) != v.value:
		http.Error(w, "unknown credentials "+r.Header.Get(v.header), http.StatusUnauthorized)
	case r.Header.Get("Content-Type") != media:
		http.Error(w, "want "+media, http.StatusUnsupportedMediaType)
	case read(body, &request) != nil || len(request.ResourceSpans) != 1 || len(request.ResourceSpans[0].ScopeSpans) != 0:
		http.Error(w, "no export without spans", http.StatusBadRequest)
	default:
		v.taken.Add(1)
		w.Header().Set("Content-Type", media)
	}
}

// start serves it, by TLS where there is a certificate, and gives its address.
func (v *vendor) start(t *testing.T, certificate *tls.Certificate, change ...func(*httptest.Server)) string {
	t.Helper()
	server := httptest.NewUnstartedServer(v)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	for _, c := range change {
		c(server)
	}
	if certificate == nil {
		server.Start()
	} else {
		if server.TLS == nil {
			server.TLS = &tls.Config{}
		}
		server.TLS.Certificates = []tls.Certificate{*certificate}
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func overHTTP2(server *httptest.Server) { server.EnableHTTP2 = true }

// byHTTP is a target of that vendor at an address of this machine.
func byHTTP(address string, ca *authority) backend.Target {
	target := backend.Target{
		Address: address, URL: "http://" + address + "/otlp/v1/traces", Protocol: backend.HTTP, Collected: true, Timeout: 2 * time.Second,
		Headers: []backend.Header{{Name: "authorization", Value: "Basic " + accessToken, Secret: true}, {Name: "x-scope-orgid", Value: "team-a"}},
		Places:  backend.OfBackend("backends.vendor", backend.HTTP),
	}
	if ca != nil {
		target.Secure, target.Authorities, target.URL = true, ca.pem, "https://"+address+"/otlp/v1/traces"
	}
	return target
}

func TestHealthyBackendByHTTP(t *testing.T) {
	ca := newAuthority(t, "private CA")
	certificate := ca.sign(t)
	secured := []string{"DNS", "TCP", "TLS", "HTTP", "export", "gzip"}
	plain := []string{"DNS", "TCP", "HTTP", "export", "gzip"}
	for name, c := range map[string]struct {
		tls    bool
		server []func(*httptest.Server)
		change func(*vendor, *backend.Target)
		steps  []string
		says   string
	}{
		"HTTP/1.1 by TLS": {tls: true, steps: secured, says: "HTTP/1.1, status 200"},
		"HTTP/2":          {tls: true, server: []func(*httptest.Server){overHTTP2}, steps: secured, says: "HTTP/2.0, status 200"},
		"plain text":      {steps: plain, says: "taken, with authorization"},
		"JSON":            {change: func(v *vendor, t *backend.Target) { v.json, t.JSON = true, true }, steps: plain, says: "status 200"},
		"by the proxies":  {change: func(_ *vendor, t *backend.Target) { t.Collected = false }, steps: plain[:4], says: "status 200"},
		"no credentials": {
			change: func(v *vendor, t *backend.Target) { v.header, v.value, t.Headers = "x", "", nil }, steps: plain, says: `"taken"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor()
			address, signer := "", (*authority)(nil)
			if c.tls {
				address, signer = v.start(t, &certificate, c.server...), ca
			} else {
				address = v.start(t, nil)
			}
			target := byHTTP(address, signer)
			if c.change != nil {
				c.change(v, &target)
			}
			got := probe(t, target)
			assert.Empty(t, got.problems)
			assert.Equal(t, c.steps, got.steps)
			assert.Contains(t, got.text, c.says)
			assert.Positive(t, v.taken.Load())
		})
	}
}

// says answers every request so.
func says(status int, media, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	}
}

func leads(status int, to string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, to, status)
		return true
	}
}

// Each refusal by HTTP has its own id, path and words.
func TestCausesByHTTP(t *testing.T) {
	const page = "<!DOCTYPE html><title>Log in</title>"
	statusText := string(protowire.AppendString(protowire.AppendTag(nil, 2, protowire.BytesType), "wrong "+accessToken))
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request) bool
		change func(*vendor, *backend.Target)
		id     string
		path   string
		reason string
		last   string
		warns  bool
	}{
		"unauthorized":        {change: func(_ *vendor, t *backend.Target) { t.Headers[0].Value = "Basic wrong-MARKER" }, id: "LS-SATELLITE-TOKEN", path: "headers", reason: "refuses the value of authorization: status 401 Unauthorized: unknown credentials [redacted]"},
		"forbidden":           {answer: says(403, "text/html", page), id: "LS-SATELLITE-TOKEN", path: "headers", reason: "status 403 Forbidden"},
		"its message":         {answer: says(401, "application/x-protobuf", statusText), id: "LS-SATELLITE-TOKEN", path: "headers", reason: "Unauthorized: wrong [redacted]"},
		"400 to a token":      {answer: says(400, "application/json", `{"error":"invalid API key"}`), id: "LS-SATELLITE-TOKEN", path: "headers", reason: `status 400 Bad Request: {"error":"invalid API key"}`},
		"400 for no span":     {answer: says(400, "text/plain", "no spans"), id: backend.IDUntried, path: "endpoint", reason: "so whether it takes one with spans is not known: status 400 Bad Request: no spans", last: "gzip", warns: true},
		"none are sent":       {change: func(_ *vendor, t *backend.Target) { t.Headers = nil }, id: "LS-SATELLITE-TOKEN", path: "headers", reason: "asks for credentials, and none are sent"},
		"wrong path":          {change: func(v *vendor, _ *backend.Target) { v.path = "/v1/traces" }, id: "LS-EXPORT-PATH", path: "endpoint", reason: "nothing takes traces at the path /otlp/v1/traces: status 404"},
		"wrong path, a page":  {answer: says(404, "text/html", page), id: "LS-EXPORT-PATH", path: "endpoint", reason: "status 404 Not Found"},
		"wrong method":        {answer: says(405, "text/plain", "GET"), id: "LS-EXPORT-PATH", path: "endpoint", reason: "status 405"},
		"wrong format":        {change: func(v *vendor, _ *backend.Target) { v.json = true }, id: "LS-EXPORT-FORMAT", path: "endpoint", reason: "does not take the format application/x-protobuf: status 415 Unsupported Media Type: want application/json"},
		"too large":           {answer: says(413, "text/plain", ""), id: "LS-EXPORT-SIZE", path: "endpoint", reason: "status 413 Request Entity Too Large"},
		"limited":             {answer: says(429, "text/plain", "quota"), id: "LS-SATELLITE-UNAVAILABLE", path: "endpoint", reason: "limits requests now: status 429 Too Many Requests: quota"},
		"unavailable":         {answer: says(503, "text/plain", "draining"), id: "LS-SATELLITE-UNAVAILABLE", path: "endpoint", reason: "takes nothing now: status 503"},
		"teapot":              {answer: says(418, "text/plain", ""), id: "LS-SATELLITE-PROTOCOL", path: "endpoint", reason: "does not take a POST of OTLP: status 418"},
		"a page":              {answer: says(200, "text/html; charset=utf-8", page), id: "LS-EXPORT-WEB-PAGE", path: "endpoint", reason: "a web page answers at the path /otlp/v1/traces: status 200 OK"},
		"a page in disguise":  {answer: says(200, "text/plain", "\n <html>"), id: "LS-EXPORT-WEB-PAGE", path: "endpoint", reason: "a web page answers"},
		"redirect":            {answer: leads(302, "https://login.example.com/?key="+accessToken), id: "LS-EXPORT-REDIRECT", path: "endpoint", reason: "status 302, to https://login.example.com/"},
		"redirect, permanent": {answer: leads(308, "/v1/traces"), id: "LS-EXPORT-REDIRECT", path: "endpoint", reason: "status 308, to /v1/traces"},
		"no gzip":             {change: func(v *vendor, t *backend.Target) { v.noGzip, t.Compression = true, "gzip" }, id: "LS-SATELLITE-GZIP", path: "exporter.compression", reason: "does not take gzip, and the collector would drop every span: status 400 Bad Request: cannot read it", last: "gzip"},
		"slow": {
			answer: func(_ http.ResponseWriter, r *http.Request) bool {
				_, _ = io.Copy(io.Discard, r.Body) // The end of a connection is seen behind its body.
				<-r.Context().Done()
				return true
			},
			id: "LS-SATELLITE-UNAVAILABLE", path: "endpoint", reason: "gave no answer to a POST of OTLP within 2s", last: "HTTP",
		},
		"header not at hand": {
			change: func(_ *vendor, t *backend.Target) { t.Headers, t.Absent = nil, []string{"authorization"} },
			id:     "LS-SATELLITE-NO-TOKEN", path: "headers", reason: "the value of authorization is not at hand", last: "gzip", warns: true,
		},
		"signed": {
			change: func(_ *vendor, t *backend.Target) { t.Headers, t.Untried = nil, "the collector signs requests" },
			id:     backend.IDUntried, path: "endpoint", reason: "was not tried: the collector signs requests", warns: true,
		},
		"signed, wrong path": {
			answer: says(404, "text/plain", ""), change: func(_ *vendor, t *backend.Target) { t.Untried = "the collector signs requests" },
			id: "LS-EXPORT-PATH", path: "endpoint", reason: "status 404",
		},
		"line break in a header": {change: func(_ *vendor, t *backend.Target) { t.Headers[0].Value += "\n" }, id: "LS-SATELLITE-TOKEN", path: "headers", reason: "the value of header authorization has a space, a line break", last: "HTTP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVendor()
			v.answer = c.answer
			target := byHTTP(v.start(t, nil), nil)
			if c.change != nil {
				c.change(v, &target)
			}
			got := probe(t, target)
			assert.NotContains(t, got.text, "wrong-MARKER")
			require.Len(t, got.problems, 1, "%+v", got.problems)
			p := got.problems[0]
			assert.Equal(t, c.id, p.ID)
			assert.Equal(t, "backends.vendor."+c.path, p.Path)
			assert.Contains(t, p.Reason, c.reason)
			assert.NotEmpty(t, p.Fix)
			assert.Equal(t, c.warns, p.Severity == "warning")
			last := c.last
			if last == "" {
				last = "export"
			}
			assert.Equal(t, last, got.steps[len(got.steps)-1])
		})
	}
}

// What is wrong before any answer by HTTP.
func TestCausesBeforeHTTP(t *testing.T) {
	ca := newAuthority(t, "private CA")
	certificate := ca.sign(t)
	secured := newVendor().start(t, &certificate)
	for name, c := range map[string]struct {
		target backend.Target
		id     string
		path   string
		reason string
		fix    string
		last   string
	}{
		"TLS, http://":          {target: byHTTP(secured, nil), id: "LS-SATELLITE-PLAINTEXT", path: "endpoint", reason: "speaks TLS, and the values say plain text", fix: "write https:// in backends.vendor.endpoint", last: "HTTP"},
		"TLS that says so":      {target: byHTTP(accept(t, alert), nil), id: "LS-SATELLITE-PLAINTEXT", path: "endpoint", reason: "speaks TLS", fix: "write https://", last: "HTTP"},
		"plain text, https://":  {target: byHTTP(newVendor().start(t, nil), ca), id: "LS-SATELLITE-PLAINTEXT", path: "endpoint", reason: "speaks plain text, not TLS", fix: "write http:// in backends.vendor.endpoint", last: "TLS"},
		"gRPC":                  {target: byHTTP(serve(t, nil, newPool().register), nil), id: "LS-SATELLITE-PROTOCOL", path: "endpoint", reason: "does not answer by HTTP", fix: "set the protocol to grpc", last: "HTTP"},
		"gRPC by TLS":           {target: byHTTP(serve(t, &certificate, newPool().register), ca), id: "LS-EXPORT-FORMAT", path: "endpoint", reason: "status 415", fix: "OTLP", last: "export"},
		"silent":                {target: byHTTP(accept(t, swallow), nil), id: "LS-SATELLITE-UNAVAILABLE", path: "endpoint", reason: "gave no answer", fix: "load", last: "HTTP"},
		"another CA":            {target: byHTTP(secured, newAuthority(t, "other CA")), id: "LS-SATELLITE-CA", path: "tls.ca", reason: `signed by "private CA", for which the CA that is given does not vouch`, fix: "in a Secret that backends.vendor.tls.ca names", last: "TLS"},
		"no such host":          {target: byHTTP("no-such-backend.invalid:443", ca), id: "LS-SATELLITE-DNS", path: "endpoint", reason: `there is no host "no-such-backend.invalid"`, fix: "correct backends.vendor.endpoint", last: "DNS"},
		"nothing listens there": {target: byHTTP(ports.Refused(t), ca), id: "LS-SATELLITE-TCP", path: "endpoint", reason: "refused", fix: "correct the port of backends.vendor.endpoint", last: "TCP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := probe(t, c.target)
			require.Len(t, got.problems, 1, "%+v", got.problems)
			p := got.problems[0]
			assert.Equal(t, c.id, p.ID, p.Reason)
			assert.Equal(t, "backends.vendor."+c.path, p.Path)
			assert.Contains(t, p.Reason, c.reason)
			assert.Contains(t, p.Fix, c.fix)
			assert.Equal(t, c.last, got.steps[len(got.steps)-1])
		})
	}
}

// A certificate that is not verified, and one that the public CAs vouch for too.
func TestWhatVerifies(t *testing.T) {
	ca, other := newAuthority(t, "private CA"), newAuthority(t, "other CA")
	certificate := ca.sign(t)
	address := newVendor().start(t, &certificate)
	unverified := byHTTP(address, other)
	unverified.Unverified = true
	assert.Empty(t, probe(t, unverified).problems)
	beside := byHTTP(address, ca)
	beside.PublicToo = true
	assert.Empty(t, probe(t, beside).problems)
	beside.Authorities = other.pem
	got := probe(t, beside)
	require.Len(t, got.problems, 1)
	assert.Equal(t, "LS-SATELLITE-CA", got.problems[0].ID)
}

// A host name or a path may be a secret: it is in no line.
func TestSecretInTheAddress(t *testing.T) {
	target := byHTTP(at("secret-host.invalid", ports.Refused(t)), nil)
	target.Hidden = []string{"secret-host"}
	got := probe(t, target)
	require.Len(t, got.problems, 1)
	assert.NotContains(t, got.text, "secret-host")
	assert.Contains(t, got.problems[0].Reason, "[redacted].invalid")
}

// Client certificates, by both protocols.
func TestClientCertificates(t *testing.T) {
	ca, clients, other := newAuthority(t, "private CA"), newAuthority(t, "CA of clients"), newAuthority(t, "other CA")
	certificate := ca.sign(t)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(clients.pem)
	demanding := func() *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, NextProtos: []string{"h2", "http/1.1"}}
	}
	grpcServer := grpc.NewServer(grpc.Creds(credentials.NewTLS(demanding())))
	newPool().register(grpcServer)
	listener := listen(t)
	go func() { _ = grpcServer.Serve(listener) }()
	t.Cleanup(grpcServer.Stop)
	byGRPC := local(listener.Addr().String(), ca)
	byGRPC.Places = backend.OfBackend("backends.vendor", backend.OTLP)
	byPOST := byHTTP(newVendor().start(t, &certificate, func(s *httptest.Server) { s.TLS = demanding() }), ca)

	forClients := func(a *authority, changes ...func(*x509.Certificate)) ([]byte, []byte) {
		signed := a.sign(t, append([]func(*x509.Certificate){func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		}}, changes...)...)
		return pemOf(t, signed)
	}
	good, goodKey := forClients(clients)
	foreign, foreignKey := forClients(other)
	ending, endingKey := forClients(clients, lasting(-60*day, 3*day))
	for protocol, target := range map[string]backend.Target{"gRPC": byGRPC, "HTTP": byPOST} {
		for name, c := range map[string]struct {
			certificate, key []byte
			id, reason       string
			warns            bool
		}{
			"taken":       {certificate: good, key: goodKey},
			"none":        {id: "LS-EXPORT-CLIENT", reason: "asks for a certificate of the client's"},
			"another CA":  {certificate: foreign, key: foreignKey, id: "LS-EXPORT-CLIENT", reason: "refuses the client's certificate"},
			"another key": {certificate: good, key: foreignKey, id: "LS-EXPORT-CLIENT", reason: "the client's certificate and key cannot be used"},
			"ends soon":   {certificate: ending, key: endingKey, id: "LS-EXPORT-CLIENT", reason: "the client's certificate ends on", warns: true},
		} {
			t.Run(protocol+", "+name, func(t *testing.T) {
				target.Certificate, target.Key = c.certificate, c.key
				got := probe(t, target)
				if c.id == "" {
					assert.Empty(t, got.problems)
					return
				}
				require.Len(t, got.problems, 1, "%+v", got.problems)
				assert.Equal(t, c.id, got.problems[0].ID, got.problems[0].Reason)
				assert.Equal(t, "backends.vendor.tls.client", got.problems[0].Path)
				assert.Contains(t, got.problems[0].Reason, c.reason)
				assert.Equal(t, c.warns, got.problems[0].Severity == "warning")
			})
		}
	}
}

// By gRPC too, a page or a redirect is called that.
func TestPagesByGRPC(t *testing.T) {
	ca := newAuthority(t, "private CA")
	certificate := ca.sign(t)
	for name, c := range map[string]struct {
		answer     func(http.ResponseWriter, *http.Request) bool
		id, reason string
	}{
		"page":          {says(200, "text/html", "<html>"), "LS-EXPORT-WEB-PAGE", "a web page answers OTLP's TraceService/Export"},
		"page, 404":     {says(404, "text/html", "<html>"), "LS-EXPORT-WEB-PAGE", "404"},
		"redirect":      {leads(302, "https://login.example.com/"), "LS-EXPORT-REDIRECT", "302"},
		"401 in front":  {says(401, "text/html", "<html>"), "LS-SATELLITE-TOKEN", "401"},
		"503 in front":  {says(503, "text/plain", ""), "LS-SATELLITE-UNAVAILABLE", "503"},
		"other service": {says(404, "text/plain", ""), "LS-SATELLITE-PROTOCOL", "404"},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor()
			v.answer = c.answer
			got := probe(t, local(v.start(t, &certificate, overHTTP2), ca))
			require.Len(t, got.problems, 1, "%+v", got.problems)
			assert.Equal(t, c.id, got.problems[0].ID, got.problems[0].Reason)
			assert.Contains(t, got.problems[0].Reason, c.reason)
		})
	}
}
