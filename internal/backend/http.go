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
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
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
