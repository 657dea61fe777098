package migrate

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// placed is a scope and the place in a document that it is about.
type placed struct {
	scope scope
	base  site
}

// deepest bounds how deep settings are looked for in what nobody knows.
const deepest = 40

// place finds the scopes of a document: those of its kind, and in a wrapper that
// nobody has to know, such as another chart's values, those that look like one.
func (m *migration) place(d *document) {
	taken := map[*yaml.Node]bool{}
	if d.kind != nil {
		for _, s := range d.kind.Scopes {
			for _, base := range below(site{value: d.root}, segments(s.At)) {
				d.placed = append(d.placed, placed{s, base})
				taken[base.value], taken[at(base.value, "defaultConfig")] = true, true
			}
		}
	}
	if d.kind != nil && !d.kind.Wraps {
		return
	}
	looks := func(_, node *yaml.Node) bool {
		return node.Kind == yaml.MappingNode && (isValues(node) || isMeshConfig(node) || isMap(at(node, "tracing.lightstep")))
	}
	walk(d.root, looks, func(s site) {
		switch {
		case taken[s.value]:
		case isValues(s.value):
			d.placed = append(d.placed, placed{scope{Rows: "values", Rank: 20}, s})
			for _, base := range below(s, []string{"meshConfig"}) {
				taken[base.value], taken[at(base.value, "defaultConfig")] = true, true
				d.placed = append(d.placed, placed{scope{Rows: "meshConfig", Rank: 30}, base})
			}
		case len(s.up) > 0 && isMeshConfig(s.value):
			d.placed = append(d.placed, placed{scope{Rows: "meshConfig", Rank: 31}, s})
			taken[at(s.value, "defaultConfig")] = true
		case isMap(at(s.value, "tracing.lightstep")):
			d.placed = append(d.placed, placed{scope{Rows: "proxyConfig", Rank: 5}, s})
		}
	})
}

// isValues tells values of an Istio chart by what they hold.
func isValues(node *yaml.Node) bool {
	return isMeshConfig(at(node, "meshConfig")) || isMap(at(node, "global.tracer")) || at(node, "global.proxy.tracer") != nil
}

// isMeshConfig tells a mesh config by what it holds.
func isMeshConfig(node *yaml.Node) bool {
	if !isMap(node) {
		return false
	}
	list := at(node, "extensionProviders")
	if list != nil && list.Kind == yaml.SequenceNode && len(list.Content) > 0 && at(list.Content[0], "name") != nil {
		return true
	}
	return isMap(at(node, "defaultConfig.tracing")) || at(node, "defaultProviders.tracing") != nil
}

func isMap(node *yaml.Node) bool {
	node = yamltree.Resolved(node)
	return node != nil && node.Kind == yaml.MappingNode
}

// step is one step of a walk: the key of a map's entry, or an item's index.
type step struct {
	key, value *yaml.Node
	index      int // -1 for the entry of a map
}

// walk calls f with every place of a tree that is wanted, the outer before the
// inner. What an alias stands for is walked where it is written out.
func walk(root *yaml.Node, wanted func(key, value *yaml.Node) bool, f func(site)) {
	var steps []step
	var below func(step)
	below = func(here step) {
		if wanted(here.key, here.value) {
			f(siteOf(root, steps))
		}
		if len(steps) > deepest {
			return
		}
		content := here.value.Content
		switch here.value.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(content); i += 2 {
				steps = append(steps, step{content[i], content[i+1], -1})
				below(steps[len(steps)-1])
				steps = steps[:len(steps)-1]
			}
		case yaml.SequenceNode:
			for i, item := range content {
				steps = append(steps, step{item, item, i})
				below(steps[len(steps)-1])
				steps = steps[:len(steps)-1]
			}
		default: // a single value holds nothing
		}
	}
	below(step{value: root})
}

// siteOf gives the place that steps lead to.
func siteOf(root *yaml.Node, steps []step) site {
	s := site{value: root}
	for _, step := range steps {
		name := fmt.Sprintf("[%d]", step.index)
		if step.index < 0 {
			name = escaped(step.key.Value)
		}
		s = site{path: joined(s.path, name), key: step.key, value: step.value, up: append([]site{s}, s.up...)}
	}
	return s
}
