package migrate

import (
	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// placed is a scope and the place in a document that it is about.
type placed struct {
	scope scope
	base  site
}

// place finds the scopes of a document: those of its kind, and in a wrapper that
// nobody has to know, such as another chart's values, those that look like one.
func (p *parsed) place(d *document) {
	taken := map[*yaml.Node]bool{}
	take := func(s scope, base site) {
		d.placed = append(d.placed, placed{s, base})
		taken[base.Value], taken[at(base.Value, "defaultConfig")] = true, true
	}
	if d.kind != nil {
		for _, s := range d.kind.Scopes {
			for _, base := range sites(d.root, s.At) {
				take(s, base)
			}
		}
	}
	if d.kind != nil && !d.kind.Wraps {
		return
	}
	for s := range yamltree.All(d.root) {
		switch {
		case s.Value.Kind != yaml.MappingNode || taken[s.Value]:
		case yamlfile.IsValues(s.Value):
			d.placed = append(d.placed, placed{scope{Rows: "values", Rank: 20}, s})
			for _, base := range below(s, "meshConfig") {
				take(scope{Rows: "meshConfig", Rank: 30}, base)
			}
		case s.Up != nil && tracesMesh(s.Value):
			take(scope{Rows: "meshConfig", Rank: 31}, s)
		case yamltree.IsMap(at(s.Value, "tracing.lightstep")):
			d.placed = append(d.placed, placed{scope{Rows: "proxyConfig", Rank: 5}, s})
		}
	}
}

// tracesMesh tells a mesh config with settings of tracing, wherever it stands.
func tracesMesh(node *yaml.Node) bool {
	return yamlfile.IsMeshConfig(node) && (at(node, "extensionProviders[0].name") != nil ||
		yamltree.IsMap(at(node, "defaultConfig.tracing")) || at(node, "defaultProviders.tracing") != nil)
}
