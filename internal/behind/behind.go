// Package behind lets the command ask pkg/render for what its public API does
// not have. pkg/render sets the function when it is initialized.
package behind

import (
	"context"
	"time"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Backends are what values say of the backends and the paths to them.
type Backends struct {
	LightStep *LightStep // nil where no span goes there
	Others    []Backend  // those of backends, then those of collector.exporters
	Delivery  string     // native, collector or direct; empty where the Istio version is not known

	// Variables are those of collector.env, by name: their values, and nil where
	// another object has them.
	Variables map[string]*string

	// Locate adds to problems whose path the values gave, where they gave it.
	Locate func(problems []problem.Problem)
}

// LightStep is what values say of LightStep's satellites.
type LightStep struct {
	Address    string // host:port
	Secure     bool   // by TLS
	OwnCA      bool   // verified by a CA of the user's, not by the public ones
	ServerName string // name to find in its certificate; empty: the host of the address
	Header     string // header that carries the access token
	// Compression is collector.compression: how the collector compresses what it
	// sends. Empty or auto, the chart decides by the address.
	Compression string
	Token       string // access token; empty where a Secret holds it
	Authorities string // PEM of the user's CA; empty where a Secret holds it
}

// Backend is an exporter of the collector, as the chart writes it.
type Backend struct {
	Name     string         // in the values
	Exporter string         // in the collector's configuration and metrics
	Path     string         // of its values
	Place    string         // backends or exporters
	Drain    bool           // no span is sent to it any more
	OTLP     bool           // it is an exporter of OTLP
	Settings map[string]any // of the exporter, with ${…} as the collector reads it
	Auth     *Auth          // the extension that authenticates; nil: none
	Files    map[string]Key // what the files of the collector are, that the settings name
}

// Auth is an extension of the collector that authenticates.
type Auth struct {
	Extension string // its type, such as sigv4auth
	Settings  map[string]any
}

// Key is one key of a Secret.
type Key struct {
	Secret, Key string
}

// BackendsOf gives what the values, a *render.Values, say of the backends, and
// those problems of a check that keep a span from going there: where an error
// is among them, the Backends are nil. What the rest of the values lacks does
// not matter here, such as the Istio version. Certificates must be valid at
// the time.
var BackendsOf func(ctx context.Context, values any, at time.Time) (*Backends, []problem.Problem, error)
