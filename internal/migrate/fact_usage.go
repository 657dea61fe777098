package migrate

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// usage tells which extension providers the mesh sends its spans by.
type usage struct {
	mesh  []string             // names, the first the one that Istio takes; nil where nothing tells
	place Finding              // where that stands
	of    map[string]*document // by name, the first Telemetry for less than the mesh
}

// findUsage reads the Telemetries and defaultProviders. A mesh-wide Telemetry
// overrules the latter.
func (f *facts) findUsage() usage {
	u := usage{of: map[string]*document{}}
	rank := -1
	for _, m := range f.meshes {
		list := below(m.site, "defaultProviders.tracing")
		if len(list) == 0 || m.rank < rank {
			continue
		}
		rank, u.mesh, u.place = m.rank, nil, m.document.found(Left, list[0])
		for _, s := range append(below(list[0], "[]"), list[0]) {
			if s.Value.Kind == yaml.ScalarNode {
				u.mesh = append(u.mesh, yamltree.Text(s.Value))
			}
		}
	}
	for _, t := range f.telemetries {
		found := sites(t.document.root, "spec.tracing[].providers[]")
		if t.overruled || len(found) == 0 {
			continue
		}
		if t.wide {
			u.mesh, u.place = nil, t.document.found(Left, found[0])
		}
		for _, s := range found {
			if name := textAt(s.Value, "name"); t.wide {
				u.mesh = append(u.mesh, name)
			} else if u.of[name] == nil {
				u.of[name] = t.document
			}
		}
	}
	return u
}

// known tells whether anything says which providers are used.
func (u usage) known() bool { return u.mesh != nil || len(u.of) > 0 }

// uses tells whether anything names a provider; true where nothing tells.
func (u usage) uses(name string) bool {
	return !u.known() || slices.Contains(u.mesh, name) || u.of[name] != nil
}
