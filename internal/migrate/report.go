package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// parts are the report's, in order.
var parts = []struct {
	outcome Outcome
	title   string
}{
	{Unread, "Could not be read"},
	{Template, "Templates: give what they render"},
	{ByHand, "To do by hand"},
	{Left, "Left alone"},
	{Volume, "Changes in volume"},
	{Moved, "Moved"},
	{Dropped, "Removed"},
	{Rotate, "Tokens to rotate"},
}

// editAll says where values are changed by hand: the steps use one file after the other.
const editAll = "Each values file is complete, and the steps use one after the other. Change a value in all of values.yaml, values-drain.yaml and values-after.yaml; " +
	"what is of LightStep alone, in values.yaml and in values-drain.yaml, which has it as `backends.lightstep`, such as `tls.insecure: true` for `secure: false`.\n"

// Report gives the report as Markdown. It holds no secret.
func (r *Result) Report() string {
	var out strings.Builder
	fmt.Fprintf(&out, "# Migration to Istio %s\n", r.to.version)
	if !r.Found {
		out.WriteString("\n" + r.nothing() + ".\n")
	}
	if r.Unused {
		out.WriteString("\nNothing sends to LightStep: what is left over of it is unused, and there are no values to take from it.\n")
	}
	for _, part := range parts {
		lines := r.listed(part.outcome)
		if part.outcome == ByHand {
			for _, p := range r.Problems {
				if p.Severity == problem.SeverityError {
					lines = append(lines, ofProblem(p))
				}
			}
		}
		writeList(&out, part.title, lines)
		if part.outcome == ByHand && len(lines) > 0 && r.Drained != nil {
			out.WriteString("\n" + editAll)
		}
	}
	var warnings, information []string
	for _, p := range r.Problems {
		switch p.Severity {
		case problem.SeverityWarning:
			warnings = append(warnings, ofProblem(p))
		case problem.SeverityInfo:
			information = append(information, ofProblem(p))
		case problem.SeverityError: // to do by hand
		}
	}
	writeList(&out, "Warnings", warnings)
	writeList(&out, "Information", information)
	if len(r.Steps) > 0 {
		out.WriteString("\n## Steps, in the order that loses no span\n\n")
		for i, step := range r.Steps {
			step.write(&out, i+1)
		}
	}
	return r.hide(out.String())
}

// The most that a report names of one file below one title, and the most that it
// shows of a path, and of what it says of one place, in characters.
const (
	mostOfFile = 200
	mostOfPath = 160
	mostOfText = 1000
)

// listed gives the lines of an outcome. Of a file with too many, the rest is
// counted.
func (r *Result) listed(outcome Outcome) []string {
	var lines []string
	file, count := "", 0
	rest := func() {
		if count > mostOfFile {
			lines = append(lines, fmt.Sprintf("%s: %d more of these, not listed", terminal.Safe(file), count-mostOfFile))
		}
	}
	for _, f := range r.Findings {
		if f.Outcome != outcome {
			continue
		}
		if f.File != file {
			rest()
			file, count = f.File, 0
		}
		if count++; count <= mostOfFile || file == "" {
			f.Path, f.Text = r.hide(f.Path), r.hide(f.Text) // before either is cut, and a secret with it
			lines = append(lines, f.String())
		}
	}
	if file != "" {
		rest()
	}
	return lines
}

// bounded gives the two ends of a text that has more characters than may be
// shown.
func bounded(text string, most int) string {
	if len(text) <= most {
		return text
	}
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most/2]) + "…" + string(runes[len(runes)-most/2:])
}

// nothing tells that there is nothing to move, and whether there is something to
// look at.
func (r *Result) nothing() string {
	if errors.Is(r.Nothing(), ErrPassedOver) {
		return "Nothing can be moved. What mentions LightStep, and what could not be read, is named below"
	}
	return "No tracing to LightStep was found"
}

// Nothing gives the error of a result that has nothing: ErrNothing where no
// source mentions LightStep, and else ErrPassedOver.
func (r *Result) Nothing() error {
	if slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.File != "" }) {
		return ErrPassedOver
	}
	return ErrNothing
}

// write writes a step as an item of a list, its commands as a block of code.
func (s Step) write(out *strings.Builder, number int) {
	mark := fmt.Sprintf("%d. ", number)
	fmt.Fprintf(out, "%s%s\n", mark, s.Text)
	if s.Run == "" {
		return
	}
	indent := strings.Repeat(" ", len(mark))
	fmt.Fprintf(out, "\n%s```sh\n", indent)
	for line := range strings.Lines(s.Run) {
		out.WriteString(indent + strings.TrimRight(line, "\n") + "\n")
	}
	fmt.Fprintf(out, "%s```\n\n", indent)
}

func writeList(out *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(out, "\n## %s\n\n", title)
	for _, line := range lines {
		out.WriteString("- " + line + "\n")
	}
}

// String gives one line of the report.
func (f Finding) String() string {
	var out strings.Builder
	switch {
	case f.File == "":
	case f.Line == 0:
		out.WriteString(f.File + ": ")
	case f.Column == 0:
		fmt.Fprintf(&out, "%s:%d: ", f.File, f.Line)
	default:
		fmt.Fprintf(&out, "%s:%d:%d: ", f.File, f.Line, f.Column)
	}
	if f.Path != "" {
		out.WriteString("`" + bounded(f.Path, mostOfPath) + "`")
	}
	if f.To != "" {
		if f.Path != "" {
			out.WriteString(" → ")
		}
		out.WriteString("`" + bounded(f.To, mostOfPath) + "`")
	}
	if f.Text != "" {
		if f.Path != "" || f.To != "" {
			out.WriteString(": ")
		}
		out.WriteString(bounded(f.Text, mostOfText))
	}
	return terminal.Safe(out.String())
}

func ofProblem(p problem.Problem) string {
	text := p.Reason + "; " + p.Fix + " [" + p.ID + "]"
	if p.File == ownValues || p.File == "" {
		return Finding{To: p.Path, Text: text}.String()
	}
	return Finding{File: p.File, Line: p.Line, Column: p.Column, Path: strings.TrimPrefix(p.Path, "document."), Text: text}.String()
}

// Diff gives the changes to a document as a unified diff, with its secrets
// replaced.
func (r *Result) Diff(d Document) string {
	name := terminal.Safe(d.Name)
	return r.hide(unified(name, name+" (without LightStep's parts)", edits(lines(r.hide(r.show(d, d.Before))), lines(r.hide(r.show(d, d.After))))))
}

// lines gives the lines of a text for a diff, without carriage returns, each
// with its end.
func lines(text string) []string {
	text = strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	return strings.SplitAfter(text+"\n", "\n")[:strings.Count(text, "\n")+1]
}

// report gives the result: what became of each setting, what is left over, what
// the chart's rules say of the outcome, and what to do.
func (e *edited) report(ctx context.Context, o Options, public *publicWords) (*Result, error) {
	r := &Result{
		Documents: e.documents, Found: e.lightstep || e.leftover, Unused: e.leftover,
		to: e.to, public: public,
	}
	e.nameLeftovers()
	e.note(e.sweep()...)
	if e.lightstep {
		if err := errors.Join(e.writeValues(r), e.check(ctx, r)); err != nil {
			return nil, err
		}
	}
	e.tellStays()
	for _, what := range o.Unseen {
		e.note(Finding{Outcome: ByHand, Text: "could not read " + what + ": the result may lack what is there"})
	}
	r.Findings = e.findings
	if r.Found {
		if err := e.steps(r, o); err != nil {
			return nil, err
		}
	}
	r.sort(e.inputs)
	r.redacted = redacting(e.secrets)
	return r, nil
}

// tellStays tells of everything in files that could not be changed that it is
// still there.
func (e *edited) tellStays() {
	stays := map[string]string{}
	for in, how := range e.stays {
		if how != "" {
			stays[in.Name] = how
		}
	}
	for i, f := range e.findings {
		if how := stays[f.File]; how != "" && (f.Outcome == Dropped || f.Outcome == Moved && f.Text != "it stays") {
			e.findings[i].Text = appended(f.Text, "it is still there, "+how)
		}
	}
}

// sort orders the findings by source and place, those about no place last.
func (r *Result) sort(sources []*input) {
	rank := map[string]int{}
	for i, s := range sources {
		rank[s.Name] = i
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		if (a.File == "") != (b.File == "") {
			if a.File == "" {
				return 1
			}
			return -1
		}
		if d := rank[a.File] - rank[b.File]; d != 0 {
			return d
		}
		if d := a.Line - b.Line; d != 0 {
			return d
		}
		return a.Column - b.Column
	})
}
