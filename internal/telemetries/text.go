package telemetries

import (
	"fmt"
	"strings"
)

// Lines say the effect to people: one line for each scope, and for each
// Telemetry that is not used. ours are the names of the chart's own.
func (e Effect) Lines(ours []string) []string {
	mine := map[string]bool{}
	for _, name := range ours {
		mine[name] = true
	}
	by := func(name string) string {
		if mine[name] {
			return name + " of this release"
		}
		return name
	}
	var lines []string
	for _, s := range e.Scopes {
		client, server := s.Client.text(by), s.Server.text(by)
		if client == server {
			lines = append(lines, s.Name+": "+client)
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: requests that it sends: %s; that it receives: %s", s.Name, client, server))
	}
	for _, u := range e.Unused {
		lines = append(lines, fmt.Sprintf("%s is not used: %s", by(u.Name), u.Why))
	}
	return lines
}

// text says what proxies do, and which Telemetry decides it.
func (s *Spec) text(by func(string) string) string {
	if s.Disabled != nil && s.Disabled.Value == "true" {
		return "no spans (" + by(s.Disabled.From) + ")"
	}
	if s.Provider == nil {
		return "no Telemetry names a provider: the mesh's defaultProviders decide"
	}
	parts := []string{fmt.Sprintf("spans to provider %s (%s)", s.Provider.Value, by(s.Provider.From))}
	if s.Sampling == nil {
		parts = append(parts, "the mesh's percentage of requests")
	} else {
		parts = append(parts, fmt.Sprintf("%s %% of requests (%s)", s.Sampling.Value, by(s.Sampling.From)))
	}
	switch {
	case s.Tags == nil:
	case s.Tags.Value == "":
		parts = append(parts, "no tags ("+by(s.Tags.From)+")")
	default:
		parts = append(parts, fmt.Sprintf("tags %s (%s)", s.Tags.Value, by(s.Tags.From)))
	}
	return strings.Join(parts, ", ")
}
