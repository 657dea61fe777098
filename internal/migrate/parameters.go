package migrate

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// addParameters takes note of values that a list sets one by one, as the
// helm.parameters of an Application do.
func (m *migration) addParameters(d *document) {
	withParameters := func(_, node *yaml.Node) bool { return node.Kind == yaml.MappingNode && at(node, "parameters") != nil }
	walk(d.root, withParameters, func(s site) {
		for _, list := range below(s, []string{"parameters"}) {
			items := below(list, []string{"[]"})
			if !slices.ContainsFunc(items, setsTracing) {
				continue
			}
			e := &document{
				input: d.input, file: d.file, kind: m.table.kind("values", ""), holder: d.holder, held: d.held, depth: d.depth + 1, owner: d.outermost(),
				root:   &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: list.key.Line, Column: list.key.Column},
				prefix: d.prefix + list.path + ": ", items: map[*yaml.Node]*yaml.Node{}, below: map[*yaml.Node]*yaml.Node{},
			}
			entries := entryIndex{}
			for _, item := range items {
				f := &flag{}
				w := setter{entries: entries, tree: e.root, flag: f, at: word{line: item.key.Line, column: item.key.Column}, below: e.below}
				w.set(textAt(item.value, "name"), w.scalar(textAt(item.value, "value")))
				for _, leaf := range f.leaves {
					e.items[leaf] = item.key
				}
			}
			m.place(e)
			m.documents = append(m.documents, e)
		}
	})
}

// setsTracing tells an item of such a list that may be about tracing.
func setsTracing(item site) bool {
	name := textAt(item.value, "name")
	return at(item.value, "value") != nil && (strings.Contains(name, ".tracer") || strings.Contains(name, "meshConfig.") || mentionsLightStep(name))
}

// removeItems marks the items that set a key and all below it.
func (d *document) removeItems(key *yaml.Node) {
	if item := d.items[key]; item != nil {
		d.file.Remove(item)
	}
	if value := d.below[key]; value != nil {
		d.removeItems(value)
	}
	for _, c := range key.Content {
		d.removeItems(c)
	}
}
