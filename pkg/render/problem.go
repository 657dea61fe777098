package render

import (
	"fmt"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/problem"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// Problem is one thing wrong with the values. Its fields:
//
//	ID            stable, such as LS-ADDRESS-PORT
//	Severity      Error or Warning
//	Path          values path, such as gateways[0].namespace
//	Reason        what is wrong, with the value where that is no secret
//	Fix           what to do about it
//	File          the file that holds the value, or the --set that won; may be empty
//	Line, Column  where in the file, from 1; 0 is unknown
//
// As JSON the fields have these names in lower case.
type Problem = problem.Problem

// Severity says whether a problem refuses the values or only warns.
type Severity = problem.Severity

// The severities.
const (
	Error   = problem.Error
	Warning = problem.Warning
)

// ProblemsError tells that values were refused, and why. Get at it by
// [errors.As].
type ProblemsError struct {
	Problems []Problem // at least one error, and all warnings; errors first
}

// Error gives all problems, in several lines each.
func (e *ProblemsError) Error() string {
	var text strings.Builder
	errors := 0
	for _, p := range e.Problems {
		if p.Severity == Error {
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
func position(p Problem) string {
	file := terminal.Safe(p.File)
	switch {
	case file == "":
		return ""
	case p.Line == 0:
		return file + ": "
	}
	return fmt.Sprintf("%s:%d:%d: ", file, p.Line, p.Column)
}

func subject(p Problem) string {
	if p.Path == "" {
		return ""
	}
	return p.Path + ": "
}
