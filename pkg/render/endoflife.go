package render

import (
	"context"

	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// addEndOfLife says once that LightStep's public hosts come to their end, where
// the chart finds that spans go nowhere else. Errors come first: there it is not
// said.
func (e *examination) addEndOfLife(ctx context.Context, r *Renderer) error {
	if e.judged == nil || problem.HasErrors(e.problems) {
		return nil
	}
	path, err := r.chart.Include(ctx, "istio-lightstep.endOfLife", e.input(r))
	if err != nil {
		return e.redacted(err)
	}
	if path != "" {
		e.add(problem.Problem{
			ID: "LS-END-OF-LIFE", Severity: problem.SeverityInfo, Path: path, URL: pages.Check,
			Reason: "LightStep reached its end of life on 2026-03-01, or does so when your contract ends",
			Fix:    "send to another backend too: set `backends`, or have `istio-lightstep migrate --backend NAME` write the values",
		})
	}
	return nil
}
