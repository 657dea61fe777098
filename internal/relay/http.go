package relay

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// keptByItself are the answers by HTTP for which a collector keeps a batch
// (otlphttpexporter 0.165, isRetryableStatusCode).
var keptByItself = []int{http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

// mendedByHTTP are the others that end when a token, a path, a limit or a
// backend is mended; a redirect is followed by no one.
func mendedByHTTP(code int) bool {
	return code < http.StatusBadRequest || slices.Contains([]int{
		http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed,
		http.StatusNotAcceptable, http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusGone,
		http.StatusUnsupportedMediaType, http.StatusMisdirectedRequest, http.StatusTooEarly, http.StatusUpgradeRequired,
	}, code)
}

// doubtfulByHTTP are those that may be about the backend, or about what is in a
// batch. Of what is left, such as 400 and 413, no backend takes a batch.
func doubtfulByHTTP(code int) bool {
	return code >= http.StatusInternalServerError || code == http.StatusConflict
}

// proxy passes requests on as a proxy does, but speaks TLS to the backend: what
// the collector signs, the host among it, stays as it is.
type proxy struct {
	to       Receiver
	refused  *batches
	mutex    sync.Mutex
	now      pems
	speaking *http.Transport
}

func (t Times) serveHTTP(ctx context.Context, listener net.Listener, to Receiver) error {
	p := &proxy{to: to, refused: newBatches(cmp.Or(t.Patience, patience))}
	clients := &clients{Listener: listener}
	server := &http.Server{
		Handler: p, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0),
		IdleTimeout: 3 * time.Minute, // longer than the collector's own
	}
	stop := context.AfterFunc(ctx, func() {
		t.awaitEnd(clients)
		_ = server.Close() // What is on its way is sent again.
	})
	defer stop()
	if err := server.Serve(clients); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// ServeHTTP passes one request on.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Host == "" {
		http.Error(w, "only requests to a proxy are passed on", http.StatusBadRequest)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		http.Error(w, "the request cannot be read", http.StatusBadRequest)
		return
	}
	var secrets []string
	for name, values := range r.Header {
		if !slices.Contains([]string{"Content-Type", "Content-Encoding", "Content-Length", "User-Agent", "Accept-Encoding"}, name) {
			secrets = append(secrets, credentialsIn(values)...)
		}
	}
	transport, err := p.transport()
	if err != nil {
		answer(w, http.StatusServiceUnavailable, redact.Said(err.Error(), secrets...))
		return
	}
	batch := mem.BufferSlice{mem.SliceBuffer(body)}
	(&httputil.ReverseProxy{
		Transport: transport, ErrorLog: log.New(io.Discard, "", 0),
		Rewrite: func(request *httputil.ProxyRequest) {
			out := request.Out
			out.URL.Scheme, out.URL.RawQuery = "https", request.In.URL.RawQuery
			if p.to.Plaintext {
				out.URL.Scheme = "http"
			}
			out.Header.Del("Accept-Encoding") // So that words can be read.
			// With these, a request is made again whose connection the backend has closed meanwhile.
			out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		},
		ModifyResponse: func(response *http.Response) error {
			if response.StatusCode/100 == 2 {
				p.refused.taken(batch)
				return nil
			}
			return p.replace(response, batch, secrets)
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			answer(w, http.StatusServiceUnavailable, redact.Said(err.Error(), secrets...))
		},
	}).ServeHTTP(w, r)
}

// transport speaks TLS with the files as they are now.
func (p *proxy) transport() (*http.Transport, error) {
	now, err := p.to.pems()
	if err != nil {
		return nil, err
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.speaking != nil && p.now == now {
		return p.speaking, nil
	}
	config, err := now.config(p.to.ServerName)
	if err != nil {
		return nil, err
	}
	if p.speaking != nil {
		p.speaking.CloseIdleConnections()
	}
	p.now, p.speaking = now, &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, ForceAttemptHTTP2: true, DisableCompression: true,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second, MaxIdleConnsPerHost: 20, IdleConnTimeout: 90 * time.Second,
		HTTP2: &http.HTTP2Config{SendPingTimeout: 10 * time.Second, PingTimeout: 5 * time.Second},
	}
	return p.speaking, nil
}

// replace puts an answer in the place of a refusal: 503 to have the collector
// send the batch again, or the same, to have it do what it does by itself. It says
// when to send again where the backend does.
func (p *proxy) replace(response *http.Response, batch mem.BufferSlice, secrets []string) error {
	text, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10)) // What is missing is not shown.
	_ = response.Body.Close()
	code := response.StatusCode
	said := redact.Said(words(response.Header.Get("Content-Type"), text), secrets...)
	if !slices.Contains(keptByItself, code) && (mendedByHTTP(code) || doubtfulByHTTP(code) && p.refused.refused(batch)) {
		said = fmt.Sprintf("the backend refuses: %sHTTP %d %s: %s", asCode(code), code, http.StatusText(code), said)
		response.StatusCode = http.StatusServiceUnavailable
	}
	header, body := saying(said)
	for _, value := range response.Header.Values("Retry-After") {
		header.Add("Retry-After", value)
	}
	response.Header, response.Trailer, response.Body = header, nil, io.NopCloser(bytes.NewReader(body))
	response.ContentLength = int64(len(body))
	return nil
}

// asCode names a refused credential as the collector's log of gRPC does, by
// which doctor knows it.
func asCode(code int) string {
	switch code {
	case http.StatusUnauthorized:
		return "code = " + codes.Unauthenticated.String() + " desc = "
	case http.StatusForbidden:
		return "code = " + codes.PermissionDenied.String() + " desc = "
	}
	return ""
}

// words are what a body says: the message of a Status, or the text.
func words(contentType string, body []byte) string {
	said := status.New(codes.Unknown, "").Proto()
	if strings.HasPrefix(contentType, "application/x-protobuf") && proto.Unmarshal(body, said) == nil {
		return said.GetMessage()
	}
	return strings.TrimSpace(string(body))
}

// saying is an answer that says why, as the protocol has it.
func saying(said string) (http.Header, []byte) {
	body, _ := proto.Marshal(status.New(codes.Unknown, strings.ToValidUTF8(said, "?")).Proto()) // A text always fits.
	return http.Header{"Content-Type": {"application/x-protobuf"}, "Content-Length": {strconv.Itoa(len(body))}}, body
}

func answer(w http.ResponseWriter, code int, said string) {
	header, body := saying(said)
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(code)
	_, _ = w.Write(body) // The collector that went sends the batch again.
}
