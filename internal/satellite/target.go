package satellite

import (
	"cmp"
	"net"
	"time"
)

// DefaultTimeout is how long a step may take.
const DefaultTimeout = 10 * time.Second

// Protocol is what a satellite speaks.
type Protocol string

// The protocols. LightStep is that of Envoy's native tracer:
// /lightstep.collector.CollectorService/Report (lightstep-tracer-common,
// collector.proto). OTLP is /opentelemetry.proto.collector.trace.v1.TraceService/Export.
const (
	OTLP      Protocol = "OTLP"
	LightStep Protocol = "LightStep"
)

// Target is a satellite and what is needed to send to it.
type Target struct {
	Address     string        // host:port, as a values file has it
	Secure      bool          // by TLS
	ServerName  string        // name to ask for and to find in the certificate; empty: the host of the address
	Authorities []byte        // PEM of the CAs that may vouch for it; empty: the public ones
	Header      string        // gRPC metadata that carries the token; OTLP only
	Token       string        // access token; empty: an export is tried without it
	Protocol    Protocol      // empty: OTLP
	Collected   bool          // a collector sends to it, which can compress; proxies do not
	Compression string        // what it compresses by: none, gzip, …; empty or auto: not known here
	Timeout     time.Duration // of each step; 0: DefaultTimeout
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

// name is what the certificate must be for.
func (t *Target) name() string { return cmp.Or(t.ServerName, t.host()) }

func (t *Target) timeout() time.Duration { return cmp.Or(t.Timeout, DefaultTimeout) }
