package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
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

// Take judges the requests that were answered. Of several trees that a request may
// have made, that counts which most is there of. The provider of kind lightstep names
// no service, so spans are told by kind and name alone.
func Take(meshes []bookinfo.Mesh, spans []spantest.RecordedSpan, sent spantest.Sent) Account {
	report := spantest.Judge(spans, sent, meshes[0].Tree("v1"))
	account := Account{Requests: report.Requests, Missing: map[string]int{}}
	for _, result := range report.Results {
		wanted, missing := judge(meshes, result.Spans)
		account.Spans += wanted
		account.Lost += len(missing)
		for _, name := range missing {
			account.Missing[name]++
		}
		if len(missing) > 0 {
			account.Broken = append(account.Broken, result.Request.ID())
		}
	}
	slices.Sort(account.Broken)
	return account
}

// judge gives how many spans a request should have made, and which are missing.
func judge(meshes []bookinfo.Mesh, spans []spantest.RecordedSpan) (wanted int, missing []string) {
	best := -1
	for _, m := range meshes {
		var lacking []string
		for _, p := range m.Parts(reviewsOf(spans)) {
			lacking = append(lacking, p.Kind+" "+p.Name)
		}
		count := len(lacking)
		seen := map[string]bool{}
		for _, s := range spans {
			if seen[s.ID] {
				continue // it came twice
			}
			seen[s.ID] = true
			if i := slices.Index(lacking, s.Kind+" "+s.Name); i >= 0 {
				lacking = slices.Delete(lacking, i, i+1)
			}
		}
		if best < 0 || len(lacking) < best {
			best, wanted, missing = len(lacking), count, lacking
		}
	}
	return wanted, missing
}

// reviewsOf tells which version of reviews answered: by its own span, or where
// that is not there, v1 if there is none of ratings.
func reviewsOf(spans []spantest.RecordedSpan) string {
	version := "v1"
	for _, s := range spans {
		if strings.HasPrefix(s.Name, "reviews.") && s.Kind == spantest.KindServer && s.Attributes[bookinfo.Revision] != "" {
			return s.Attributes[bookinfo.Revision]
		}
		if strings.HasPrefix(s.Name, "ratings.") {
			version = "v2"
		}
	}
	return version
}
