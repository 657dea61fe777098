package alerts

import (
	"path/filepath"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/results"
)

// Run is what was seen of the alerts and the dashboard on a mesh.
type Run struct {
	measured.Setup

	// Istio and Prometheus are versions.
	Istio      string `json:"istio"`
	Prometheus string `json:"prometheus"`
	// Quiet is for how many seconds nothing was wrong, and no alert fired.
	Quiet float64 `json:"quietSeconds"`
	// Requests is the number of all, Failed that of those without an answer of status 2xx.
	Requests int     `json:"requests"`
	Failed   int     `json:"failed"`
	Alarms   []Alarm `json:"alarms"`
	Panels   []Panel `json:"panels"`
}

// Alarm is what a fault made of the alerts.
type Alarm struct {
	Fault string `json:"fault"`
	// Fired are the alerts that had to, and Also others that fired with them.
	Fired []string `json:"fired"`
	Also  []string `json:"also,omitempty"`
	// After is how many seconds after the cause all of them fired, and Ended how many
	// after the end of the fault none did.
	After float64 `json:"after"`
	Ended float64 `json:"ended"`
}

// Panel is a query of the dashboard, with the most series that it found at a time.
type Panel struct {
	Title  string `json:"title"`
	Series int    `json:"series"`
}

func file(folder string) string { return filepath.Join(folder, "alerts.json") }

// Keep writes what was seen into a folder of results.
func (r Run) Keep(folder string) error { return results.Write(file(folder), r) }

// Read gives what is kept, and a zero Run where nothing is.
func Read(folder string) (Run, error) { return results.Read[Run](file(folder)) }
