package render

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/behind"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

func init() { behind.BackendsOf = backendsOf }

// reaching are the values that the paths to backends depend on.
var reaching = []string{
	"global.tracer.lightstep.address", "global.tracer.lightstep.secure", "collector.headerName", "collector.tls", "cacert.pem", "delivery",
	"backends", "collector.exporters", "collector.env",
}

// backendsOf is [behind.BackendsOf].
func backendsOf(ctx context.Context, of any, at time.Time) (*behind.Backends, []problem.Problem, error) {
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
		problems = slices.Clip(slices.DeleteFunc(problems, func(p problem.Problem) bool {
			return p.Severity == problem.SeverityInfo || !strings.Contains(p.ID, "-VALUES-") &&
				!slices.ContainsFunc(reaching, func(path string) bool { return strings.HasPrefix(p.Path, path) })
		}))
	}
	if e.judged == nil || problem.HasErrors(problems) {
		return nil, problems, nil
	}
	found, err := e.backends(ctx, r)
	return found, problems, err
}

// backends reads values that the schema and the rules have taken.
func (e *examination) backends(ctx context.Context, r *Renderer) (*behind.Backends, error) {
	b := &behind.Backends{Locate: e.user.Locate, Variables: variables(e.coalesced)}
	if delivery, ok := e.judged.Subject["delivery"].(string); ok {
		b.Delivery = delivery
	} else if asked := textAt(e.coalesced, "delivery"); asked != "auto" {
		b.Delivery = asked
	}
	if e.judged.Subject["lightstep"] == true && textAt(e.coalesced, "global.tracer.lightstep.address") != "" {
		b.LightStep = e.lightStep(b.Delivery)
	}
	text, err := r.chart.Include(ctx, "istio-lightstep.paths", e.input(r))
	if err != nil {
		return nil, fmt.Errorf("reading the backends: %w", e.redacted(err))
	}
	if err := json.Unmarshal([]byte(text), &b.Others); err != nil {
		return nil, fmt.Errorf("reading the backends: %w", e.redacted(err))
	}
	return b, nil
}

func (e *examination) lightStep(delivery string) *behind.LightStep {
	s := &behind.LightStep{
		Address:     textAt(e.coalesced, "global.tracer.lightstep.address"),
		Secure:      isTrueAt(e.coalesced, "global.tracer.lightstep.secure"),
		Header:      textAt(e.coalesced, "collector.headerName"),
		Token:       textAt(e.coalesced, "global.tracer.lightstep.accessToken"),
		Authorities: textAt(e.coalesced, pemPath),
	}
	s.OwnCA = s.Secure && textAt(e.coalesced, "global.tracer.lightstep.cacertPath") != ""
	if delivery == "" || delivery == "collector" {
		s.ServerName = textAt(e.coalesced, "collector.tls.serverName")
		s.Compression = textAt(e.coalesced, "collector.compression")
	}
	return s
}

// variables are those of collector.env.
func variables(coalesced map[string]any) map[string]*string {
	found := map[string]*string{}
	list, _ := yamltree.Parse("collector.env").In(coalesced)
	items, _ := list.([]any)
	for _, item := range items {
		entry, _ := item.(map[string]any)
		name, _ := entry["name"].(string)
		if value, ok := entry["value"].(string); ok {
			found[name] = &value
		} else {
			found[name] = nil
		}
	}
	return found
}

// isTrueAt tells whether a values path holds true.
func isTrueAt(coalesced map[string]any, path string) bool {
	steps := yamltree.Parse(path)
	value, found := steps.In(coalesced)
	return found == len(steps) && value == true
}
