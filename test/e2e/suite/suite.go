package suite

import (
	"path/filepath"
	"slices"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/results"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// Run is what the items of the whole suite showed on one Istio, each when it ran
// last.
type Run struct {
	// Istio is the version that ran, as 1.28.2.
	Istio string `json:"istio"`
	// Items are in the order they ran in first.
	Items []Item `json:"items"`
}

// Item is one thing that the mesh was to show.
type Item struct {
	Name   string `json:"name"`
	Result Result `json:"result"`
	measured.Setup

	// Seconds is how long it took.
	Seconds float64 `json:"seconds"`
	// Delivery is the sum over all requests whose traces it looked for; nil where
	// it looked for none.
	Delivery *Delivery `json:"delivery,omitempty"`
}

// Result is how an item ended.
type Result string

// The results there are. Skipped items say in the run's output why.
const (
	Passed  Result = "passed"
	Failed  Result = "failed"
	Skipped Result = "skipped"
)

// Delivery is what became of requests.
type Delivery struct {
	// Requests is their number, Exact that of those with their one exact trace.
	Requests int `json:"requests"`
	Exact    int `json:"exact"`
	// Expected, Delivered and Doubled are numbers of spans.
	Expected  int `json:"expected"`
	Delivered int `json:"delivered"`
	Doubled   int `json:"doubled"`
	// Settled is, where Istio was switched under traffic, how many seconds after
	// the switch the last request was sent whose trace is not exact; 0 where none
	// was sent after it.
	Settled *float64 `json:"settled,omitempty"`
}

// Add counts what a report on a Bookinfo says too. It takes nil for nothing yet.
func (d *Delivery) Add(of bookinfo.Mesh, r spantest.Report) *Delivery {
	if d == nil {
		d = &Delivery{}
	}
	d.Requests += r.Requests
	d.Exact += r.Complete
	d.Expected += of.Expected(r)
	d.Delivered += r.Spans
	d.Doubled += r.Doubled
	return d
}

// Item gives the one of that name, nil where the run has none.
func (r Run) Item(name string) *Item {
	i := slices.IndexFunc(r.Items, func(i Item) bool { return i.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Items[i]
}

// Ran says what the items ran with, on the tree at root.
func (r Run) Ran(root string) ([]string, error) {
	today, err := measured.Known(root, r.Istio)
	if err != nil {
		return nil, err
	}
	var items []measured.Result
	for _, i := range r.Items {
		items = append(items, measured.Result{Name: i.Name, Setup: i.Setup})
	}
	return measured.Lines(items, today), nil
}

// file is where what ran on a minor of Istio is kept.
func file(folder, minor string) string { return filepath.Join(folder, "suite-"+minor+".json") }

// Keep writes what ran over what is kept of its minor. Items that did not run
// now stay as they were.
func (r Run) Keep(folder, minor string) error {
	whole, err := results.Read[Run](file(folder, minor))
	if err != nil {
		return err
	}
	whole.Istio = r.Istio
	for _, item := range r.Items {
		if before := whole.Item(item.Name); before != nil {
			*before = item
		} else {
			whole.Items = append(whole.Items, item)
		}
	}
	return results.Write(file(folder, minor), whole)
}

// Read gives what is kept of each minor of which something is, in their order.
func Read(folder string, minors []string) ([]Run, error) {
	var runs []Run
	for _, minor := range minors {
		r, err := results.Read[Run](file(folder, minor))
		if err != nil {
			return nil, err
		}
		if len(r.Items) == 0 {
			continue
		}
		runs = append(runs, r)
	}
	return runs, nil
}
