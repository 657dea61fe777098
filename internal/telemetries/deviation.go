package telemetries

import "slices"

// The kinds of deviations.
const (
	Older     = "older"     // Istio uses By in place of the chart's Telemetry
	Off       = "off"       // By has proxies send no spans
	Unsampled = "unsampled" // By has proxies start no traces
	Elsewhere = "elsewhere" // By has proxies send their spans to Provider
	Nowhere   = "nowhere"   // By is a name alone: where it counts is not known
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
		sent, received := s.Client.deviates(ours, provider), s.Server.deviates(ours, provider)
		one := sent != received
		for _, d := range []struct {
			Deviation
			of string
		}{{sent, "sent requests of "}, {received, "received requests of "}} {
			if d.Of == "" {
				continue
			}
			if d.Scope = s.Name; one {
				d.Scope = d.of + s.Name
			}
			add(d.Deviation)
		}
	}
	return all
}

// deviates gives what is done otherwise, without its scope.
func (s *Spec) deviates(ours []string, provider string) Deviation {
	switch {
	case s.Disabled != nil && s.Disabled.Value == "true":
		if !slices.Contains(ours, s.Disabled.From) {
			return Deviation{Of: Off, By: s.Disabled.From}
		}
	case s.Provider != nil && s.Provider.Value != provider:
		return Deviation{Of: Elsewhere, By: s.Provider.From, Provider: s.Provider.Value}
	case s.Sampling != nil && s.Sampling.Value == "0" && !slices.Contains(ours, s.Sampling.From):
		return Deviation{Of: Unsampled, By: s.Sampling.From}
	}
	return Deviation{}
}
