package migrate

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// telemetry is a Telemetry that the control plane heeds.
type telemetry struct {
	document  *document
	wide      bool // it is for the whole mesh
	overruled bool // another one is heeded in its place
}

// age is how Telemetries are ordered: by the time at which the cluster made one,
// and by the name where two have the same.
func (d *document) age() string {
	created := textAt(d.root, "metadata.creationTimestamp")
	if created == "" {
		return ""
	}
	return created + "\x00" + textAt(d.root, "metadata.name")
}

// findTelemetries finds the Telemetries that the control plane heeds. Of the
// mesh-wide ones that come from a cluster, as their creationTimestamp shows, that
// is the oldest. Those that it overrules come first.
func (f *facts) findTelemetries() []telemetry {
	var heeded []telemetry
	first := ""
	for _, d := range f.documents {
		if !d.is("Telemetry") || f.plane.otherRevision(d) != "" {
			continue
		}
		t := telemetry{document: d, wide: f.plane.isMeshWide(d)}
		if age := d.age(); t.wide && age != "" && (first == "" || age < first) {
			first = age
		}
		heeded = append(heeded, t)
	}
	var overruled []telemetry
	heeded = slices.DeleteFunc(heeded, func(t telemetry) bool {
		age := t.document.age()
		if t.overruled = t.wide && age != "" && age != first; t.overruled {
			overruled = append(overruled, t)
		}
		return t.overruled
	})
	return append(overruled, heeded...)
}

// narrowing are the settings by which a Telemetry is for less than its namespace; an
// empty one is none (namespaceWideTelemetryConfig of Istio).
var narrowing = []string{"spec.selector.matchLabels.*", "spec.targetRefs[]", "spec.targetRef"}

// narrowed tells whether a Telemetry is for less than its namespace.
func (d *document) narrowed() bool {
	return slices.ContainsFunc(narrowing, func(path string) bool { return len(sites(d.root, path)) > 0 })
}

// usage tells which extension providers the mesh sends its spans by.
type usage struct {
	mesh   []string             // names, that for clients first; nil where nothing tells
	place  Finding              // where that stands
	behind []string             // names in lists of which Istio takes the first alone
	of     map[string]*document // by name, the first Telemetry for less than the mesh
}

// findUsage reads the Telemetries and defaultProviders. A mesh-wide Telemetry
// overrules the latter. Of a list Istio takes the first.
func (f *facts) findUsage() usage {
	u := usage{of: map[string]*document{}}
	rank := -1
	for _, m := range f.meshes {
		list := below(m.site, "defaultProviders.tracing")
		if len(list) == 0 || m.rank < rank {
			continue
		}
		rank, u.mesh, u.behind, u.place = m.rank, nil, nil, m.document.found(Left, list[0])
		for _, s := range append(below(list[0], "[]"), list[0]) {
			switch {
			case s.Value.Kind != yaml.ScalarNode:
			case u.mesh == nil:
				u.mesh = []string{yamltree.Text(s.Value)}
			default:
				u.behind = append(u.behind, yamltree.Text(s.Value))
			}
		}
	}
	byDefault := u.mesh
	for _, t := range f.telemetries {
		found := sites(t.document.root, "spec.tracing[].providers[]")
		if t.overruled || len(found) == 0 {
			continue
		}
		if t.wide {
			u.place = t.document.found(Left, found[0])
			u.mesh = t.document.sendsBy(byDefault)
		}
		for _, entry := range sites(t.document.root, "spec.tracing[]") {
			for i, s := range below(entry, "providers[]") {
				switch name := textAt(s.Value, "name"); {
				case i > 0:
					u.behind = append(u.behind, name)
				case !t.wide && u.of[name] == nil:
					u.of[name] = t.document
				}
			}
		}
	}
	return u
}

// sendsBy gives the providers that clients and servers send by with a Telemetry for
// all of them, where without it they send by others. A later entry overrules an
// earlier one for the same mode.
func (d *document) sendsBy(others []string) []string {
	client, server := "", ""
	if len(others) > 0 {
		client, server = others[0], others[0]
	}
	for _, entry := range sites(d.root, "spec.tracing[]") {
		names := below(entry, "providers[]")
		if len(names) == 0 {
			continue
		}
		name, mode := textAt(names[0].Value, "name"), textAt(entry.Value, "match.mode")
		if mode != "SERVER" {
			client = name
		}
		if mode != "CLIENT" {
			server = name
		}
	}
	return slices.DeleteFunc(slices.Compact([]string{client, server}), func(name string) bool { return name == "" })
}

// known tells whether anything says which providers are used.
func (u usage) known() bool { return u.mesh != nil || len(u.of) > 0 }

// uses tells whether anything names a provider; true where nothing tells.
func (u usage) uses(name string) bool {
	return !u.known() || slices.Contains(u.mesh, name) || u.of[name] != nil
}
