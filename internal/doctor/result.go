package doctor

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Result is all that a run found out.
type Result struct {
	Cluster   string            `json:"cluster"`
	At        time.Time         `json:"at"`
	Seconds   float64           `json:"seconds"`
	Calls     int               `json:"calls"` // requests to the API server
	Planes    []Plane           `json:"controlPlanes"`
	Findings  []finding.Finding `json:"findings"`
	Ignored   []finding.Finding `json:"ignored"` // and what ignores each
	Gaps      []Gap             `json:"notLookedAt"`
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

// Gap is something that could not be looked at. An optional one takes a right
// that few are to have, and does not count in the exit status.
type Gap struct {
	What     string `json:"what"`
	Why      string `json:"why"`
	Optional bool   `json:"optional,omitempty"`
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
	r := &Result{At: s.At.UTC(), Findings: found, Ignored: []finding.Finding{}, Gaps: []Gap{}, Planes: []Plane{}}
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
	for _, g := range s.Gaps {
		r.Gaps = append(r.Gaps, Gap(g))
	}
	if seen == nil {
		return r
	}
	for _, g := range seen.Gaps() {
		r.Gaps = append(r.Gaps, Gap(g))
	}
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
	return slices.ContainsFunc(r.Gaps, func(g Gap) bool { return !g.Optional })
}

// For fills into every command what the user said of the cluster, so that it
// goes to the same one. It may be empty.
func (r *Result) For(kubectl, helm string) {
	for i := range r.Findings {
		m := &r.Findings[i].Mend
		if kubectl != "" {
			*m = strings.ReplaceAll(*m, "kubectl ", "kubectl "+kubectl+" ")
		}
		if helm != "" {
			*m = strings.ReplaceAll(*m, "helm get ", "helm "+helm+" get ")
			*m = strings.ReplaceAll(*m, "helm test ", "helm "+helm+" test ")
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
		problems = append(problems, problem.Problem{
			ID: "LS-NOT-LOOKED-AT", Severity: severity, Path: g.What, Reason: "could not check it: " + g.Why,
			Fix: "grant the permissions in docs/doctor-rbac.yaml, or run doctor as a user who has them", URL: pages.Rights,
		})
	}
	return problems
}

// WriteJSON writes the result as one JSON object.
func (r *Result) WriteJSON(w io.Writer) error {
	return terminal.WriteJSON(w, r)
}
