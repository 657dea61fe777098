package migrate

import (
	"net"
	"strings"
)

// endpoint is what a setting that names an address says.
type endpoint struct{ scheme, host, port, path string }

// resolvers are schemes of gRPC that say how a name is looked up, and nothing of
// TLS.
var resolvers = map[string]bool{"dns": true, "passthrough": true, "ipv4": true, "ipv6": true, "xds": true}

// endpointOf splits an address, with or without scheme, port and path.
func endpointOf(text string) endpoint {
	var e endpoint
	rest := text
	if scheme, after, found := strings.Cut(text, "://"); found {
		e.scheme, rest = strings.ToLower(scheme), after
	} else if scheme, after, found := strings.Cut(text, ":"); found && resolvers[strings.ToLower(scheme)] {
		e.scheme, rest = strings.ToLower(scheme), after
	}
	if resolvers[e.scheme] {
		e.scheme, rest = "", rest[strings.LastIndexByte(rest, '/')+1:]
	}
	rest, path, found := strings.Cut(rest, "/")
	if found {
		e.path = "/" + path
	}
	if host, port, err := net.SplitHostPort(rest); err == nil {
		e.host, e.port = host, port
	} else {
		e.host = strings.Trim(rest, "[]")
	}
	if e.port == "" {
		e.port = map[string]string{"http": "80", "https": "443"}[e.scheme]
	}
	return e
}

// address gives host and port; "" where there is no host.
func (e endpoint) address() string {
	if e.host == "" || e.port == "" {
		return e.host
	}
	return net.JoinHostPort(e.host, e.port)
}
