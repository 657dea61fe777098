package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// textWriter writes problems for people, each as
//
//	values.yaml:4:7: error: global.tracer.lightstep.address: "https://x" is a URL  [LS-ADDRESS-URL]
//	    fix: write host:port, for example ingest.lightstep.com:443
type textWriter struct {
	w     io.Writer
	color bool
}

// problems writes the problems alone.
func (t *textWriter) problems(problems []problem.Problem) error {
	out := terminal.Text{Coloured: t.color}
	for _, p := range shown(problems) {
		colour := map[problem.Severity]string{problem.SeverityError: terminal.Red, problem.SeverityWarning: terminal.Yellow, problem.SeverityInfo: terminal.Green}[p.Severity]
		if at := location(p); at != "" {
			out.Add(out.In(terminal.Bold, at+":") + " ")
		}
		out.Add(out.In(colour, string(p.Severity)+":") + " " + indentMore(sentence(p)))
		if p.ID != "" {
			out.Add("  " + out.In(terminal.Faint, "["+p.ID+"]"))
		}
		out.Add("\n")
		if p.Fix != "" {
			out.Add("    fix: " + indentMore(p.Fix) + "\n")
		}
	}
	_, err := io.WriteString(t.w, out.String())
	return err
}

// Target writes the problems and a line that counts them.
func (t *textWriter) Target(name string, problems []problem.Problem) error {
	if err := t.problems(problems); err != nil {
		return err
	}
	_, err := fmt.Fprintf(t.w, "%s\n", terminal.Safe(summary(name, problems)))
	return err
}

// Close does nothing: every target is complete.
func (t *textWriter) Close() error { return nil }

// location is file:line:column, as far as it is known.
func location(p problem.Problem) string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
}

// indentMore sets further lines of a text below its first.
func indentMore(text string) terminal.Styled { return terminal.Lines(text, "      ") }

// summary counts the problems: `2 errors, 1 warning in values.yaml`.
func summary(name string, problems []problem.Problem) string {
	count := map[problem.Severity]int{}
	for _, p := range shown(problems) {
		count[p.Severity]++
	}
	var counts []string
	for _, s := range []problem.Severity{problem.SeverityError, problem.SeverityWarning} {
		if count[s] > 0 {
			counts = append(counts, terminal.Counted(count[s], string(s)))
		}
	}
	if count[problem.SeverityInfo] > 0 {
		counts = append(counts, terminal.Counted(count[problem.SeverityInfo], "choice"))
	}
	if len(counts) == 0 {
		counts = []string{"no problems"}
	}
	told := strings.Join(counts, ", ") + " in " + name
	if ignored := Ignored(problems); ignored != "" {
		told += "; " + ignored
	}
	return told
}
