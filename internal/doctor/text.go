package doctor

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/problem"
)

// alike is how many findings of one id are told whole.
const alike = 3

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

// WriteText writes the result for people: what is lost, why and what to run
// first of all, then the rest.
func (r *Result) WriteText(w io.Writer, colour bool) error {
	t := &text{colour: colour}
	r.summary(t)
	r.findings(t)
	for _, g := range r.Gaps {
		t.line("%s %s: %s", t.in(yellow, "could not look at"), g.What, g.Why)
	}
	if len(r.Gaps) > 0 {
		t.line("")
	}
	r.facts(t)
	_, err := io.WriteString(w, t.String())
	return err
}

func (r *Result) summary(t *text) {
	if len(r.Findings) == 0 {
		if r.Partial() {
			t.line("%s\n", t.in(yellow, "Nothing wrong was found in what could be looked at, which was not all."))
		} else {
			t.line("%s\n", t.in(green, "No span is lost, as far as can be seen."))
		}
		return
	}
	worst := r.Findings[0]
	for _, f := range r.Findings {
		if f.Severity == problem.Error {
			worst = f
			break
		}
	}
	if worst.Severity == problem.Error {
		t.line("%s %s%s", t.in(bold+red, "Lost:"), worst.Lost, r.ago(worst.Since))
	} else {
		t.line("%s %s%s", t.in(bold+yellow, "Warning:"), worst.Title, r.ago(worst.Since))
	}
	t.line("%s  %s", t.in(bold, "Why:"), worst.Reason)
	t.line("%s  %s", t.in(bold, "Run:"), worst.Mend)
	errors := 0
	for _, f := range r.Findings {
		if f.Severity == problem.Error {
			errors++
		}
	}
	t.line("%s\n", t.in(faint, counted(errors, "error")+", "+counted(len(r.Findings)-errors, "warning")))
}

func counted[N int | uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (r *Result) findings(t *text) {
	told := map[string]int{}
	for i, f := range r.Findings {
		if told[f.ID]++; told[f.ID] <= alike {
			r.finding(t, f)
		}
		last := i == len(r.Findings)-1 || r.Findings[i+1].ID != f.ID
		if more := told[f.ID] - alike; last && more > 0 {
			t.line("%s\n", t.in(faint, fmt.Sprintf("and %d more of %s; -o json tells all", more, f.ID)))
		}
	}
}

func (r *Result) finding(t *text, f finding.Finding) {
	colour := yellow
	if f.Severity == problem.Error {
		colour = red
	}
	t.line("%s %s: %s  %s", t.in(colour, string(f.Severity)+":"), t.in(bold, f.Subject), f.Title, t.in(faint, "["+f.ID+"]"))
	t.line("    lost: %s%s", f.Lost, r.ago(f.Since))
	t.line("    why:  %s", f.Reason)
	t.line("    run:  %s", f.Mend)
	t.line("    more: %s\n", f.Page)
}

// ago says since when, in the words of a clock on the wall.
func (r *Result) ago(since *time.Time) string {
	if since == nil {
		return ""
	}
	ago := r.At.Sub(*since)
	words := fmt.Sprintf("%d min ago", int(ago.Minutes()))
	switch {
	case ago < time.Minute:
		words = "just now"
	case ago > 48*time.Hour:
		words = fmt.Sprintf("%d days ago", int(ago.Hours()/24))
	case ago > 2*time.Hour:
		words = fmt.Sprintf("%d h ago", int(ago.Hours()))
	}
	return ", since " + since.Format("2006-01-02 15:04:05 MST") + " (" + words + ")"
}

func (r *Result) facts(t *text) {
	for _, p := range r.Planes {
		to := p.To
		if to == "" {
			to = "nowhere"
		}
		t.line("istiod %s (revision %s, %s): %d proxies send to %s by provider %s, sampling %s",
			p.Version, p.Revision, p.Namespace, p.Proxies, to, orNone(p.Provider), p.Sampling)
	}
	quiet := 0
	for _, w := range r.Workloads {
		if strings.HasPrefix(w.Exports, "exporting") {
			quiet++
			continue
		}
		t.line("%s in %s: %s", w.Name, w.Namespace, w.Exports)
	}
	if quiet > 0 {
		t.line("%d of %d workloads are exporting", quiet, len(r.Workloads))
	}
	t.line("%s", t.in(faint, fmt.Sprintf("%s, %.1f s, %d requests to the API server", r.Cluster, r.Seconds, r.Calls)))
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
