package render

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Satellite is what values say of the satellite and of the way to it. Printed,
// logged or encoded as text it tells no more than its address.
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

	token, authorities string
}

// Token gives the access token, empty where a Secret holds it.
func (s Satellite) Token() string { return s.token }

// Authorities gives the PEM of the user's CA, empty where a Secret holds it.
func (s Satellite) Authorities() string { return s.authorities }

// String gives the address.
func (s Satellite) String() string { return s.Address }

// Format prints [Satellite.String], whatever the verb.
func (s Satellite) Format(f fmt.State, _ rune) { writeText(f, s.String()) }

// LogValue gives a log [Satellite.String].
func (s Satellite) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText gives JSON and others [Satellite.String].
func (s Satellite) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// reaching are the values that the way to the satellite depends on.
var reaching = []string{
	"global.tracer.lightstep.address", "global.tracer.lightstep.secure", "collector.headerName", "collector.tls", "cacert.pem", "delivery",
}

// Satellite gives what the values say of the satellite, and those problems of
// [Renderer.Check] that keep one from going there: where an error is among
// them, the Satellite is nil. What the rest of the values lacks does not matter
// here, such as the Istio version.
func (r *Renderer) Satellite(ctx context.Context, v *Values, opts ...CheckOption) (*Satellite, []problem.Problem, error) {
	problems, err := r.Check(ctx, v, opts...)
	if err != nil {
		return nil, nil, err
	}
	e := examination{embedded: r.embedded, user: v.orNone(), strict: true}
	if err := e.run(); err != nil {
		return nil, nil, err
	}
	if e.subject != nil {
		problems = slices.DeleteFunc(problems, func(p problem.Problem) bool {
			return !strings.Contains(p.ID, "-VALUES-") &&
				!slices.ContainsFunc(reaching, func(path string) bool { return strings.HasPrefix(p.Path, path) })
		})
	}
	if e.subject == nil || problem.HasErrors(problems) {
		return nil, problems, nil
	}
	return e.satellite(), problems, nil
}

// satellite reads values that the schema and the rules have taken.
func (e *examination) satellite() *Satellite {
	s := &Satellite{
		Address:     textAt(e.coalesced, "global.tracer.lightstep.address"),
		Secure:      isTrueAt(e.coalesced, "global.tracer.lightstep.secure"),
		Header:      textAt(e.coalesced, "collector.headerName"),
		token:       textAt(e.coalesced, "global.tracer.lightstep.accessToken"),
		authorities: textAt(e.coalesced, pemPath),
	}
	s.OwnCA = s.Secure && textAt(e.coalesced, "global.tracer.lightstep.cacertPath") != ""
	if delivery, ok := e.subject["delivery"].(string); ok {
		s.Delivery = delivery
	} else if asked := textAt(e.coalesced, "delivery"); asked != "auto" {
		s.Delivery = asked
	}
	if s.Delivery == "" || s.Delivery == "collector" {
		s.ServerName = textAt(e.coalesced, "collector.tls.serverName")
		s.Compression = textAt(e.coalesced, "collector.compression")
	}
	return s
}

// isTrueAt tells whether a values path holds true.
func isTrueAt(coalesced map[string]any, path string) bool {
	steps := yamltree.Parse(path)
	value, found := steps.In(coalesced)
	return found == len(steps) && value == true
}

// Locate adds to problems whose path the values gave, where they gave it.
func (v *Values) Locate(problems []problem.Problem) { v.orNone().Locate(problems) }
