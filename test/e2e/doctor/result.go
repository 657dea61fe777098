package doctor

import (
	"slices"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/results"
)

// File is where results are kept, in the module's folder.
const File = "results/doctor.json"

// Row is what was seen of one breakage.
type Row struct {
	Name     string   `json:"name"`
	Delivery Delivery `json:"delivery"`
	Finds    string   `json:"finds"`
	What     string   `json:"what"`
	Severity string   `json:"severity"`
	// Setup is what it was seen with; its At is when the cause was named (UTC).
	measured.Setup
	// Found is the seconds from the breakage until doctor had named this cause
	// alone; Doctor those of that run itself, of Looks runs.
	Found  float64 `json:"found"`
	Doctor float64 `json:"doctor"`
	Looks  int     `json:"looks"`
	// Also are further ids that were named on the way, while pods were still
	// starting or stopping.
	Also []string `json:"also,omitempty"`
	// Subjects is how many places were named.
	Subjects int `json:"subjects"`
	// Mend is the command as it was printed, and Mended the seconds from there
	// until every span of a request arrived.
	Mend   string  `json:"mend"`
	Mended float64 `json:"mended"`
	// Failed is the number of requests that failed meanwhile, of Requests.
	Requests int `json:"requests"`
	Failed   int `json:"failed"`
}

// Results is the file of results.
type Results struct {
	// Istio is the version that ran.
	Istio string `json:"istio"`
	// Healthy says for each delivery how often doctor looked at the healthy mesh
	// before anything was broken, and how much it found: nothing.
	Healthy []Healthy `json:"healthy"`
	Rows    []Row     `json:"rows"`
}

// Healthy is what doctor found in a healthy mesh.
type Healthy struct {
	Istio    string   `json:"istio"`
	Delivery Delivery `json:"delivery"`
	Looks    int      `json:"looks"`
	Findings int      `json:"findings"`

	measured.Setup
}

// Read gives the results of a file; none where it is not there.
func Read(file string) (Results, error) { return results.Read[Results](file) }

// Keep changes the file of results.
func Keep(file string, change func(*Results)) error {
	r, err := Read(file)
	if err != nil {
		return err
	}
	change(&r)
	return results.Write(file, r)
}

// Put puts a row in place of the same breakage's, in the order of the table.
func (r *Results) Put(row Row, order []Breakage) {
	r.Rows = slices.DeleteFunc(r.Rows, func(of Row) bool { return of.Name == row.Name && of.Delivery == row.Delivery })
	r.Rows = append(r.Rows, row)
	place := func(of Row) int {
		return slices.IndexFunc(order, func(b Breakage) bool { return b.Name == of.Name && b.Delivery == of.Delivery })
	}
	slices.SortStableFunc(r.Rows, func(a, b Row) int { return place(a) - place(b) })
}

// PutHealthy puts what was found in a healthy mesh in place of what was before.
func (r *Results) PutHealthy(h Healthy) {
	r.Healthy = slices.DeleteFunc(r.Healthy, func(of Healthy) bool { return of.Istio == h.Istio && of.Delivery == h.Delivery })
	r.Healthy = append(r.Healthy, h)
}
