// Package behind lets the command ask pkg/render for what its public API does
// not have. pkg/render sets the function when it is initialized.
package behind

import (
	"context"
	"time"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Satellite is what values say of the satellite and the path to it.
type Satellite struct {
	Address    string // host:port
	Secure     bool   // by TLS
	OwnCA      bool   // verified by a CA of the user's, not by the public ones
	ServerName string // name to find in its certificate; empty: the host of the address
	Header     string // header that carries the access token
	// Compression is collector.compression: how the collector compresses what it
	// sends. Empty or auto, the chart decides by the address.
	Compression string
	Delivery    string // native, collector or direct; empty where the Istio version is not known
	Token       string // access token; empty where a Secret holds it
	Authorities string // PEM of the user's CA; empty where a Secret holds it

	// Locate adds to problems whose path the values gave, where they gave it.
	Locate func(problems []problem.Problem)
}

// SatelliteOf gives what the values, a *render.Values, say of the satellite, and
// those problems of a check that keep a span from going there: where an error
// is among them, the Satellite is nil. What the rest of the values lacks does
// not matter here, such as the Istio version. Certificates must be valid at
// the time.
var SatelliteOf func(ctx context.Context, values any, at time.Time) (*Satellite, []problem.Problem, error)
