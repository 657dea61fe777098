package backend

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// DefaultTimeout is how long a step may take.
const DefaultTimeout = 10 * time.Second

// Protocol is what a backend speaks.
type Protocol string

// The protocols. OTLP is /opentelemetry.proto.collector.trace.v1.TraceService/Export
// over gRPC; HTTP is OTLP's request as the body of a POST. LightStep is that of
// Envoy's native tracer: /lightstep.collector.CollectorService/Report
// (lightstep-tracer-common, collector.proto).
const (
	OTLP      Protocol = "OTLP"
	HTTP      Protocol = "OTLP/HTTP"
	LightStep Protocol = "LightStep"
)

// Target is a backend and what is needed to send to it.
type Target struct {
	Address     string        // host:port
	URL         string        // of traces, HTTP only; empty: https or http://Address/v1/traces
	Secure      bool          // by TLS
	ServerName  string        // name to ask for and to find in the certificate; empty: the host of the address
	Authorities []byte        // PEM of the CAs that may vouch for it; empty: the public ones
	PublicToo   bool          // the public CAs vouch beside Authorities
	Unverified  bool          // its certificate is taken as it is
	Certificate []byte        // PEM of the client's certificate; empty: none
	Key         []byte        // PEM of its key
	Headers     []Header      // sent with each export; LightStep: one, whose value is the token
	Absent      []string      // names of headers whose values are not at hand
	Untried     string        // why no credentials can be sent from here, such as a signature's; empty: they can
	Protocol    Protocol      // empty: OTLP
	JSON        bool          // HTTP: the body is JSON
	Collected   bool          // a collector sends to it, which can compress; proxies do not
	Compression string        // what it compresses by: none, gzip, …; empty or auto: not known here
	Hidden      []string      // further texts that are never shown
	Places      Places        // of the settings, in the values; the zero value: those of LightStep
	Timeout     time.Duration // of each step; 0: DefaultTimeout
}

// Header is one header of an export.
type Header struct {
	Name, Value string
	Secret      bool // the value is never shown
}

// host gives the host of the address, without brackets.
func (t *Target) host() string {
	host, _, err := net.SplitHostPort(t.Address)
	if err != nil {
		return t.Address
	}
	return host
}

func (t *Target) port() string {
	_, port, err := net.SplitHostPort(t.Address)
	if err != nil {
		return ""
	}
	return port
}

// Shown is the address as it may be shown.
func (t *Target) Shown() string { return redact.Without(t.Address, t.secrets()) }

// url gives where a request by HTTP goes.
func (t *Target) url() string {
	scheme := "http"
	if t.Secure {
		scheme = "https"
	}
	return cmp.Or(t.URL, (&url.URL{Scheme: scheme, Host: t.Address, Path: "/v1/traces"}).String())
}

// name is what the certificate must be for.
func (t *Target) name() string { return cmp.Or(t.ServerName, t.host()) }

func (t *Target) timeout() time.Duration { return cmp.Or(t.Timeout, DefaultTimeout) }

func (t *Target) places() Places {
	if t.Places == (Places{}) {
		return OfLightStep
	}
	return t.Places
}

// secret tells whether anything that authenticates is sent.
func (t *Target) secret() bool { return len(t.secretHeaders()) > 0 || len(t.Certificate) > 0 }

// secretHeaders are those that hold secrets.
func (t *Target) secretHeaders() []Header {
	return slices.DeleteFunc(slices.Clone(t.Headers), func(h Header) bool { return !h.Secret })
}

// secrets are the texts that are never shown.
func (t *Target) secrets() []string {
	hidden := append([]string{string(t.Key)}, t.Hidden...)
	for _, header := range t.secretHeaders() {
		hidden = append(hidden, header.Value)
		if _, token, ok := strings.Cut(header.Value, " "); ok { // a server may repeat it without its scheme
			hidden = append(hidden, token)
		}
	}
	return hidden
}

// headerNames lists the headers that hold secrets, for a person.
func (t *Target) headerNames() string {
	var names []string
	for _, header := range t.secretHeaders() {
		names = append(names, header.Name)
	}
	return strings.Join(append(names, t.Absent...), ", ")
}

func (t *Target) words(said string) string { return redact.Said(said, t.secrets()...) }

// hide takes the secrets out of all that a step tells: a host name may be one.
func (t *Target) hide(step *Step) {
	secrets := t.secrets()
	step.Seen = redact.Without(step.Seen, secrets)
	step.Problems = slices.Clone(step.Problems)
	for i := range step.Problems {
		p := &step.Problems[i]
		p.Reason, p.Fix = redact.Without(p.Reason, secrets), redact.Without(p.Fix, secrets)
	}
}
