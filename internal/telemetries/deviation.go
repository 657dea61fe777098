package telemetries

import "slices"

// The kinds of deviations.
const (
	Older     = "older"     // Istio uses By in place of the chart's Telemetry
	Off       = "off"       // By has proxies send no spans
	Elsewhere = "elsewhere" // By has proxies send their spans to Provider
)

// Deviation is a Telemetry of the user's for which spans do not go where the
// chart's Telemetries send them.
type Deviation struct {
	Of, By   string // By is NAMESPACE/NAME
	Scope    string // the widest in which it counts; for Older the name of the chart's
	Provider string
}

// Deviations lists what others have done otherwise than the chart, whose
// Telemetries are named by ours, and its provider. Each Telemetry is told once
// for a kind, with the widest scope.
func (e Effect) Deviations(ours []string, provider string) []Deviation {
	var all []Deviation
	add := func(d Deviation) {
		if !slices.ContainsFunc(all, func(other Deviation) bool {
			return other.By == d.By && (other.Of == d.Of || other.Of == Older)
		}) {
			all = append(all, d)
		}
	}
	for _, u := range e.Unused {
		if u.by != "" && slices.Contains(ours, u.Name) {
			add(Deviation{Of: Older, By: u.by, Scope: u.Name})
		}
	}
	for _, s := range e.Scopes {
		for _, spec := range []Spec{s.Client, s.Server} {
			switch disabled := spec.Disabled; {
			case disabled != nil && disabled.Value == "true":
				if !slices.Contains(ours, disabled.From) {
					add(Deviation{Of: Off, By: disabled.From, Scope: s.Name})
				}
			case spec.Provider != nil && spec.Provider.Value != provider:
				add(Deviation{Of: Elsewhere, By: spec.Provider.From, Scope: s.Name, Provider: spec.Provider.Value})
			}
		}
	}
	return all
}
