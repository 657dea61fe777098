package backend

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// answer is what came back by HTTP.
type answer struct {
	status   int
	proto    string // of HTTP
	media    string // its Content-Type
	location string
	said     string // the beginning of the body
}

// page tells whether the answer is for people.
func (a *answer) page() bool {
	start := strings.ToLower(strings.TrimSpace(a.said))
	return strings.HasPrefix(a.media, "text/html") || strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html")
}

// post sends one export without spans, as a collector's exporter would, to the
// address that was reached and to no other. What the answer means is for the
// next step.
func (p *probe) post(ctx context.Context) (string, []problem.Problem) {
	p.close() // The client opens its own.
	if wrong := p.unsendable(); wrong != nil {
		return "", wrong
	}
	got, err := p.exchange(ctx, false)
	if err != nil {
		return "", []problem.Problem{p.noHTTP(ctx, err)}
	}
	if !p.Secure && got.status == http.StatusBadRequest && saysTLS(got.said) {
		return "", []problem.Problem{p.wantsTLS()}
	}
	p.got = got
	return fmt.Sprintf("%s, status %d", got.proto, got.status), nil
}

// saysTLS tells whether a server says that it wants TLS, as those of Go, nginx
// and Apache do.
func saysTLS(said string) bool {
	said = strings.ToLower(said)
	return strings.Contains(said, "http request to an https server") || strings.Contains(said, "sent to https port") ||
		strings.Contains(said, "speaking plain http to an ssl-enabled server")
}

func (p *probe) wantsTLS() problem.Problem {
	return broken(IDPlaintext, p.places().Secure, p.reached+" speaks TLS, and the values say plain text", p.places().encrypt)
}

// noHTTP tells why no answer by HTTP came.
func (p *probe) noHTTP(ctx context.Context, err error) problem.Problem {
	switch {
	case isTimeout(err):
		return p.noAnswer()
	case aboutClient(err):
		return p.clientRefused(err)
	case p.Secure:
		if alert := p.alertAfter(ctx); alert != nil && aboutClient(alert) {
			return p.clientRefused(alert)
		}
	case p.speaksTLS(ctx):
		return p.wantsTLS()
	}
	return broken(IDProtocol, p.places().Endpoint, fmt.Sprintf("%s does not answer by HTTP: %s", p.reached, p.words(err.Error())),
		"use the backend's port for OTLP over HTTP, often 4318 or 443; for its port of gRPC set the protocol to grpc")
}

// exchange sends an export without spans, compressed or not.
func (p *probe) exchange(ctx context.Context, compressed bool) (*answer, error) {
	body, media, err := p.body(compressed)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set("Content-Type", media)
	if compressed {
		request.Header.Set("Content-Encoding", "gzip")
	}
	for _, header := range p.Headers {
		request.Header.Set(header.Name, header.Value)
	}
	transport := &http.Transport{
		DisableKeepAlives: true, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 64 << 10,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return p.open(ctx) },
	}
	if p.Secure {
		if transport.TLSClientConfig, err = p.tlsConfig(); err != nil {
			return nil, err
		}
	}
	client := &http.Client{Transport: transport, CheckRedirect: directly.CheckRedirect}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // read as far as wanted
	said, err := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return &answer{
		status: response.StatusCode, proto: response.Proto, said: string(said),
		media: strings.ToLower(response.Header.Get("Content-Type")), location: response.Header.Get("Location"),
	}, nil
}

// body gives an export without spans, and its content type.
func (p *probe) body(compressed bool) (body []byte, media string, err error) {
	media = "application/x-protobuf"
	if p.JSON {
		media = "application/json"
		body, err = protojson.Marshal(withoutSpans())
	} else {
		body, err = proto.Marshal(withoutSpans())
	}
	if err != nil || !compressed {
		return body, media, err
	}
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err = writer.Write(body); err == nil {
		err = writer.Close()
	}
	return packed.Bytes(), media, err
}

// posted tells what the answer to the export means.
func (p *probe) posted(context.Context) (string, []problem.Problem) {
	if p.got.status/100 == 2 && !p.got.page() {
		return p.taken()
	}
	return p.verdict(p.got)
}

// postedCompressed sends a second export, compressed by gzip.
func (p *probe) postedCompressed(ctx context.Context) (string, []problem.Problem) {
	got, err := p.exchange(ctx, true)
	switch {
	case err != nil:
		return p.gzipUnknown(err.Error())
	case got.status/100 == 2:
		return p.gzipTaken()
	case p.got.status/100 != 2:
		return "unknown", nil // The request before was not taken either.
	case got.status/100 == 4 && got.status != http.StatusTooManyRequests:
		return p.gzipRefused(p.heard(got))
	}
	return p.gzipUnknown(p.heard(got))
}

// aboutCredentials are words of a backend that answers 400 to a wrong token, or
// to a tenant that is not named.
var aboutCredentials = regexp.MustCompile(`(?i)\b(api[-_ ]?key|token|dsn|credential|unauthori[sz]ed|authenticat|authorization|tenant|org(ani[sz]ation)?[-_ ]?id)`)

// statusMessage is google.rpc.Status.message, which OTLP's errors are.
const statusMessage protowire.Number = 2

// verdict tells what a status means that is no success, or a page in the place
// of an answer.
func (p *probe) verdict(a *answer) (string, []problem.Problem) {
	said := p.heard(a)
	path := p.shownPath()
	switch {
	case a.status/100 == 3:
		return p.redirected(a)
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden, a.status == http.StatusBadRequest && aboutCredentials.MatchString(a.said):
		return p.refused(said)
	case a.status == http.StatusNotFound, a.status == http.StatusGone, a.status == http.StatusMethodNotAllowed:
		return "", []problem.Problem{broken(IDPath, p.places().Endpoint, fmt.Sprintf("nothing takes traces at the path %s: %s", path, said),
			"correct the path: the collector adds /v1/traces to endpoint, and uses tracesEndpoint as it is")}
	case a.status == http.StatusUnsupportedMediaType, a.status == http.StatusNotAcceptable:
		return "", []problem.Problem{broken(IDFormat, p.places().Endpoint, fmt.Sprintf("the backend does not take the format %s: %s", p.format(), said),
			"set encoding of the exporter to the other one, json or proto; see that the path is that of OTLP")}
	case a.status == http.StatusRequestEntityTooLarge:
		return "", []problem.Problem{broken(IDSize, p.places().Endpoint, "the backend refuses even an export without spans as too large: "+said,
			"raise the limit of what stands in front of the backend")}
	case a.status == http.StatusBadRequest, a.status == http.StatusUnprocessableEntity:
		if len(p.Absent) > 0 || p.Untried != "" {
			return "answered", p.withoutCredentials()
		}
		return "answered", []problem.Problem{doubtful(IDUntried, p.places().Endpoint,
			"the backend refuses an export without spans, so whether it takes one with spans is not known: "+said, "read its answer; helm test sends a span through the collector")}
	case a.page():
		return "", []problem.Problem{broken(IDWebPage, p.places().Endpoint, fmt.Sprintf("a web page answers at the path %s: %s", path, said),
			"set the endpoint to the backend's address for OTLP, not to that of its pages or of a login")}
	case a.status == http.StatusTooManyRequests:
		return "", []problem.Problem{broken(IDUnavailable, p.places().Endpoint, "the backend limits requests now: "+said, "look at the limits and the quota of the backend; a collector tries again later")}
	case a.status/100 == 5, a.status == http.StatusRequestTimeout:
		return "", []problem.Problem{broken(IDUnavailable, p.places().Endpoint, "the backend takes nothing now: "+said, "look at the backend, and at what stands in front of it")}
	}
	return "", []problem.Problem{broken(IDProtocol, p.places().Endpoint, "the backend does not take a POST of OTLP: "+said, "use the backend's address for OTLP over HTTP")}
}

// redirected tells where the backend sends a request. A client follows 307 and
// 308 with the body, but leaves the headers behind where the host is another.
func (p *probe) redirected(a *answer) (string, []problem.Problem) {
	where := "elsewhere"
	if to, err := url.Parse(a.location); err == nil && to.Host+to.Path != "" {
		to.User, to.RawQuery, to.Fragment = nil, "", ""
		where = "to " + p.words(to.String())
	}
	return "", []problem.Problem{broken(IDRedirect, p.places().Endpoint, fmt.Sprintf("the backend redirects a request, status %d, %s", a.status, where),
		"set the endpoint to where it leads, if that is the backend's address for OTLP: a redirected request may lose its headers, its method and its body")}
}

// heard is the status of an answer, and what it says where that is not a page.
func (p *probe) heard(a *answer) string {
	text := strings.TrimSpace(fmt.Sprintf("status %d %s", a.status, http.StatusText(a.status)))
	said := strings.TrimSpace(a.said)
	if strings.Contains(a.media, "protobuf") {
		said = strings.Join(textsOf([]byte(a.said), statusMessage), "; ")
	}
	if a.page() || said == "" {
		return text
	}
	return text + ": " + p.words(said)
}

// shownPath is the path that was asked for.
func (p *probe) shownPath() string {
	if at, err := url.Parse(p.url()); err == nil {
		return at.EscapedPath()
	}
	return "of the endpoint"
}

func (p *probe) format() string {
	if p.JSON {
		return "application/json"
	}
	return "application/x-protobuf"
}
