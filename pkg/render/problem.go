package render

import (
	"fmt"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// ProblemsError tells that values were refused, and why. Get at it by
// [errors.As].
type ProblemsError struct {
	Problems []problem.Problem // at least one error, and all warnings; errors first
}

// Error gives all problems, in several lines each.
func (e *ProblemsError) Error() string {
	var text strings.Builder
	errors := 0
	for _, p := range e.Problems {
		if p.Severity == problem.SeverityError {
			errors++
		}
	}
	fmt.Fprintf(&text, "found %s", count(errors, "error"))
	if warnings := len(e.Problems) - errors; warnings > 0 {
		fmt.Fprintf(&text, " and %s", count(warnings, "warning"))
	}
	for _, p := range e.Problems {
		fmt.Fprintf(&text, "\n%s%s: %s%s  [%s]\n    fix: %s", position(p), p.Severity, subject(p), p.Reason, p.ID, p.Fix)
	}
	return text.String()
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// position gives file:line:column as far as they are known, and a blank.
func position(p problem.Problem) string {
	file := terminal.Safe(p.File)
	switch {
	case file == "":
		return ""
	case p.Line == 0:
		return file + ": "
	}
	return fmt.Sprintf("%s:%d:%d: ", file, p.Line, p.Column)
}

func subject(p problem.Problem) string {
	if p.Path == "" {
		return ""
	}
	return p.Path + ": "
}
