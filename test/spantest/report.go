package spantest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Result is what became of one request that was answered.
type Result struct {
	Request Request
	// Spans are those of its trace, or traces, as they were read last.
	Spans []RecordedSpan
	// Tree is the one of those expected that differs least.
	Tree *Tree
	// Problems are a line for each difference; none where the trace is as expected.
	Problems []string
	// Doubled is how many spans came more than once.
	Doubled int

	judged bool
}

func (r *Result) judge(trees []*Tree, spans []RecordedSpan) {
	r.judged, r.Spans = true, spans
	r.Tree, r.Problems, r.Doubled = judge(trees, spans)
}

// whole says that the trace is as expected.
func (r *Result) whole() bool { return r.judged && len(r.Problems) == 0 }

// Report is what became of requests that were answered.
type Report struct {
	// Requests is their number, Complete that of those with exactly the expected trace.
	Requests, Complete int
	// Spans is how many different spans came, Doubled how many came more than once.
	Spans, Doubled int
	// Results are one for each request.
	Results []Result

	wrong error // with the trees, so that nothing was compared
}

func (l *look) report() Report {
	report := Report{Requests: len(l.requests)}
	for _, request := range l.requests {
		r := *l.results[request.ID()]
		if r.whole() {
			report.Complete++
		}
		report.Spans += distinct(r.Spans)
		report.Doubled += r.Doubled
		report.Results = append(report.Results, r)
	}
	return report
}

// distinct counts spans, each once.
func distinct(spans []RecordedSpan) int {
	type inTrace struct {
		trace string
		key
	}
	seen := map[inTrace]bool{}
	for i := range spans {
		seen[inTrace{spans[i].TraceID, keyOf(&spans[i])}] = true
	}
	return len(seen)
}

// Absent gives the requests of which no span came.
func (r Report) Absent() []Request {
	var absent []Request
	for _, result := range r.Results {
		if len(result.Spans) == 0 {
			absent = append(absent, result.Request)
		}
	}
	return absent
}

// shown is how many kinds of broken traces a message spells out.
const shown = 3

// String gives the figures, and what is wrong if anything is.
func (r Report) String() string {
	if r.wrong != nil {
		return "nothing was compared: " + r.wrong.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d requests have exactly the expected trace; %d spans, %d doubled", r.Complete, r.Requests, r.Spans, r.Doubled)
	absent := r.Absent()
	if len(absent) > 0 {
		fmt.Fprintf(&b, "\n%s without any span, for example %s", counted(len(absent)), absent[0].ID())
	}
	broken := map[string][]Result{}
	for _, result := range r.Results {
		if len(result.Spans) > 0 && len(result.Problems) > 0 {
			text := strings.Join(result.Problems, "\n  ")
			broken[text] = append(broken[text], result)
		}
	}
	order := slices.SortedFunc(maps.Keys(broken), func(a, b string) int {
		return cmp.Or(len(broken[b])-len(broken[a]), cmp.Compare(a, b))
	})
	for i, text := range order {
		if i == shown {
			fmt.Fprintf(&b, "\n(%d more kinds of broken traces)", len(order)-shown)
			break
		}
		fmt.Fprintf(&b, "\n%s, for example %s, in trace %s:\n  %s", counted(len(broken[text])), broken[text][0].Request.ID(),
			broken[text][0].Spans[0].TraceID, text)
		// Where only spans are missing, the tree that is expected is the better one.
		if tree := came(broken[text][0].Spans); tree != "" && strings.Contains(text, "not expected") {
			fmt.Fprintf(&b, "\n  the trace that came: %s", tree)
		}
	}
	for _, hint := range r.hints(len(absent), order) {
		fmt.Fprintf(&b, "\n%s", hint)
	}
	return b.String()
}

// counted counts requests.
func counted(n int) string {
	if n == 1 {
		return "1 request"
	}
	return fmt.Sprintf("%d requests", n)
}

// What finds the reason.
const (
	doctorMesh  = "run `istio-lightstep doctor mesh`, which finds where the mesh loses spans"
	doctorTrace = "run `istio-lightstep doctor trace URL`, which finds the application that does not forward tracing headers (LS-APP-HEADERS)"
)

// hints says where such a result most often comes from, and what names the reason.
func (r Report) hints(absent int, broken []string) []string {
	all := strings.Join(broken, "\n")
	var hints []string
	switch {
	case absent > 0 && absent == r.Requests:
		hints = append(hints, "likely: no proxy delivers anything, or the mesh sends its spans elsewhere than to this source: "+doctorMesh)
	case absent > 0:
		hints = append(hints, "likely: some were lost on the way, or the gateway does not send, or requests are sampled: "+doctorMesh)
	}
	if strings.Contains(all, "missing below") {
		hints = append(hints, "likely: the application above the missing hop does not forward tracing headers, or the hop's proxy does not send: "+
			doctorTrace+"; then "+strings.TrimPrefix(doctorMesh, "run "))
	}
	if strings.Contains(all, "traces, not in one") {
		hints = append(hints, "likely: an application does not forward tracing headers: "+doctorTrace)
	}
	if strings.Contains(all, "because its parent is not there") {
		hints = append(hints, "likely: the span between was lost, or an application makes spans of its own and sends them elsewhere: "+doctorMesh)
	}
	if strings.Contains(all, "came more than once") {
		hints = append(hints, "likely: an exporter sent a request again that the backend had taken")
	}
	return hints
}
