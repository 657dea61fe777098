package doctor

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// Result is all that a run found out.
type Result struct {
	Cluster   string            `json:"cluster"`
	At        time.Time         `json:"at"`
	Seconds   float64           `json:"seconds"`
	Calls     int               `json:"calls"` // requests to the API server
	Planes    []Plane           `json:"controlPlanes"`
	Strangers []string          `json:"notControlPlanes,omitempty"` // Deployments that are only labelled as one
	Findings  []finding.Finding `json:"findings"`
	Ignored   []finding.Finding `json:"ignored"` // and what ignores each
	Gaps      []mesh.Gap        `json:"notLookedAt"`
	Workloads []Workload        `json:"workloads,omitempty"`
}

// Plane is a control plane that was found.
type Plane struct {
	Revision  string `json:"revision"`
	Namespace string `json:"namespace"`
	Version   string `json:"version"`
	Proxies   int    `json:"proxies"`
	Provider  string `json:"provider"` // that is meant to send spans
	To        string `json:"to"`
	Sampling  string `json:"sampling"` // in percent, and where it comes from
}

// Workload is what the proxy of a workload said.
type Workload struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Exports   string `json:"exports"`
}

// Summarise puts a run's outcome together.
func (d *Doctor) Summarise(s *mesh.Snapshot, seen *Observations, found []finding.Finding) *Result {
	e := &examination{Doctor: d, Snapshot: s}
	r := &Result{At: s.At.UTC(), Findings: found, Ignored: []finding.Finding{}, Gaps: []mesh.Gap{}, Planes: []Plane{}}
	r.Ignore(nil, "")
	for _, p := range e.planes() {
		plane := Plane{
			Revision: p.Revision, Namespace: p.Namespace, Version: p.Version.String(), Proxies: len(p.pods),
			Provider: p.target.Name, To: p.target.Service, Sampling: e.effectiveSampling(p),
		}
		if p.native() {
			plane.Provider, plane.To = "lightstep (native tracer)", ""
		}
		r.Planes = append(r.Planes, plane)
	}
	for _, i := range s.Strangers {
		r.Strangers = append(r.Strangers, i.String())
	}
	r.Gaps = append(r.Gaps, s.Gaps...)
	if seen == nil {
		return r
	}
	r.Gaps = append(r.Gaps, seen.Gaps()...)
	for _, p := range seen.Proxies {
		r.Workloads = append(r.Workloads, Workload{Namespace: p.Pod.Namespace, Name: p.Workload, Exports: p.Verdict()})
	}
	return r
}

// Ignore takes the findings of some ids out of what is told. They are counted.
func (r *Result) Ignore(ids func(string) bool, by string) {
	told, ignored := finding.Ignore(r.Findings, ids, by)
	r.Findings, r.Ignored = told, append(r.Ignored, ignored...)
}

// effectiveSampling is the mesh-wide percentage and where it comes from.
func (e *examination) effectiveSampling(p *plane) string {
	if p.meshWide != nil {
		if percentage, _ := lastSampling(p.meshWide); percentage != nil {
			return number(*percentage) + " % (telemetry " + p.meshWide.String() + ")"
		}
	}
	percentage, from := e.fallbackSampling(p)
	return number(percentage) + " % (" + from + ")"
}

// Errors tells whether spans are lost.
func (r *Result) Errors() bool {
	return finding.HasErrors(r.Findings)
}

// Partial tells whether something could not be looked at that others can.
func (r *Result) Partial() bool {
	return slices.ContainsFunc(r.Gaps, func(g mesh.Gap) bool { return !g.Optional })
}

// For fills into every command what the user said of the cluster, so that it
// goes to the same one. Each program has flags of its own; they may be empty.
func (r *Result) For(kubectl, helm, istioctl string) {
	for i := range r.Findings {
		m := &r.Findings[i].Mend
		if kubectl != "" {
			*m = strings.ReplaceAll(*m, "kubectl ", "kubectl "+kubectl+" ")
		}
		if helm != "" {
			*m = strings.ReplaceAll(*m, "helm get ", "helm "+helm+" get ")
			*m = strings.ReplaceAll(*m, "helm test ", "helm "+helm+" test ")
		}
		if istioctl != "" {
			*m = strings.ReplaceAll(*m, "istioctl ", "istioctl "+istioctl+" ")
		}
	}
}

// Problems gives the findings in the form in which check tells its own, for
// the formats of other tools.
func (r *Result) Problems() []problem.Problem {
	problems := finding.Problems(r.Findings, r.Ignored)
	for _, g := range r.Gaps {
		severity := problem.SeverityError
		if g.Optional {
			severity = problem.SeverityWarning
		}
		fix := "grant the permissions in docs/doctor-rbac.yaml, or run doctor as a user who has them"
		if g.Object {
			fix = "correct the object, or delete it"
		}
		problems = append(problems, problem.Problem{
			ID: "LS-NOT-LOOKED-AT", Severity: severity, Path: g.What, Reason: "could not check it: " + g.Why, Fix: fix, URL: pages.Rights,
		})
	}
	return problems
}

// WriteJSON writes the result as one JSON object.
func (r *Result) WriteJSON(w io.Writer) error {
	return terminal.WriteJSON(w, r)
}

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
	if len(r.Strangers) > 0 {
		t.Line("not a control plane, although labelled as one: %s (use --istio-namespace if it is yours)", listed(r.Strangers))
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
