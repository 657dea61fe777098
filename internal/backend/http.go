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
		return p.noHTTP(ctx, err)
	}
	if !p.Secure && got.status == http.StatusBadRequest && saysTLS(got.said) {
		return p.fail("wants-tls")
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

// noHTTP tells why no answer by HTTP came.
func (p *probe) noHTTP(ctx context.Context, err error) (string, []problem.Problem) {
	switch {
	case isTimeout(err):
		return p.fail("no-answer", "time", p.timeout())
	case aboutClient(err):
		return p.clientRefused(err)
	case p.Secure:
		if alert := p.alertAfter(ctx); alert != nil && aboutClient(alert) {
			return p.clientRefused(alert)
		}
	case p.speaksTLS(ctx):
		return p.fail("wants-tls")
	}
	return p.fail("http-none", "said", p.words(err.Error()))
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
	media = p.media()
	if p.JSON {
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
	row := "http-protocol"
	switch {
	case a.status/100 == 3:
		return p.fail("http-redirect", "status", a.status, "where", p.redirect(a))
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden, a.status == http.StatusBadRequest && aboutCredentials.MatchString(a.said):
		return p.refused(said)
	case a.status == http.StatusNotFound, a.status == http.StatusGone, a.status == http.StatusMethodNotAllowed:
		row = "http-path"
	case a.status == http.StatusUnsupportedMediaType, a.status == http.StatusNotAcceptable:
		row = "http-format"
	case a.status == http.StatusRequestEntityTooLarge:
		row = "http-size"
	case a.status == http.StatusBadRequest, a.status == http.StatusUnprocessableEntity:
		if len(p.Absent) > 0 || p.Untried != "" {
			return "answered", p.withoutCredentials()
		}
		return "answered", []problem.Problem{p.problem("http-empty", "said", said)}
	case a.page():
		row = "http-page"
	case a.status == http.StatusTooManyRequests:
		row = "http-limited"
	case a.status/100 == 5, a.status == http.StatusRequestTimeout:
		row = "http-unavailable"
	}
	return p.fail(row, "said", said, "urlPath", p.shownPath(), "format", p.media())
}

// redirect tells where the backend sends a request. A client follows 307 and
// 308 with the body, but leaves the headers behind where the host is another.
func (p *probe) redirect(a *answer) string {
	to, err := url.Parse(a.location)
	if err != nil || to.Host+to.Path == "" {
		return "elsewhere"
	}
	to.User, to.RawQuery, to.Fragment = nil, "", ""
	return "to " + p.words(to.String())
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

// media is the content type of an export.
func (p *probe) media() string {
	if p.JSON {
		return "application/json"
	}
	return "application/x-protobuf"
}
