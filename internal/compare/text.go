package compare

import (
	"fmt"
	"io"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// WriteText writes the report for people: the verdict first of all.
func (r *Report) WriteText(w io.Writer, colour bool) error {
	t := &terminal.Text{Coloured: colour}
	took := (time.Duration(r.Seconds) * time.Second).String()
	switch r.Verdict {
	case Same:
		t.Line("%s in %s each of %d backends took every span.", t.In(terminal.Bold+terminal.Green, "Same:"), took, len(r.Backends))
	case Different:
		t.Line("%s in %s the backends did not take the same.", t.In(terminal.Bold+terminal.Red, "Different:"), took)
	default:
		t.Line("%s the counts do not tell whether the backends took the same.", t.In(terminal.Bold+terminal.Yellow, "Unknown:"))
	}
	t.Line("")
	t.Line("  %-32s %12s %12s %12s  %s", "exporter", "sent", "refused", "queue full", "queue")
	for _, b := range r.Backends {
		t.Line("  %-32s %12d %12d %12d  %s", b.Exporter, b.Sent, b.SendFailed, b.EnqueueFailed, b.Queue)
	}
	t.Line("")
	for _, g := range r.Gaps {
		t.Line("%s %s: %s", t.In(terminal.Yellow, "could not compare"), g.What, g.Why)
	}
	for i := range r.Findings {
		r.Findings[i].WriteText(t, "")
	}
	if ignored := report.Ignored(finding.Problems(r.Ignored)); ignored != "" {
		t.Line("%s", ignored)
	}
	if r.Unsure > 0 {
		t.Line("Up to %d spans were on their way at the start or the end: the counts may differ by as many.", r.Unsure)
	}
	for _, note := range r.Notes {
		t.Line("note: %s", note)
	}
	if len(r.Traces) > 0 {
		t.Line("Look for some traces in each backend:")
		for _, trace := range r.Traces {
			t.Line("  %s", trace)
		}
	}
	t.Line("%s", t.In(terminal.Faint, fmt.Sprintf("release %s in %s, %d spans accepted by %s, %s",
		r.Release, r.Namespace, r.Accepted, terminal.Counted(len(r.Collectors), "collector"), r.Cluster)))
	_, err := io.WriteString(w, t.String())
	return err
}
