package hops

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// Report is what became of the requests.
type Report struct {
	Cluster  string            `json:"cluster"`
	URL      string            `json:"url"` // without its query
	Seconds  float64           `json:"seconds"`
	Sent     int               `json:"requests"`
	Answered int               `json:"answered"`
	Statuses []int             `json:"statuses,omitempty"` // of the answers, each once
	Followed int               `json:"followed"`           // requests of which spans came
	Hops     []*Hop            `json:"hops"`
	Findings []finding.Finding `json:"findings"`
	Ignored  []finding.Finding `json:"ignored,omitempty"`
	Notes    []string          `json:"notes,omitempty"` // what may be wrong, or could not be told apart
	Gaps     []Gap             `json:"notFollowed"`

	catalogue *finding.Catalogue
	arguments finding.Command // of doctor trace
}

// Gap is what could not be followed.
type Gap struct {
	What string `json:"what"`
	Why  string `json:"why"`
	Fix  string `json:"fix"` // the one command, or what to do
}

const whatRequest = "the request"

func (r *Report) without(g Gap) *Report {
	r.Gaps = append(r.Gaps, g)
	return r
}

// fill works out what the spans say.
func (r *Report) fill(s *spans, probes []Probe, headers Headers, o *Options) {
	a := s.analyse(probes)
	for _, t := range a.trails {
		if len(t.traces) > 0 {
			r.Followed++
		}
	}
	if tree := s.tree(a); tree != nil {
		r.Hops = tree
	}
	r.judge(a, headers)
	switch {
	case r.Followed == 0 || len(r.Hops) == 0:
		r.without(Gap{What: whatRequest, Why: fmt.Sprintf("no span of the %d requests came within %.0f s: %s may lead past the mesh, or its gateway sends no spans", r.Answered, o.Wait.Seconds(), r.URL), Fix: "istio-lightstep doctor mesh"})
	case r.Followed < r.Answered:
		r.without(Gap{What: fmt.Sprintf("%d of %d requests", r.Answered-r.Followed, r.Answered), Why: "no span of them came in time", Fix: r.again("{again} --wait 2m")})
	}
	if len(r.Hops) > 0 && !beyond(r.Hops) {
		r.without(Gap{What: "the request behind " + r.Hops[0].String(), Why: "no span of another workload came", Fix: "istio-lightstep doctor mesh"})
	}
	if at := slices.IndexFunc(r.Statuses, func(status int) bool { return status >= 400 }); at >= 0 {
		said := "the answers have status " + listed(r.Statuses)
		if at > 0 {
			said = fmt.Sprintf("some answers have status %s, and not %s", listed(r.Statuses[at:]), listed(r.Statuses[:at]))
		}
		r.without(Gap{What: whatRequest, Why: said + ", so not all that serves it may have taken part", Fix: "istio-lightstep doctor trace A-URL-THAT-IS-SERVED"})
	}
}

// beyond tells whether spans of more than one workload came.
func beyond(hops []*Hop) bool {
	for _, h := range hops {
		for _, below := range h.Calls {
			if !below.Silent {
				return true
			}
		}
	}
	return len(hops) > 1
}

// judge makes a finding of each workload at which traces end.
func (r *Report) judge(a analysis, headers Headers) {
	broken := map[Workload][]pair{}
	for at, v := range a.verdicts {
		switch {
		case v.holds():
			broken[at.workload] = append(broken[at.workload], at)
		case v.broke > 0:
			r.Notes = append(r.Notes, fmt.Sprintf("%s may not forward the headers to %s: its calls started a new trace in %d of %d requests, but may belong to other requests",
				at.workload, at.destination, v.broke, v.took))
		}
	}
	slices.Sort(r.Notes)
	for w, pairs := range broken {
		slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.destination, b.destination) })
		var to []string
		broke, took, certain := 0, 0, true
		for _, at := range pairs {
			v := a.verdicts[at]
			to = append(to, at.destination)
			broke, took, certain = max(broke, v.broke), max(took, v.took), certain && v.certain
		}
		proof := "they had the x-request-id of the request that it took, and not its trace"
		if !certain {
			proof = "it made these calls while it handled the request, and makes none to them otherwise"
		}
		r.Findings = append(r.Findings, r.catalogue.Make("LS-APP-HEADERS", subject(w), time.Time{}, finding.Facts{
			"workload": w.Name, "namespace": w.Namespace, "destinations": strings.Join(to, ", "), "headers": string(headers),
			"count": fmt.Sprint(broke), "requests": fmt.Sprint(took), "proof": proof, "url": r.arguments,
		}))
	}
	slices.SortFunc(r.Findings, func(a, b finding.Finding) int { return cmp.Compare(a.Subject, b.Subject) })
}

func subject(w Workload) string {
	kind, name, found := strings.Cut(w.Name, "/")
	if !found {
		kind, name = "workload", w.Name
	}
	if w.Namespace != "" {
		name = w.Namespace + "/" + name
	}
	return kind + " " + name
}

// again is a command that sends the requests again.
func (r *Report) again(template string) string {
	same := finding.NewCommand("istio-lightstep doctor trace {url}", finding.Facts{"url": r.arguments})
	return finding.NewCommand(template, finding.Facts{"again": same}).String()
}

// traffic says what was too much.
func (r *Report) traffic(w *watch) {
	why := ""
	switch {
	case w.lost > 0:
		why = fmt.Sprintf("%d spans passed faster than they could be read", w.lost)
	case w.full:
		why = fmt.Sprintf("more than %d spans passed meanwhile", mostSeen)
	}
	if why != "" {
		r.without(Gap{What: "all spans", Why: why + "; look again while there is less traffic", Fix: r.again("{again}")})
	}
}

// Ignore takes the findings of some ids out of what is told. They are counted.
func (r *Report) Ignore(ids func(string) bool, by string) {
	told, ignored := finding.Ignore(r.Findings, ids, by)
	r.Findings, r.Ignored = told, append(r.Ignored, ignored...)
}

// Errors tells whether a hop does not forward the headers.
func (r *Report) Errors() bool {
	return finding.HasErrors(r.Findings)
}

// Partial tells whether something could not be followed.
func (r *Report) Partial() bool { return len(r.Gaps) > 0 }

// Problems gives findings and gaps in the form in which check tells its own,
// for the formats of other tools.
func (r *Report) Problems() []problem.Problem {
	problems := finding.Problems(r.Findings, r.Ignored)
	for _, g := range r.Gaps {
		problems = append(problems, problem.Problem{
			ID: "LS-NOT-FOLLOWED", Severity: problem.SeverityError, Path: g.What, Reason: "could not follow it: " + g.Why, Fix: g.Fix, URL: pages.Trace,
		})
	}
	return problems
}

// For fills into every command what the user said of the cluster, so that it
// goes to the same one. It may be empty.
func (r *Report) For(kubectl, helm, _ string) {
	fill := func(command *string) {
		if kubectl != "" {
			*command = strings.NewReplacer("kubectl ", "kubectl "+kubectl+" ",
				"doctor mesh", "doctor mesh "+kubectl, "doctor trace", "doctor trace "+kubectl).Replace(*command)
		}
		if helm != "" {
			*command = strings.ReplaceAll(*command, "helm upgrade ", "helm "+helm+" upgrade ")
		}
	}
	for i := range r.Findings {
		fill(&r.Findings[i].Mend)
	}
	for i := range r.Gaps {
		fill(&r.Gaps[i].Fix)
	}
}

// WriteJSON writes the report as one JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	return terminal.WriteJSON(w, r)
}

func listed(statuses []int) string {
	var all []string
	for _, s := range statuses {
		all = append(all, fmt.Sprint(s))
	}
	return strings.Join(all, ", ")
}

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
