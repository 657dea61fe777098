package doctor

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// alike is how many findings of one id are told whole.
const alike = 3

// WriteText writes the result for people: what is lost, why and what to run
// first of all, then the rest.
func (r *Result) WriteText(w io.Writer, colour bool) error {
	t := &terminal.Text{Coloured: colour}
	r.summary(t)
	r.findings(t)
	for _, g := range r.Gaps {
		t.Line("%s %s: %s", t.In(terminal.Yellow, "could not check"), g.What, g.Why)
	}
	if len(r.Gaps) > 0 {
		t.Line("")
	}
	if ignored := report.Ignored(finding.Problems(r.Ignored)); ignored != "" {
		t.Line("%s\n", ignored)
	}
	r.facts(t)
	_, err := io.WriteString(w, t.String())
	return err
}

func (r *Result) summary(t *terminal.Text) {
	if len(r.Findings) == 0 {
		if r.Partial() {
			t.Line("%s\n", t.In(terminal.Yellow, "No problem found, but some objects could not be checked."))
		} else {
			t.Line("%s\n", t.In(terminal.Green, "No lost spans found."))
		}
		return
	}
	worst := r.Findings[0]
	count := map[problem.Severity]int{}
	for _, f := range r.Findings {
		if count[f.Severity]++; f.Severity.Compare(worst.Severity) < 0 {
			worst = f
		}
	}
	counted := terminal.Counted(count[problem.SeverityError], "error") + ", " + terminal.Counted(count[problem.SeverityWarning], "warning")
	if count[problem.SeverityInfo] > 0 {
		counted += ", " + terminal.Counted(count[problem.SeverityInfo], "choice")
	}
	switch worst.Severity {
	case problem.SeverityError:
		t.Line("%s %s%s", t.In(terminal.Bold+terminal.Red, "Lost:"), worst.Lost, r.ago(worst.Since))
	case problem.SeverityWarning:
		t.Line("%s %s%s", t.In(terminal.Bold+terminal.Yellow, "Warning:"), worst.Title, r.ago(worst.Since))
	default:
		t.Line("%s", t.In(terminal.Green, "No lost spans found, except those that are not sent by choice."))
		t.Line("%s\n", t.In(terminal.Faint, counted))
		return
	}
	t.Line("%s  %s", t.In(terminal.Bold, "Why:"), worst.Reason)
	worst.WriteFix(t)
	t.Line("%s\n", t.In(terminal.Faint, counted))
}

func (r *Result) findings(t *terminal.Text) {
	told := map[string]int{}
	for i, f := range r.Findings {
		if told[f.ID]++; told[f.ID] <= alike {
			r.finding(t, f)
		}
		last := i == len(r.Findings)-1 || r.Findings[i+1].ID != f.ID
		if more := told[f.ID] - alike; last && more > 0 {
			t.Line("%s\n", t.In(terminal.Faint, fmt.Sprintf("and %d more of %s; -o json prints all", more, f.ID)))
		}
	}
}

func (r *Result) finding(t *terminal.Text, f finding.Finding) {
	f.WriteText(t, r.ago(f.Since))
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

func (r *Result) facts(t *terminal.Text) {
	for _, p := range r.Planes {
		t.Line("istiod %s (revision %s, %s): %d proxies send to %s by provider %s, sampling %s",
			p.Version, p.Revision, p.Namespace, p.Proxies, cmp.Or(p.To, "nowhere"), cmp.Or(p.Provider, "none"), p.Sampling)
	}
	quiet := 0
	for _, w := range r.Workloads {
		if strings.HasPrefix(w.Exports, "exporting") {
			quiet++
			continue
		}
		t.Line("%s in %s: %s", w.Name, w.Namespace, w.Exports)
	}
	if quiet > 0 {
		t.Line("%d of %d workloads are exporting", quiet, len(r.Workloads))
	}
	t.Line("%s", t.In(terminal.Faint, fmt.Sprintf("%s, %.1f s, %d requests to the API server", r.Cluster, r.Seconds, r.Calls)))
}
