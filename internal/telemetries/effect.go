package telemetries

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// Setting is a setting, and the Telemetry that decides it.
type Setting struct {
	Value string `json:"value"`
	From  string `json:"from"` // NAMESPACE/NAME
}

// Spec is what proxies do with spans. A setting that nothing decides is nil.
type Spec struct {
	Provider *Setting `json:"provider,omitempty"`
	Sampling *Setting `json:"sampling,omitempty"` // percent of requests
	Disabled *Setting `json:"disabled,omitempty"` // true or false
	Tags     *Setting `json:"tags,omitempty"`     // the names, joined by commas
}

// Scope is what counts for some workloads.
type Scope struct {
	Name   string `json:"name"`   // the mesh, namespace NAME, or the workloads of one that a selector matches
	Client Spec   `json:"client"` // of requests that the workloads send
	Server Spec   `json:"server"` // of requests that they receive
}

// Unused is a Telemetry that decides nothing, and why.
type Unused struct {
	Name string `json:"name"` // NAMESPACE/NAME
	Why  string `json:"why"`
}

// Effect is what Telemetries lead to together.
type Effect struct {
	Scopes []Scope  `json:"scopes"`
	Unused []Unused `json:"unused"`
}

// Of gives the effect of all Telemetries, in the order in which they were
// created, for the control plane of a revision ("" for that of none).
func Of(all []mesh.Telemetry, root, revision string) Effect {
	var effect Effect
	wide := map[string]*mesh.Telemetry{} // by namespace
	var narrow []*mesh.Telemetry
	for i := range all {
		t := &all[i]
		unused := func(why string) { effect.Unused = append(effect.Unused, Unused{t.String(), why}) }
		switch {
		case t.Revision() != "" && t.Revision() != cmp.Or(revision, "default"):
			unused("only the control plane of revision " + t.Revision() + " reads it")
		case len(t.Tracing) == 0 && (len(t.Selector) > 0 || t.Targeted):
			unused("it sets nothing for tracing")
		case t.Targeted:
			unused("it counts only for the gateway, waypoint or service that its targetRefs name, which is not shown here")
		case len(t.Selector) > 0:
			narrow = append(narrow, t)
		case wide[t.Namespace] != nil:
			unused(fmt.Sprintf("Istio uses only the oldest Telemetry without a selector of a namespace, which is %s", wide[t.Namespace]))
		default:
			wide[t.Namespace] = t
		}
	}
	effect.Scopes = append(effect.Scopes, scope("the mesh", wide[root]))
	for _, namespace := range slices.Sorted(maps.Keys(wide)) {
		if namespace != root {
			effect.Scopes = append(effect.Scopes, scope("namespace "+namespace, wide[root], wide[namespace]))
		}
	}
	for i, t := range narrow {
		same := func(other *mesh.Telemetry) bool {
			return other.Namespace == t.Namespace && maps.Equal(other.Selector, t.Selector)
		}
		if slices.ContainsFunc(narrow[:i], same) {
			continue
		}
		chain := []*mesh.Telemetry{wide[root]}
		if t.Namespace != root {
			chain = append(chain, wide[t.Namespace])
		}
		for _, other := range narrow {
			if other.Namespace == t.Namespace && mesh.Selects(other.Selector, t.Selector) {
				chain = append(chain, other)
			}
		}
		effect.Scopes = append(effect.Scopes, scope(fmt.Sprintf("namespace %s, workloads with %s", t.Namespace, labels.Set(t.Selector)), chain...))
	}
	return effect
}

// scope merges a chain, in which nil stands for none.
func scope(name string, chain ...*mesh.Telemetry) Scope {
	s := Scope{Name: name}
	for _, t := range chain {
		if t == nil {
			continue
		}
		for i := range t.Tracing {
			entry := &t.Tracing[i]
			if entry.Match == nil || entry.Match.Mode != "SERVER" {
				s.Client.merge(entry, t.String())
			}
			if entry.Match == nil || entry.Match.Mode != "CLIENT" {
				s.Server.merge(entry, t.String())
			}
		}
	}
	return s
}

func (s *Spec) merge(entry *mesh.Tracing, from string) {
	if len(entry.Providers) > 0 {
		s.Provider = &Setting{entry.Providers[0].Name, from}
	}
	if entry.Sampling != nil {
		s.Sampling = &Setting{strconv.FormatFloat(*entry.Sampling, 'f', -1, 64), from}
	}
	if entry.Disable != nil {
		s.Disabled = &Setting{strconv.FormatBool(*entry.Disable), from}
	}
	if entry.CustomTags != nil {
		s.Tags = &Setting{strings.Join(slices.Sorted(maps.Keys(entry.CustomTags)), ", "), from}
	}
}
