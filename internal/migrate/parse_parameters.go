package migrate

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// addParameters takes note of values that a list sets one by one, as the
// helm.parameters of an Application do.
func (p *parsed) addParameters(d *document) {
	for s := range yamltree.All(d.root) {
		for _, list := range below(s, "parameters") {
			items := below(list, "[]")
			if !slices.ContainsFunc(items, setsTracing) {
				continue
			}
			e := &document{
				input: d.input, file: d.file, kind: p.kind("values", ""), holder: d.holder, held: d.held, depth: d.depth + 1, owner: d.outermost(),
				root:   &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: list.Key.Line, Column: list.Key.Column},
				prefix: d.prefix + list.Path().String() + ": ", items: map[*yaml.Node]*yaml.Node{}, below: map[*yaml.Node]*yaml.Node{},
			}
			entries := map[*yaml.Node]map[string]*yaml.Node{}
			for _, item := range items {
				f := &flag{}
				w := setter{entries: entries, tree: e.root, flag: f, at: word{line: item.Key.Line, column: item.Key.Column}, below: e.below}
				w.set(textAt(item.Value, "name"), w.scalar(textAt(item.Value, "value")))
				for _, leaf := range f.leaves {
					e.items[leaf] = item.Key
				}
			}
			p.place(e)
			p.documents = append(p.documents, e)
		}
	}
}

// setsTracing tells an item of such a list that may be about tracing.
func setsTracing(item site) bool {
	name := textAt(item.Value, "name")
	return at(item.Value, "value") != nil && (strings.Contains(name, ".tracer") || strings.Contains(name, "meshConfig.") || mentionsLightStep(name))
}
