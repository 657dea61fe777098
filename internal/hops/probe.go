package hops

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
)

// Probe is a marked request.
type Probe struct {
	Trace   string // id of its trace, 32 hexadecimal digits
	Client  string // its x-client-trace-id
	Status  int    // of the answer; 0 where there was none
	Failure string // why there was none
}

// Headers are those that carry a trace, of which proxies speak one kind.
type Headers string

// The kinds of headers.
const (
	TraceContext Headers = "traceparent and tracestate"                                                // W3C: the OpenTelemetry tracer
	B3           Headers = "x-b3-traceid, x-b3-spanid, x-b3-parentspanid, x-b3-sampled and x-b3-flags" // the Zipkin tracer
)

// answerLimit is how much of an answer is read.
const answerLimit = 1 << 20

// prober sends marked requests.
type prober struct {
	client  *http.Client
	url     *url.URL
	host    string // to ask for; empty for that of the URL
	agent   string
	headers Headers
}

func newProber(o *Options, headers Headers) *prober {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	transport.DisableKeepAlives = true                           // so that each request may reach another pod
	if o.Host != "" {
		// Gateways choose certificate and routes by the name in the handshake.
		transport.TLSClientConfig = &tls.Config{ServerName: (&url.URL{Host: o.Host}).Hostname(), MinVersion: tls.VersionTLS12}
	}
	return &prober{
		url: o.URL, host: o.Host, agent: o.Agent, headers: headers,
		client: &http.Client{
			Transport: transport, Timeout: o.Timeout,
			// Another address is not the one that was given.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// send sends one request. Both marks make proxies trace it whatever their
// sampling: the trace says that it is sampled, and x-client-trace-id asks for
// one (Envoy, mutateTracingRequestHeader).
func (p *prober) send(ctx context.Context) Probe {
	var ids [24]byte
	_, _ = rand.Read(ids[:]) // never fails, by its contract
	trace, span := hex.EncodeToString(ids[:16]), hex.EncodeToString(ids[16:])
	probe := Probe{Trace: trace, Client: "istio-lightstep-" + trace}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url.String(), nil)
	if err != nil {
		probe.Failure = "it is no URL"
		return probe
	}
	request.Host = p.host
	request.Header.Set("User-Agent", p.agent)
	request.Header.Set("X-Client-Trace-Id", probe.Client)
	if p.headers == B3 {
		request.Header.Set("X-B3-Traceid", trace)
		request.Header.Set("X-B3-Spanid", span)
		request.Header.Set("X-B3-Sampled", "1")
	} else {
		request.Header.Set("Traceparent", "00-"+trace+"-"+span+"-01")
	}
	answer, err := p.client.Do(request)
	if err != nil {
		probe.Failure = failure(err)
		return probe
	}
	defer func() { _ = answer.Body.Close() }()
	// Proxies end their spans with the answer.
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, answerLimit))
	probe.Status = answer.StatusCode
	return probe
}

// failure says why there was no answer, without the URL, which may hold a
// password.
func failure(err error) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "no answer in time"
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err.Error()
	}
	return err.Error()
}
