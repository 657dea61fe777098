package relay_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/istio-lightstep/istio-lightstep/internal/relay"
)

// webPair is a backend by HTTP, a relay to it, and a client that takes the relay
// for its proxy, as a collector does.
type webPair struct {
	server *httptest.Server
	answer atomic.Pointer[http.HandlerFunc]
	asked  atomic.Pointer[http.Request] // the latest, and its body
	body   atomic.Pointer[string]
	client *http.Client
	ca     string // file
	stop   context.CancelFunc
	ended  chan error
}

func newWebPair(t *testing.T, change func(*httptest.Server, *relay.Options, *relay.Backend)) *webPair {
	t.Helper()
	p := &webPair{ca: filepath.Join(t.TempDir(), "ca.pem"), ended: make(chan error, 1)}
	p.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		text := string(body)
		if !assert.NoError(t, err) {
			return
		}
		p.asked.Store(r)
		p.body.Store(&text)
		if answer := p.answer.Load(); answer != nil {
			(*answer)(w, r)
		}
	}))
	certificate, authority := newCertificate(t)
	require.NoError(t, os.WriteFile(p.ca, []byte(authority), 0o600))
	p.server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	p.server.EnableHTTP2 = true
	p.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	options, backend := relay.Options{}, relay.Backend{Name: "web", Protocol: "http", Receiver: relay.Receiver{CAFile: p.ca}}
	if change != nil {
		change(p.server, &options, &backend)
	}
	if backend.Plaintext {
		p.server.Start()
	} else {
		p.server.StartTLS()
	}
	t.Cleanup(p.server.Close)

	ctx, stop := context.WithCancel(t.Context())
	p.stop = stop
	at := listen(t)
	go func() { p.ended <- relay.ServeBackend(ctx, at, options, backend) }()
	through := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: at.Addr().String()})}
	t.Cleanup(through.CloseIdleConnections)
	p.client = &http.Client{Transport: through, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return p
}

// host is that of the backend, as the collector has it in its configuration.
func (p *webPair) host() string {
	_, host, _ := strings.Cut(p.server.URL, "://")
	return host
}

// send gives the status of the answer, its headers, and what its Status says.
func (p *webPair) send(t require.TestingT, body string) (code int, header http.Header, said string) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://"+p.host()+"/a%2Fb/v1/traces?key=a;b", strings.NewReader(body))
	require.NoError(t, err)
	request.Header = http.Header{"Authorization": {"Bearer s3cret-token"}, "X-Team": {"blue"}, "Content-Type": {"application/x-protobuf"}, "Content-Encoding": {"zstd"}, "User-Agent": {"a collector"}}
	response, err := p.client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // it is read
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	words := status.New(codes.Unknown, "").Proto()
	if response.StatusCode/100 != 2 {
		require.NoError(t, proto.Unmarshal(text, words), "the collector reads a Status")
	}
	return response.StatusCode, response.Header, words.GetMessage()
}

func (p *webPair) refuse(code int, contentType, body string, header ...string) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	})
	p.answer.Store(&answer)
}

// A signature fits what arrives: host, path, query, headers and body.
func TestRequestsArePassedOnAsTheyAre(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*httptest.Server, *relay.Options, *relay.Backend){
		"TLS": nil, "plain": func(_ *httptest.Server, _ *relay.Options, b *relay.Backend) { b.Plaintext, b.CAFile = true, "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newWebPair(t, change)
			code, _, _ := p.send(t, "compressed bytes")
			require.Equal(t, http.StatusOK, code)
			asked := p.asked.Load()
			assert.Equal(t, "compressed bytes", *p.body.Load())
			assert.Equal(t, p.host(), asked.Host)
			assert.Equal(t, "/a%2Fb/v1/traces?key=a;b", asked.RequestURI)
			assert.Equal(t, int64(16), asked.ContentLength)
			asked.Header.Del("Content-Length")
			assert.Equal(t, http.Header{
				"Authorization": {"Bearer s3cret-token"}, "X-Team": {"blue"}, "Content-Type": {"application/x-protobuf"}, "Content-Encoding": {"zstd"}, "User-Agent": {"a collector"},
			}, asked.Header)
		})
	}
}

// What a collector would drop for is 503, and all else as it was.
func TestRefusalsByHTTP(t *testing.T) {
	t.Parallel()
	p := newWebPair(t, nil)
	for code, want := range map[int]int{
		301: 503, 307: 503, 401: 503, 402: 503, 403: 503, 404: 503, 405: 503, 406: 503, 407: 503, 408: 503, 409: 503, 410: 503, 415: 503, 421: 503,
		425: 503, 426: 503, 500: 503, 501: 503, 505: 503, 507: 503,
		429: 429, 502: 502, 503: 503, 504: 504,
		400: 400, 411: 411, 413: 413, 414: 414, 417: 417, 422: 422, 431: 431,
	} {
		p.refuse(code, "text/plain", "not now")
		got, header, said := p.send(t, "a batch")
		assert.Equal(t, want, got, code)
		assert.Contains(t, said, "not now", "why stays to be seen")
		assert.Equal(t, "application/x-protobuf", header.Get("Content-Type"))
		if want != code {
			assert.Contains(t, said, "the backend refuses: ")
			assert.Contains(t, said, fmt.Sprintf("HTTP %d %s: not now", code, http.StatusText(code)))
		}
	}
	p.refuse(401, "text/plain", "no")
	_, _, said := p.send(t, "a batch")
	assert.Equal(t, "the backend refuses: code = Unauthenticated desc = HTTP 401 Unauthorized: no", said, "doctor reads the cause in the collector's log")
	p.refuse(403, "text/plain", "no")
	_, _, said = p.send(t, "a batch")
	assert.Contains(t, said, "code = PermissionDenied desc = HTTP 403")
}

// The collector waits as long as the backend asks it to, and logs what it is told.
func TestAnswersByHTTP(t *testing.T) {
	t.Parallel()
	p := newWebPair(t, nil)
	for _, code := range []int{401, 429, 503, 400} {
		p.refuse(code, "text/html", "invalid token s3cret-token of Bearer s3cret-token", "Retry-After", "60", "Set-Cookie", "a=b", "X-Debug", "s3cret-token")
		_, header, said := p.send(t, "a batch")
		assert.Equal(t, "60", header.Get("Retry-After"))
		assert.Empty(t, header.Get("X-Debug"))
		assert.Empty(t, header.Get("Set-Cookie"))
		assert.NotContains(t, said, "s3cret-token")
		assert.Contains(t, said, "[redacted]")
	}
	words, err := proto.Marshal(status.New(codes.Unknown, "quota of the day").Proto())
	require.NoError(t, err)
	p.refuse(403, "application/x-protobuf", string(words))
	_, _, said := p.send(t, "a batch")
	assert.Contains(t, said, ": quota of the day")
}

// A batch that may itself be why it is refused is not sent again indefinitely.
func TestABatchByHTTPIsNotSentAgainIndefinitely(t *testing.T) {
	t.Parallel()
	p := newWebPair(t, func(_ *httptest.Server, o *relay.Options, _ *relay.Backend) { o.Patience = time.Nanosecond })
	p.refuse(500, "text/plain", "cannot read it")
	for i, want := range []int{503, 500, 503} {
		code, _, _ := p.send(t, "poison")
		require.Equal(t, want, code, i)
	}
	code, _, _ := p.send(t, "another")
	require.Equal(t, 503, code)
	p.refuse(401, "text/plain", "no")
	for range 3 {
		code, _, _ := p.send(t, "a token is waited for")
		require.Equal(t, 503, code)
	}
}

// What is no answer is retried by the collector: nobody there, or a certificate
// that is not of the CA, until the file of the CA is right.
func TestNoAnswerByHTTP(t *testing.T) {
	t.Parallel()
	var good []byte
	p := newWebPair(t, func(_ *httptest.Server, _ *relay.Options, b *relay.Backend) {
		var err error
		good, err = os.ReadFile(b.CAFile)
		require.NoError(t, err)
		_, other := newCertificate(t)
		require.NoError(t, os.WriteFile(b.CAFile, []byte(other), 0o600))
	})
	code, _, said := p.send(t, "a batch")
	assert.Equal(t, 503, code)
	assert.Contains(t, said, "certificate signed by unknown authority")
	require.NoError(t, os.WriteFile(p.ca, []byte("no PEM"), 0o600))
	code, _, said = p.send(t, "a batch")
	assert.Equal(t, 503, code)
	assert.Contains(t, said, "the CA's PEM holds no certificate")
	require.NoError(t, os.Remove(p.ca))
	code, _, _ = p.send(t, "a batch")
	assert.Equal(t, 503, code)
	require.NoError(t, os.WriteFile(p.ca, good, 0o600))
	code, _, _ = p.send(t, "a batch")
	assert.Equal(t, 200, code)
	p.server.Close()
	code, _, _ = p.send(t, "a batch")
	assert.Equal(t, 503, code)
}

// A backend may ask for a certificate of the client's, and another name than its host.
func TestClientCertificateByHTTP(t *testing.T) {
	t.Parallel()
	certificate, authority := newCertificate(t)
	p := newWebPair(t, func(s *httptest.Server, _ *relay.Options, b *relay.Backend) {
		s.TLS.ClientAuth, s.TLS.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		require.True(t, s.TLS.ClientCAs.AppendCertsFromPEM([]byte(authority)))
		b.CertFile, b.KeyFile = filepath.Join(t.TempDir(), "tls.crt"), filepath.Join(t.TempDir(), "tls.key")
		writePair(t, certificate, *b)
		b.ServerName = "127.0.0.1"
	})
	code, _, said := p.send(t, "a batch")
	require.Equal(t, 200, code, said)
	require.Len(t, p.asked.Load().TLS.PeerCertificates, 1)
}

func writePair(t *testing.T, certificate tls.Certificate, b relay.Backend) {
	t.Helper()
	key, ok := certificate.PrivateKey.(*ecdsa.PrivateKey)
	require.True(t, ok)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(b.CertFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}), 0o600))
	require.NoError(t, os.WriteFile(b.KeyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
}

// Only what a collector sends is passed on.
func TestOnlyRequestsToAProxyArePassedOn(t *testing.T) {
	t.Parallel()
	at := listen(t)
	go func() { _ = relay.ServeBackend(t.Context(), at, relay.Options{}, relay.Backend{Protocol: "http"}) }()
	response, err := http.Post("http://"+at.Addr().String()+"/v1/traces", "application/x-protobuf", strings.NewReader("a")) //nolint:noctx // a test's
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusBadRequest, response.StatusCode)
}

// By HTTP too, the collector is waited for, and not for good.
func TestTheEndByHTTPWaitsForTheCollector(t *testing.T) {
	t.Parallel()
	p := newWebPair(t, func(_ *httptest.Server, o *relay.Options, _ *relay.Backend) { o.Grace = 300 })
	code, _, _ := p.send(t, "a batch")
	require.Equal(t, 200, code)
	p.stop()
	time.Sleep(300 * time.Millisecond)
	code, _, _ = p.send(t, "a batch")
	require.Equal(t, 200, code, "the collector is still there")
	p.client.CloseIdleConnections()
	select {
	case err := <-p.ended:
		require.NoError(t, err)
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
}
