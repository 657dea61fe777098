package migrate

import (
	"context"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// target is the Istio that is migrated to.
type target struct {
	version  string // as it was given
	parsed   dialect.Version
	row      *dialect.Row
	renderer *render.Renderer
	backend  *Backend // that takes the place of LightStep; nil where none does
}

// native tells whether the proxies' own tracer is used there, which takes the
// token as a literal only.
func (t target) native() bool { return t.old() && t.backend == nil }

// old tells an Istio whose proxies have a tracer for LightStep of their own.
func (t target) old() bool { return t.row.Auto == "native" }

// newTarget finds the dialect of a version. The chart's own rules refuse one
// that it does not know.
func newTarget(ctx context.Context, version string) (target, error) {
	renderer, err := render.New()
	if err != nil {
		return target{}, err
	}
	values, err := render.ReadValues(render.SetLiteral("istio.version=" + strings.TrimPrefix(version, "v")))
	if err != nil {
		return target{}, err
	}
	problems, err := renderer.Check(ctx, values)
	if err != nil {
		return target{}, err
	}
	problems = slices.DeleteFunc(problems, func(p problem.Problem) bool { return p.Path != "istio.version" || p.Severity != problem.SeverityError })
	if len(problems) > 0 {
		for i := range problems {
			problems[i].File = "--to"
		}
		return target{}, &render.ProblemsError{Problems: problems}
	}
	dialects, err := dialect.Load()
	if err != nil {
		return target{}, err
	}
	asked, err := dialect.ParseVersion(version)
	if err != nil {
		return target{}, err
	}
	return target{version: strings.TrimPrefix(version, "v"), parsed: asked, row: dialects.For(asked).Row, renderer: renderer}, nil
}

// isPlaceholder reports whether the chart's rules refuse the token as a
// placeholder.
func (t target) isPlaceholder(ctx context.Context, token string) (bool, error) {
	values, err := render.ReadValues(render.SetLiteral(valueToken + "=" + token))
	if err != nil {
		return false, err
	}
	problems, err := t.renderer.Check(ctx, values)
	return slices.ContainsFunc(problems, func(p problem.Problem) bool { return p.ID == "LS-TOKEN-PLACEHOLDER" }), err
}
