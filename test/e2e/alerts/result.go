package alerts

import (
	"path/filepath"
	"slices"

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
	// Setup is what it was seen with, where it ran apart from the others.
	Setup *measured.Setup `json:"setup,omitempty"`
	// Hurried says which of the alert's own times were not waited for.
	Hurried string `json:"hurried,omitempty"`
	// Fired are the alerts that fired, and no others did.
	Fired []string `json:"fired"`
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

// KeepAlarms writes the alarms alone over those of the same faults that are kept, with
// what they were seen with. The rest stays as it was.
func (r Run) KeepAlarms(folder string) error {
	kept, err := Read(folder)
	if err != nil {
		return err
	}
	for _, alarm := range r.Alarms {
		alarm.Setup = &r.Setup
		i := slices.IndexFunc(kept.Alarms, func(a Alarm) bool { return a.Fault == alarm.Fault })
		if i < 0 {
			kept.Alarms = append(kept.Alarms, alarm)
		} else {
			kept.Alarms[i] = alarm
		}
	}
	return kept.Keep(folder)
}

// Ran says what was measured with what, on a tree that has today's setup.
func (r Run) Ran(today measured.Setup) []string {
	var of []measured.Result
	for _, alarm := range r.Alarms {
		setup := r.Setup
		if alarm.Setup != nil {
			setup = *alarm.Setup
		}
		of = append(of, measured.Result{Name: alarm.Fault, Setup: setup})
	}
	return measured.Lines(of, today)
}

// Read gives what is kept, and a zero Run where nothing is.
func Read(folder string) (Run, error) { return results.Read[Run](file(folder)) }
