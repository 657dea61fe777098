package hops

import (
	"fmt"
	"io"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// WriteText writes the report for people: what is wrong and what to run first
// of all, then the way of the requests.
func (r *Report) WriteText(w io.Writer, colour bool) error {
	t := &terminal.Text{Coloured: colour}
	r.summary(t)
	if len(r.Hops) > 0 {
		t.Line("%s came this way:", terminal.Counted(r.Followed, "request"))
		r.hops(t, r.Hops, "  ")
		t.Line("")
	}
	for _, f := range r.Findings {
		f.WriteText(t, "")
	}
	for _, n := range r.Notes {
		t.Line("%s %s\n", t.In(terminal.Yellow, "not sure:"), n)
	}
	for i, g := range r.Gaps {
		if i == 0 && len(r.Findings) == 0 {
			continue // it was told first
		}
		t.Line("%s %s: %s", t.In(terminal.Yellow, "could not follow"), g.What, g.Why)
		t.Line("    run:  %s\n", g.Fix)
	}
	if ignored := report.Ignored(finding.Problems(r.Ignored)); ignored != "" {
		t.Line("%s\n", ignored)
	}
	t.Line("%s", t.In(terminal.Faint, fmt.Sprintf("%s, %s, %d answered, %.1f s", r.URL, terminal.Counted(r.Sent, "request"), r.Answered, r.Seconds)))
	_, err := io.WriteString(w, t.String())
	return err
}

func (r *Report) summary(t *terminal.Text) {
	switch {
	case len(r.Findings) > 0:
		f := r.Findings[0]
		t.Line("%s %s", t.In(terminal.Bold+terminal.Red, "Lost:"), f.Lost)
		t.Line("%s  %s: %s", t.In(terminal.Bold, "Why:"), f.Subject, f.Reason)
		f.WriteFix(t)
		t.Line("%s\n", t.In(terminal.Faint, terminal.Counted(len(r.Findings), "error")))
	case len(r.Gaps) > 0:
		g := r.Gaps[0]
		t.Line("%s %s: %s", t.In(terminal.Bold+terminal.Yellow, "Could not follow"), g.What, g.Why)
		t.Line("%s %s\n", t.In(terminal.Bold, "Run:"), g.Fix)
	default:
		t.Line("%s\n", t.In(terminal.Green, "Every hop forwards the tracing headers, as far as these requests went."))
	}
}

// hops draws the tree, a hop a line.
func (r *Report) hops(t *terminal.Text, hops []*Hop, indent string) {
	for i, h := range hops {
		branch, below := "├─ ", "│  "
		if i == len(hops)-1 {
			branch, below = "└─ ", "   "
		}
		var said terminal.Styled
		if h.Requests < r.Followed {
			said = terminal.Styled(fmt.Sprintf("  (%d of %d)", h.Requests, r.Followed))
		}
		if h.Silent {
			said += t.In(terminal.Faint, "  no span of its own")
		}
		if h.Broken {
			said += t.In(terminal.Red, "  ✗ a new trace starts here")
		}
		t.Line("%s%s%s%s", indent, branch, h.Workload, said)
		r.hops(t, h.Calls, indent+below)
	}
}
