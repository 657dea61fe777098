package suite

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/trace"
)

// Run is one run of the whole suite.
type Run struct {
	// Istio is the version that ran, as 1.28.2.
	Istio string `json:"istio"`
	// Items are in the order they ran in.
	Items []Item `json:"items"`
}

// Item is one thing that the mesh was to show.
type Item struct {
	Name   string `json:"name"`
	Result Result `json:"result"`
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
}

// Add counts what a report says too. It takes nil for nothing yet.
func (d *Delivery) Add(r trace.Report) *Delivery {
	if d == nil {
		d = &Delivery{}
	}
	d.Requests += r.Requests
	d.Exact += r.Complete
	d.Expected += r.Expected
	d.Delivered += r.Received
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

// file is where the run of a minor of Istio is kept.
func file(folder, minor string) string { return filepath.Join(folder, "suite-"+minor+".json") }

// Write keeps a run in place of the last one of its minor.
func (r Run) Write(folder, minor string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file(folder, minor), append(text, '\n'), 0o644)
}

// Read gives the last run of each minor that has one, in the minors' order.
func Read(folder string, minors []string) ([]Run, error) {
	var runs []Run
	for _, minor := range minors {
		text, err := os.ReadFile(file(folder, minor))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		var r Run
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, fmt.Errorf("%s: %w", file(folder, minor), err)
		}
		runs = append(runs, r)
	}
	return runs, nil
}
