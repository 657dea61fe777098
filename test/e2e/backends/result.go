package backends

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/results"
)

// Run is what was seen on one Istio.
type Run struct {
	measured.Setup

	// Istio is the version that ran.
	Istio string `json:"istio"`
	// Away is the backend that took nothing, and Seconds how long: it was away, or, with
	// Refused, it refused the token.
	Away    string `json:"away"`
	Refused bool   `json:"refused,omitempty"`
	Seconds int    `json:"seconds"`
	// Requests is the number of all, Failed that of those without an answer of status 2xx.
	Requests int `json:"requests"`
	Failed   int `json:"failed"`
	// Rows are one for each backend.
	Rows []Row `json:"rows"`
}

// Row is what became of the spans that were for one backend.
type Row struct {
	Backend  string `json:"backend"`
	Protocol string `json:"protocol"`
	// Expected, Delivered and Doubled are numbers of spans, of all requests.
	Expected  int `json:"expected"`
	Delivered int `json:"delivered"`
	Doubled   int `json:"doubled"`
	// Due is how many of the spans should have come by the moment before the one that took
	// nothing takes spans again, and Came how many had.
	Due  int `json:"due"`
	Came int `json:"came"`
}

// Did says what happened to the one that took nothing.
func (r Run) Did() string {
	if r.Refused {
		return "refused the token"
	}
	return "was away"
}

// Judge says in an error what a run must not be: a request that failed, a span that is
// missing, a backend that another one delayed, or one that took spans when it was not to.
func (r Run) Judge() error {
	if r.Failed > 0 {
		return fmt.Errorf("%d of %d requests failed", r.Failed, r.Requests)
	}
	for _, row := range r.Rows {
		switch {
		case row.Delivered != row.Expected:
			return fmt.Errorf("backend %s has %d of %d spans", row.Backend, row.Delivered, row.Expected)
		case row.Due == 0:
			return fmt.Errorf("no span was due at backend %s while %s %s", row.Backend, r.Away, r.Did())
		case row.Backend == r.Away && row.Came > 0:
			return fmt.Errorf("backend %s %s, and yet it took %d spans", row.Backend, r.Did(), row.Came)
		case row.Backend != r.Away && row.Came != row.Due:
			return fmt.Errorf("backend %s had %d of %d spans while %s %s", row.Backend, row.Came, row.Due, r.Away, r.Did())
		}
	}
	return nil
}

// File is where runs are kept, in a folder of results.
func File(folder string) string { return filepath.Join(folder, "backends.json") }

// Read gives what is kept, the newest Istio first, and the runs in which one was away
// before those in which one refused the token.
func Read(folder string) ([]Run, error) { return results.Read[[]Run](File(folder)) }

// Keep puts a run in the place of that of the same kind and Istio.
func (r Run) Keep(folder string) error {
	runs, err := Read(folder)
	if err != nil {
		return err
	}
	runs = append(slices.DeleteFunc(runs, func(kept Run) bool { return kept.Istio == r.Istio && kept.Refused == r.Refused }), r)
	slices.SortFunc(runs, func(a, b Run) int { return cmp.Or(cmp.Compare(b.Istio, a.Istio), cmp.Compare(b.Did(), a.Did())) })
	return results.Write(File(folder), runs)
}
