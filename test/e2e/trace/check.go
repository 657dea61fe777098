package trace

import (
	"fmt"
	"slices"
	"strings"
)

// Check judges what became of the requests with these markers, each of which was
// answered. Spans of other requests are left out of account.
func (b Bookinfo) Check(spans []Span, markers []string) Report {
	traces := map[string][]Span{}
	byMarker := map[string][]string{}
	for _, s := range spans {
		traces[s.TraceID] = append(traces[s.TraceID], s)
		if s.Marker != "" && !slices.Contains(byMarker[s.Marker], s.TraceID) {
			byMarker[s.Marker] = append(byMarker[s.Marker], s.TraceID)
		}
	}
	report := Report{Requests: len(markers), reviews: map[string]int{}}
	for _, m := range markers {
		ids := byMarker[m]
		if len(ids) == 0 {
			report.absent = append(report.absent, m)
			report.Expected += b.Tree("v1").Count()
			continue
		}
		var mine []Span
		for _, id := range ids {
			mine = append(mine, traces[id]...)
		}
		report.add(m, b.judge(ids, mine))
	}
	if len(report.absent) > 0 {
		report.services = services(spans)
		report.received = len(spans)
	}
	return report
}

// judged is what became of one request.
type judged struct {
	reviews            string
	expected, received int
	doubled            []Span
	problems           []string
}

func (b Bookinfo) judge(ids []string, spans []Span) judged {
	j := judged{reviews: reviewsOf(spans), doubled: Doubled(spans)}
	want := b.Tree(j.reviews)
	j.expected = want.Count()
	j.received = len(spans) - len(j.doubled)
	if len(ids) > 1 {
		j.problems = append(j.problems, fmt.Sprintf("in %d traces, not in one", len(ids)))
	}
	for _, s := range j.doubled {
		j.problems = append(j.problems, "came more than once: "+(&Node{Span: s}).label())
	}
	j.problems = append(j.problems, Compare(want, Build(spans))...)
	return j
}

// reviewsOf tells which version answered: by the proxy of reviews, or where no
// span of that is there, v1 if there is none of ratings.
func reviewsOf(spans []Span) string {
	version := "v1"
	for _, s := range spans {
		if strings.HasPrefix(s.Service, "reviews.") && s.Revision != "" {
			return s.Revision
		}
		if strings.HasPrefix(s.Service, "ratings.") {
			version = "v2"
		}
	}
	return version
}

func services(spans []Span) []string {
	var names []string
	for _, s := range spans {
		if !slices.Contains(names, s.Service) {
			names = append(names, s.Service)
		}
	}
	slices.Sort(names)
	return names
}
