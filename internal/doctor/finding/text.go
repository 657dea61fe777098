package finding

import (
	"slices"

	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Colour is that of a severity on a terminal.
func Colour(s problem.Severity) string {
	switch s {
	case problem.SeverityError:
		return terminal.Red
	case problem.SeverityWarning:
		return terminal.Yellow
	default:
		return terminal.Green
	}
}

// WriteText writes the finding for people. Ago says since when, and may be
// empty.
func (f *Finding) WriteText(t *terminal.Text, ago string) {
	t.Line("%s %s: %s  %s", t.In(Colour(f.Severity), string(f.Severity)+":"), t.In(terminal.Bold, f.Subject), f.Title, t.In(terminal.Faint, "["+f.ID+"]"))
	t.Line("    lost: %s%s", f.Lost, ago)
	t.Line("    why:  %s", f.Reason)
	if f.Advice != "" {
		t.Line("    fix:  %s", f.Advice)
	}
	if f.Mend != "" {
		t.Line("    run:  %s", f.Mend)
	}
	t.Line("    more: %s\n", f.Page)
}

// WriteFix writes what to do alone.
func (f *Finding) WriteFix(t *terminal.Text) {
	if f.Advice != "" {
		t.Line("%s  %s", t.In(terminal.Bold, "Fix:"), f.Advice)
	}
	if f.Mend != "" {
		t.Line("%s  %s", t.In(terminal.Bold, "Run:"), f.Mend)
	}
}

// Ignore parts findings into those that are told, and those that are ignored:
// by an id of the command line, or by what was noted before.
func Ignore(all []Finding, ids func(string) bool, by string) (told, ignored []Finding) {
	told = []Finding{}
	for _, f := range all {
		if f.IgnoredBy == "" && ids != nil && ids(f.ID) {
			f.IgnoredBy = by
		}
		if f.IgnoredBy == "" {
			told = append(told, f)
		} else {
			ignored = append(ignored, f)
		}
	}
	return told, ignored
}

// HasErrors tells whether any of the findings is an error.
func HasErrors(all []Finding) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Severity == problem.SeverityError })
}

// Problems gives findings as problems.
func Problems(lists ...[]Finding) []problem.Problem {
	problems := []problem.Problem{}
	for _, list := range lists {
		for i := range list {
			problems = append(problems, list[i].Problem())
		}
	}
	return problems
}

// Problem gives the finding in the form in which check tells its own, for the
// formats of other tools.
func (f *Finding) Problem() problem.Problem {
	return problem.Problem{
		ID: f.ID, Severity: f.Severity, Path: f.Subject, Reason: f.Title + ": " + f.Reason + " (lost: " + f.Lost + ")", Fix: f.Fix(),
		URL: pages.Of(f.Page), IgnoredBy: f.IgnoredBy,
	}
}
