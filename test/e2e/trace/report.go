package trace

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Report is what became of a number of requests.
type Report struct {
	// Requests is their number, Complete that of those whose one trace holds the
	// exact tree.
	Requests, Complete int
	// Expected and Received are numbers of spans. For a request of which nothing
	// came the smaller tree counts, as nobody can tell which reviews answered.
	Expected, Received int
	// Doubled is the number of spans that came more than once.
	Doubled int

	absent   []string
	broken   map[string][]string
	reviews  map[string]int
	services []string
	received int
}

func (r *Report) add(marker string, j judged) {
	r.Expected += j.expected
	r.Received += j.received
	r.Doubled += len(j.doubled)
	r.reviews[j.reviews]++
	if len(j.problems) == 0 {
		r.Complete++
		return
	}
	if r.broken == nil {
		r.broken = map[string][]string{}
	}
	key := strings.Join(j.problems, "\n")
	r.broken[key] = append(r.broken[key], marker)
}

// Absent gives the markers of the requests of which no span came.
func (r Report) Absent() []string { return slices.Clone(r.absent) }

// Incomplete gives the markers of the requests whose tree is not the exact one,
// sorted, those of which nothing came among them.
func (r Report) Incomplete() []string {
	markers := slices.Clone(r.absent)
	for _, m := range r.broken {
		markers = append(markers, m...)
	}
	slices.Sort(markers)
	return markers
}

// Reviews gives the number of requests that each version of reviews answered.
func (r Report) Reviews() map[string]int { return maps.Clone(r.reviews) }

// Err is nil where every request has its one exact tree, and else an error that
// says what is missing, doubled or out of place, and what it may come from.
func (r Report) Err() error {
	if r.Complete == r.Requests {
		return nil
	}
	return errors.New(r.String())
}

// shown is how many kinds of broken trees a message spells out.
const shown = 3

// String tells the figures, and what is wrong if anything is.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d requests have their exact trace; %d of %d spans, %d doubled",
		r.Complete, r.Requests, r.Received, r.Expected, r.Doubled)
	if len(r.absent) > 0 {
		fmt.Fprintf(&b, "\n%d requests have no span at all, for example %s", len(r.absent), r.absent[0])
	}
	kinds := slices.SortedFunc(maps.Keys(r.broken), func(a, b string) int {
		return cmp.Or(len(r.broken[b])-len(r.broken[a]), cmp.Compare(a, b))
	})
	for i, kind := range kinds {
		if i == shown {
			fmt.Fprintf(&b, "\n(%d more kinds of broken traces)", len(kinds)-shown)
			break
		}
		fmt.Fprintf(&b, "\n%d requests, for example %s:\n  %s", len(r.broken[kind]), r.broken[kind][0],
			strings.ReplaceAll(kind, "\n", "\n  "))
	}
	for _, hint := range r.hints() {
		fmt.Fprintf(&b, "\nlikely: %s", hint)
	}
	return b.String()
}

// hints says what such a result most often comes from, as far as spans tell.
func (r Report) hints() []string {
	var hints []string
	gatewayOnly := len(r.services) > 0 && !slices.ContainsFunc(r.services, func(s string) bool {
		return strings.HasPrefix(s, "istio-ingressgateway")
	})
	switch {
	case len(r.absent) == 0:
	case r.received == 0:
		hints = append(hints, "no proxy delivers anything: see the Telemetry, the extension provider, the collector's log")
	case gatewayOnly:
		hints = append(hints, "the gateway alone delivers nothing: its namespace may lack the CA, or it was not restarted")
	case len(r.absent) < r.Requests:
		hints = append(hints, "some were lost on the way: a proxy or a collector that went, or a queue that was full")
	}
	all := strings.Join(slices.Collect(maps.Keys(r.broken)), "\n")
	if strings.Contains(all, "not in one") {
		hints = append(hints, "an application does not forward the tracing headers")
	}
	if strings.Contains(all, "came more than once") {
		hints = append(hints, "a request was sent again though the satellite had taken it")
	}
	return hints
}
