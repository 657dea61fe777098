package hops

import (
	"fmt"
	"io"
	"strings"
)

// The colours of a terminal (ECMA-48).
const (
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	green  = "\x1b[32m"
	bold   = "\x1b[1m"
	faint  = "\x1b[2m"
	reset  = "\x1b[0m"
)

type text struct {
	strings.Builder
	colour bool
}

func (t *text) in(colour, s string) string {
	if !t.colour {
		return s
	}
	return colour + s + reset
}

func (t *text) line(format string, args ...any) {
	_, _ = fmt.Fprintf(t, format+"\n", args...) // a Builder does not fail
}

// WriteText writes the report for people: what is wrong and what to run first
// of all, then the way of the requests.
func (r *Report) WriteText(w io.Writer, colour bool) error {
	t := &text{colour: colour}
	r.summary(t)
	if len(r.Hops) > 0 {
		t.line("%s came this way:", counted(r.Followed, "request"))
		r.hops(t, r.Hops, "  ")
		t.line("")
	}
	for _, f := range r.Findings {
		t.line("%s %s: %s  %s", t.in(red, string(f.Severity)+":"), t.in(bold, f.Subject), f.Title, t.in(faint, "["+f.ID+"]"))
		t.line("    lost: %s", f.Lost)
		t.line("    why:  %s", f.Reason)
		t.line("    run:  %s", f.Mend)
		t.line("    more: %s\n", f.Page)
	}
	for _, n := range r.Notes {
		t.line("%s %s\n", t.in(yellow, "not sure:"), n)
	}
	for i, g := range r.Gaps {
		if i == 0 && len(r.Findings) == 0 {
			continue // it was told first
		}
		t.line("%s %s: %s", t.in(yellow, "could not follow"), g.What, g.Why)
		t.line("    run:  %s\n", g.Fix)
	}
	t.line("%s", t.in(faint, fmt.Sprintf("%s, %s, %d answered, %.1f s", r.URL, counted(r.Sent, "request"), r.Answered, r.Seconds)))
	_, err := io.WriteString(w, t.String())
	return err
}

func (r *Report) summary(t *text) {
	switch {
	case len(r.Findings) > 0:
		f := r.Findings[0]
		t.line("%s %s", t.in(bold+red, "Lost:"), f.Lost)
		t.line("%s  %s: %s", t.in(bold, "Why:"), f.Subject, f.Reason)
		t.line("%s  %s", t.in(bold, "Run:"), f.Mend)
		t.line("%s\n", t.in(faint, counted(len(r.Findings), "error")))
	case len(r.Gaps) > 0:
		g := r.Gaps[0]
		t.line("%s %s: %s", t.in(bold+yellow, "Could not follow"), g.What, g.Why)
		t.line("%s %s\n", t.in(bold, "Run:"), g.Fix)
	default:
		t.line("%s\n", t.in(green, "Every hop forwards the tracing headers, as far as these requests went."))
	}
}

// hops draws the tree, a hop a line.
func (r *Report) hops(t *text, hops []*Hop, indent string) {
	for i, h := range hops {
		branch, below := "├─ ", "│  "
		if i == len(hops)-1 {
			branch, below = "└─ ", "   "
		}
		said := ""
		if h.Requests < r.Followed {
			said = fmt.Sprintf("  (%d of %d)", h.Requests, r.Followed)
		}
		if h.Silent {
			said += t.in(faint, "  no span of its own")
		}
		if h.Broken {
			said += t.in(red, "  ✗ a trace of its own begins here")
		}
		t.line("%s%s%s%s", indent, branch, h.Workload, said)
		r.hops(t, h.Calls, indent+below)
	}
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
