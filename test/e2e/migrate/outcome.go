package migrate

import "github.com/istio-lightstep/istio-lightstep/test/e2e/measured"

// Outcome is what is kept of a move: results/migrate.json, from which a table of
// docs/migrate.md is written.
type Outcome struct {
	measured.Setup

	From string `json:"from"` // Istio's version
	To   string `json:"to"`
	// Backend is the one that takes the place of LightStep.
	Backend  string `json:"backend"`
	Requests int    `json:"requests"`
	Failed   int    `json:"failedRequests"`
	// FirstSpan are the seconds from the first command of the steps until the first span was
	// seen at the other backend, which is a second at most after it came; 0 where that was
	// not measured.
	FirstSpan float64 `json:"firstSpanSeconds,omitempty"`
	// LightStep is what became of the spans of all requests until the cut, and Other of
	// those from when proxies had let go of the old provider, at the other backend.
	LightStep Account `json:"lightstep"`
	Other     Account `json:"other"`
	// Both are the requests that were sent while the two were compared.
	Both  Both     `json:"both"`
	Steps []OfStep `json:"steps"`
	// Settled is of requests that were sent after the last step.
	Settled Account `json:"settled"`
}

// OfStep is what became of the requests that were sent from a step's start until the next
// one's; nil where a backend is not to have their spans.
type OfStep struct {
	Number    int      `json:"number"`
	Seconds   float64  `json:"seconds"`
	Requests  int      `json:"requests"`
	LightStep *Account `json:"lightstep,omitempty"`
	Other     *Account `json:"other,omitempty"`
}

// Both counts requests whose traces are exactly what they should be, in each backend.
type Both struct {
	Requests  int `json:"requests"`
	LightStep int `json:"lightstep"`
	Other     int `json:"other"`
}
