package render

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/certificate"
	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Render renders the values. The error of values that have errors is a
// [*ProblemsError]; any other error is a failure, such as that of ctx.
func (r *Renderer) Render(ctx context.Context, v *Values) (*Result, error) {
	r, err := r.ready()
	if err != nil {
		return nil, err
	}
	e, err := r.examine(ctx, v)
	if err != nil {
		return nil, err
	}
	documents, err := r.chart.Render(ctx, e.input(r))
	if err != nil {
		return nil, e.redacted(err)
	}
	return &Result{Warnings: e.problems, rendered: seal(documents)}, nil
}

// Explain summarizes the effect of the values in some ten lines for people: how
// proxies send spans, by which path, where the access token and the CA are
// stored, what is lost while the satellite is unavailable, and what is not
// covered. Its errors are those of [Renderer.Render].
func (r *Renderer) Explain(ctx context.Context, v *Values) (string, error) {
	r, err := r.ready()
	if err != nil {
		return "", err
	}
	e, err := r.examine(ctx, v)
	if err != nil {
		return "", err
	}
	text, err := r.chart.Include(ctx, "istio-lightstep.explain", e.input(r))
	if err != nil {
		return "", e.redacted(err)
	}
	return strings.TrimSpace(text) + "\n", nil
}

// ErrNoContext is the error of a nil [context.Context].
var ErrNoContext = errors.New("there is no context: it is nil")

// given gives the error of a context that is nil or done.
func given(ctx context.Context) error {
	if ctx == nil {
		return ErrNoContext
	}
	return ctx.Err()
}

// examine judges the values for a render, which has no clock.
func (r *Renderer) examine(ctx context.Context, v *Values) (*examination, error) {
	if err := given(ctx); err != nil {
		return nil, err
	}
	e := r.examination(v, false)
	if err := cmp.Or(e.run(ctx), ctx.Err()); err != nil {
		return nil, err
	}
	e.addCertificates(timeless)
	if problems := e.sorted(); problem.HasErrors(problems) {
		return nil, &ProblemsError{problems}
	}
	return e, nil
}

// timeless checks the PEM but for its dates. Plain Helm takes any text, so all
// are warnings.
func timeless(pem string) []problem.Problem {
	found := slices.DeleteFunc(certificate.Check(pemPath, pem, time.Time{}), func(p problem.Problem) bool {
		return slices.Contains(dated, p.ID)
	})
	for i := range found {
		found[i].Severity = problem.SeverityWarning
	}
	return found
}

// dated are the problems of a certificate that come and go with time.
var dated = []string{"LS-CA-EXPIRED", "LS-CA-NOT-YET-VALID", "LS-CA-EXPIRES-SOON"}

// input is what the chart is given with values that are judged.
func (e *examination) input(r *Renderer) helmengine.Input {
	in := r.input(e.coalesced)
	in.State = e.judged.State
	return in
}

// input is what the chart is given with some values.
func (r *Renderer) input(values map[string]any) helmengine.Input {
	return helmengine.Input{ReleaseName: r.release, Namespace: r.namespace, Capabilities: r.capabilities, Values: values}
}
