package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/trace"
)

// Account is what became of the spans of some requests.
type Account struct {
	Requests int `json:"requests"`
	Spans    int `json:"spans"` // that there should be
	Lost     int `json:"lost"`  // of those

	// Broken are the markers of requests that lack spans, sorted.
	Broken []string `json:"-"`
	// Missing are names of spans that were lost, each with how often.
	Missing map[string]int `json:"missing,omitempty"`
}

// String tells the figures.
func (a Account) String() string {
	return fmt.Sprintf("%d of %d spans of %d requests are lost, of %d requests", a.Lost, a.Spans, a.Requests, len(a.Broken))
}

// Take judges the requests with these markers, each of which was answered. Of
// several trees that a request may have made, that counts which most is there of.
func Take(trees []trace.Bookinfo, spans []trace.Span, markers []string) Account {
	traces, byMarker := map[string][]trace.Span{}, map[string][]string{}
	for _, s := range spans {
		traces[s.TraceID] = append(traces[s.TraceID], s)
		if s.Marker != "" && !slices.Contains(byMarker[s.Marker], s.TraceID) {
			byMarker[s.Marker] = append(byMarker[s.Marker], s.TraceID)
		}
	}
	account := Account{Requests: len(markers), Missing: map[string]int{}}
	for _, marker := range markers {
		var mine []trace.Span
		for _, id := range byMarker[marker] {
			mine = append(mine, traces[id]...)
		}
		wanted, missing := judge(trees, mine)
		account.Spans += wanted
		account.Lost += len(missing)
		for _, name := range missing {
			account.Missing[name]++
		}
		if len(missing) > 0 {
			account.Broken = append(account.Broken, marker)
		}
	}
	slices.Sort(account.Broken)
	return account
}

// judge gives how many spans a request should have made, and which are missing.
func judge(trees []trace.Bookinfo, spans []trace.Span) (wanted int, missing []string) {
	best := -1
	for _, b := range trees {
		tree := b.Tree(reviewsOf(spans))
		lacking := names(tree)
		count := len(lacking)
		seen := map[string]bool{}
		for _, s := range spans {
			if seen[s.ID] {
				continue // it came twice
			}
			seen[s.ID] = true
			if i := slices.Index(lacking, name(s)); i >= 0 {
				lacking = slices.Delete(lacking, i, i+1)
			}
		}
		if best < 0 || len(lacking) < best {
			best, wanted, missing = len(lacking), count, lacking
		}
	}
	return wanted, missing
}

func name(s trace.Span) string { return s.Kind + " " + s.Name }

func names(n *trace.Node) []string {
	all := []string{name(n.Span)}
	for _, c := range n.Children {
		all = append(all, names(c)...)
	}
	return all
}

// reviewsOf tells which version of reviews answered: by its own span, or where
// that is not there, v1 if there is none of ratings.
func reviewsOf(spans []trace.Span) string {
	version := "v1"
	for _, s := range spans {
		if strings.HasPrefix(s.Name, "reviews.") && s.Kind == trace.Server && s.Revision != "" {
			return s.Revision
		}
		if strings.HasPrefix(s.Name, "ratings.") {
			version = "v2"
		}
	}
	return version
}
