package render

import (
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// ProblemsError is the error of values that were refused. Get it with
// [errors.As].
type ProblemsError struct {
	Problems []problem.Problem // at least one error, and all warnings; errors first
}

// Error gives all problems, in several lines each.
func (e *ProblemsError) Error() string {
	errors := 0
	for _, p := range e.Problems {
		if p.Severity == problem.SeverityError {
			errors++
		}
	}
	var text strings.Builder
	text.WriteString("found " + terminal.Counted(errors, "error"))
	if warnings := len(e.Problems) - errors; warnings > 0 {
		text.WriteString(" and " + terminal.Counted(warnings, "warning"))
	}
	text.WriteString("\n")
	_ = report.WriteText(&text, e.Problems) // to memory, which takes all
	return strings.TrimSuffix(text.String(), "\n")
}
