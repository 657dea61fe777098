package compare

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// The verdicts.
const (
	Same      = "same"      // every backend took every span
	Different = "different" // one did not take what another took
	Unknown   = "unknown"   // the counts do not tell
)

// Report is what the collectors counted, and what that means.
type Report struct {
	Cluster    string            `json:"cluster"`
	Release    string            `json:"release"`
	Namespace  string            `json:"namespace"`
	Begun      time.Time         `json:"begun"`
	Seconds    float64           `json:"seconds"`
	Verdict    string            `json:"verdict"`
	Accepted   int64             `json:"accepted"` // spans that the collectors took from proxies
	Refused    int64             `json:"refused"`  // spans that they did not take, so that no backend has them
	Unsure     int64             `json:"unsure"`   // by how many spans the counts may differ although all took the same
	Backends   []Backend         `json:"backends"`
	Collectors []Collector       `json:"collectors"`
	Traces     []string          `json:"traces"` // ids of some traces, to be looked for in each backend
	Findings   []finding.Finding `json:"findings"`
	Ignored    []finding.Finding `json:"ignored"`
	Notes      []string          `json:"notes"`
	Gaps       []mesh.Gap        `json:"notLookedAt"`

	catalogue *finding.Catalogue
}

// Backend is what the exporter to a backend counted.
type Backend struct {
	Name          string `json:"name"` // as in the values
	Exporter      string `json:"exporter"`
	Sent          int64  `json:"sent"`
	SendFailed    int64  `json:"sendFailed"`    // given up: the backend refused them for good
	EnqueueFailed int64  `json:"enqueueFailed"` // given up: the queue was full
	Queue         string `json:"queue"`         // at the end, where it is the fullest
}

// Collector is what one collector counted.
type Collector struct {
	Pod      string `json:"pod"`
	Accepted int64  `json:"accepted"`
	Restarts int    `json:"restarts"` // that were seen while it was looked at
}

// certain is the share of the spans that may be unsure for a verdict.
const certain = 0.01

// judge says what the counts mean.
func (r *Report) judge(w *watch) {
	r.Begun, r.Seconds = w.begun.UTC(), w.options.clock.Now().Sub(w.begun).Seconds()
	r.Unsure = int64(w.unsure())
	r.Ignored, r.Notes, r.Traces, r.Collectors = []finding.Finding{}, []string{}, []string{}, []Collector{}
	for _, name := range slices.Sorted(maps.Keys(w.replicas)) {
		one := w.replicas[name]
		r.Accepted += int64(one.accepted)
		r.Refused += int64(one.refused)
		r.Collectors = append(r.Collectors, Collector{Pod: name, Accepted: int64(one.accepted), Restarts: one.restarts})
		if one.restarts > 0 {
			r.Notes = append(r.Notes, fmt.Sprintf("collector %s started again %s: what it sent since the look before is not counted",
				name, terminal.Counted(one.restarts, "time")))
		}
	}
	if r.Refused > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("the collectors refused %d spans of proxies: no backend has these", r.Refused))
	}
	for _, exporter := range w.release.drained {
		r.Notes = append(r.Notes, exporter+" is drained, and is given no spans: it is not compared")
	}
	sums := w.sums()
	for _, exporter := range w.release.exporters {
		counts := sums[exporter]
		r.Backends = append(r.Backends, Backend{
			Name: backendOf(exporter), Exporter: exporter, Sent: int64(counts.Sent), SendFailed: int64(counts.SendFailed),
			EnqueueFailed: int64(counts.EnqueueFailed), Queue: w.fullest(exporter),
		})
	}
	if len(r.Gaps) == 0 {
		r.find(w, sums)
		r.tooFew(w)
	}
	r.conclude()
}

// conclude gives the verdict, which the exit status says too.
func (r *Report) conclude() {
	switch {
	case r.Errors():
		r.Verdict = Different
	case r.Partial():
		r.Verdict = Unknown
	default:
		r.Verdict = Same
	}
}

// find makes the findings.
func (r *Report) find(w *watch, sums map[string]collector.Counts) {
	waiting := map[string]bool{}
	for _, queue := range w.waiting() {
		if !waiting[queue.Exporter] {
			waiting[queue.Exporter] = true
			r.add("LS-COMPARE-BEHIND", queue.Exporter, finding.Facts{"queue": queue.Queue.String(), "pod": queue.Replica, "release": r.Release, "namespace": r.Namespace})
		}
	}
	least, most := "", ""
	for _, exporter := range w.release.exporters {
		counts := sums[exporter]
		if counts.Lost() > 0 {
			r.add("LS-COMPARE-LOST", exporter, finding.Facts{
				"count": whole(counts.Lost()), "refused": whole(counts.SendFailed), "full": whole(counts.EnqueueFailed), "sent": whole(counts.Sent),
			})
		}
		done := counts.Sent + counts.Lost()
		if other := sums[least]; least == "" || done < other.Sent+other.Lost() {
			least = exporter
		}
		if other := sums[most]; most == "" || done > other.Sent+other.Lost() {
			most = exporter
		}
	}
	if w.spread() > w.unsure() && len(waiting) == 0 {
		r.add("LS-COMPARE-DIFFERS", least, finding.Facts{
			"count": whole(w.spread()), "other": most, "unsure": whole(w.unsure()), "namespace": r.Namespace, "pod": slices.Min(slices.Collect(maps.Keys(w.replicas))),
		})
	}
}

func (r *Report) add(id, exporter string, facts finding.Facts) {
	facts["exporter"] = exporter
	r.Findings = append(r.Findings, r.catalogue.Make(id, "backend "+backendOf(exporter), time.Time{}, facts))
}

// tooFew says where the counts are no ground for a verdict.
func (r *Report) tooFew(w *watch) {
	fewest := w.fewest()
	switch {
	case fewest == 0 && r.Accepted == 0 && len(r.Findings) == 0:
		r.Gaps = append(r.Gaps, mesh.Gap{What: "the backends", Why: "no span came in this time: compare while the mesh has traffic"})
	case len(r.Findings) == 0 && w.unsure() > certain*fewest:
		r.Gaps = append(r.Gaps, mesh.Gap{
			What: "the backends",
			Why: fmt.Sprintf("they differ by %s spans, and up to %s of %s may have been on their way: compare for longer, by --for %s or more",
				whole(w.spread()), whole(w.unsure()), whole(fewest), r.enough(w.unsure(), fewest)),
		})
	}
}

// steady is for how long traffic that stays the same is to be compared for a verdict.
const steady = 10 * time.Minute

// enough is for how long to compare, in whole minutes, where as many of these spans were
// on their way: the longer it is, the smaller is their share.
func (r *Report) enough(unsure, spans float64) string {
	minutes := steady.Minutes()
	if spans > 0 {
		// A quarter more, as the traffic of the last seconds is never quite the usual.
		minutes = max(minutes, math.Ceil(1.25*r.Seconds/60*unsure/(certain*spans)))
	}
	return fmt.Sprintf("%.0fm", minutes)
}

// fullest says how full the fullest queue of an exporter is.
func (w *watch) fullest(exporter string) string {
	var fullest collector.Queue
	for _, r := range w.replicas {
		if r.last == nil {
			continue
		}
		if queue := r.last.Exporters[exporter].Queue; queue.Known && (!fullest.Known || queue.Size > fullest.Size) {
			fullest = queue
		}
	}
	return fullest.String()
}

func whole(spans float64) string { return fmt.Sprintf("%.0f", spans) }

// Errors tells whether a backend did not take what another took.
func (r *Report) Errors() bool {
	return finding.HasErrors(r.Findings)
}

// Partial tells whether the counts are no ground for a verdict.
func (r *Report) Partial() bool { return len(r.Gaps) > 0 }

// Ignore takes the findings of some ids out of what is told and out of the verdict.
// They are counted.
func (r *Report) Ignore(ids func(string) bool, by string) {
	told, ignored := finding.Ignore(r.Findings, ids, by)
	r.Findings, r.Ignored = told, append(r.Ignored, ignored...)
	r.conclude()
}

// For fills into every command what the user said of the cluster.
func (r *Report) For(kubectl string) {
	if kubectl == "" {
		return
	}
	for i := range r.Findings {
		m := &r.Findings[i].Mend
		*m = strings.ReplaceAll(*m, "kubectl ", "kubectl "+kubectl+" ")
		for _, command := range []string{"doctor mesh", "doctor compare"} {
			*m = strings.ReplaceAll(*m, command, command+" "+kubectl)
		}
	}
}

// WriteText writes the report for people: the verdict first of all.
func (r *Report) WriteText(w io.Writer, colour bool) error {
	t := &terminal.Text{Coloured: colour}
	took := (time.Duration(r.Seconds) * time.Second).String()
	switch r.Verdict {
	case Same:
		but := ""
		if len(r.Ignored) > 0 {
			but = "apart from what is ignored, "
		}
		t.Line("%s %sin %s each of %d backends took every span.", t.In(terminal.Bold+terminal.Green, "Same:"), but, took, len(r.Backends))
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
