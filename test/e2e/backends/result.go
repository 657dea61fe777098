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
	// Away is the backend that was away, and Seconds how long.
	Away    string `json:"away"`
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
	// Due is how many of the spans should have come by the moment before the one that was
	// away is back, and Came how many had.
	Due  int `json:"due"`
	Came int `json:"came"`
}

// Judge says in an error what a run must not be: a request that failed, a span that is
// missing, a backend that another one delayed, or one that was never away.
func (r Run) Judge() error {
	if r.Failed > 0 {
		return fmt.Errorf("%d of %d requests failed", r.Failed, r.Requests)
	}
	for _, row := range r.Rows {
		switch {
		case row.Delivered != row.Expected:
			return fmt.Errorf("backend %s has %d of %d spans", row.Backend, row.Delivered, row.Expected)
		case row.Due == 0:
			return fmt.Errorf("no span was due at backend %s while %s was away", row.Backend, r.Away)
		case row.Backend == r.Away && row.Came > 0:
			return fmt.Errorf("backend %s was to be away, and took %d spans", row.Backend, row.Came)
		case row.Backend != r.Away && row.Came != row.Due:
			return fmt.Errorf("backend %s had %d of %d spans while %s was away", row.Backend, row.Came, row.Due, r.Away)
		}
	}
	return nil
}

// File is where runs are kept, in a folder of results.
func File(folder string) string { return filepath.Join(folder, "backends.json") }

// Read gives what is kept, the newest Istio first.
func Read(folder string) ([]Run, error) { return results.Read[[]Run](File(folder)) }

// Keep puts a run in the place of that of the same Istio.
func (r Run) Keep(folder string) error {
	runs, err := Read(folder)
	if err != nil {
		return err
	}
	runs = append(slices.DeleteFunc(runs, func(kept Run) bool { return kept.Istio == r.Istio }), r)
	slices.SortFunc(runs, func(a, b Run) int { return cmp.Compare(b.Istio, a.Istio) })
	return results.Write(File(folder), runs)
}
