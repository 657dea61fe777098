package render

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/behind"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

func init() { behind.SatelliteOf = satelliteOf }

// reaching are the values that the way to the satellite depends on.
var reaching = []string{
	"global.tracer.lightstep.address", "global.tracer.lightstep.secure", "collector.headerName", "collector.tls", "cacert.pem", "delivery",
}

// satelliteOf is [behind.SatelliteOf].
func satelliteOf(ctx context.Context, of any, at time.Time) (*behind.Satellite, []problem.Problem, error) {
	v, ok := of.(*Values)
	if !ok {
		return nil, nil, fmt.Errorf("%T is not *render.Values", of)
	}
	r, err := New()
	if err != nil {
		return nil, nil, err
	}
	problems, err := r.Check(ctx, v, At(at))
	if err != nil {
		return nil, nil, err
	}
	e := r.examination(v, true)
	if err := e.run(ctx); err != nil {
		return nil, nil, err
	}
	if e.judged != nil {
		problems = slices.DeleteFunc(problems, func(p problem.Problem) bool {
			return !strings.Contains(p.ID, "-VALUES-") &&
				!slices.ContainsFunc(reaching, func(path string) bool { return strings.HasPrefix(p.Path, path) })
		})
	}
	if e.judged == nil || problem.HasErrors(problems) {
		return nil, problems, nil
	}
	return e.satellite(), problems, nil
}

// satellite reads values that the schema and the rules have taken.
func (e *examination) satellite() *behind.Satellite {
	s := &behind.Satellite{
		Address:     textAt(e.coalesced, "global.tracer.lightstep.address"),
		Secure:      isTrueAt(e.coalesced, "global.tracer.lightstep.secure"),
		Header:      textAt(e.coalesced, "collector.headerName"),
		Token:       textAt(e.coalesced, "global.tracer.lightstep.accessToken"),
		Authorities: textAt(e.coalesced, pemPath),
		Locate:      e.user.Locate,
	}
	s.OwnCA = s.Secure && textAt(e.coalesced, "global.tracer.lightstep.cacertPath") != ""
	if delivery, ok := e.judged.Subject["delivery"].(string); ok {
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
