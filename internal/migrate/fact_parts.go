package migrate

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// part is what flags or parameters set of an item of a list that stands in a file:
// Helm and istioctl lay it over the item of that number.
type part struct {
	document *document
	site     site
}

// setPart is a part by the list that it is about.
type setPart struct {
	part
	list  *yaml.Node
	index int
}

// mostLists bounds among how many lists that of a part is looked for.
const mostLists = 64

// findParts finds the parts of extension providers.
func (f *facts) findParts() {
	f.parts = map[*yaml.Node][]part{}
	var lists []meshConfig
	for _, m := range f.meshes {
		if m.document.below == nil && len(lists) < mostLists {
			lists = append(lists, m)
		}
	}
	for _, m := range f.meshes {
		if m.document.below == nil {
			continue
		}
		for i, s := range below(m.site, "extensionProviders[]") {
			if s.Value.Kind != yaml.MappingNode || len(s.Value.Content) == 0 {
				continue
			}
			list := listBelow(m, lists)
			if items := yamltree.Items(list); i < len(items) {
				item := yamltree.Resolved(items[i])
				f.parts[item] = append(f.parts[item], part{m.document, s})
				f.setParts = append(f.setParts, setPart{part{m.document, s}, list, i})
				f.isPart[s.Value] = true
			}
		}
	}
}

// listBelow gives the list that flags or parameters are laid over: that of the same
// object, the nearest of several, or of a file that the command names.
func listBelow(over meshConfig, lists []meshConfig) *yaml.Node {
	var found *yaml.Node
	nearest := -1
	for _, m := range lists {
		list := at(m.site.Value, "extensionProviders")
		if list == nil {
			continue
		}
		near := 0
		switch d := over.document; {
		case d.command != nil && (m.document.Live || !strings.Contains(string(d.Data), path.Base(m.document.Name))):
			continue
		case d.command == nil && d.outermost() != m.document.outermost():
			continue
		case d.command == nil:
			near = inCommon(d.prefix, m.document.prefix+m.site.Path().String())
		}
		if near >= nearest {
			found, nearest = list, near
		}
	}
	return found
}

// inCommon gives how many bytes two texts begin with in common.
func inCommon(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// laidOver gives a map with what parts of it set in the place of its own entries. Its
// keys and values are those of the files.
func laidOver(node *yaml.Node, parts []part) *yaml.Node {
	for _, p := range parts {
		node = laid(node, p.site.Value)
	}
	return node
}

func laid(node, over *yaml.Node) *yaml.Node {
	node, over = yamltree.Resolved(node), yamltree.Resolved(over)
	switch {
	case yamltree.IsNull(over):
		return node
	case node != nil && node.Kind == yaml.SequenceNode && over.Kind == yaml.SequenceNode:
		both := *node
		both.Content = slices.Clone(node.Content)
		for i, item := range over.Content {
			if i == len(both.Content) {
				both.Content = append(both.Content, item)
			} else {
				both.Content[i] = laid(both.Content[i], item)
			}
		}
		return &both
	case node == nil || node.Kind != yaml.MappingNode || over.Kind != yaml.MappingNode:
		return over
	}
	both := *node
	both.Content = slices.Clone(node.Content)
	for i := 0; i+1 < len(over.Content); i += 2 {
		key := yamltree.Key(over.Content[i])
		at := slices.IndexFunc(both.Content, func(n *yaml.Node) bool { return yamltree.Key(n) == key })
		if at < 0 || at%2 != 0 {
			both.Content = append(both.Content, over.Content[i], over.Content[i+1])
			continue
		}
		both.Content[at+1] = laid(both.Content[at+1], over.Content[i+1])
	}
	return &both
}

// find gives where something of a provider is set, by the last of its parts or in
// the provider itself; the provider's own place where nothing sets it.
func (p *provider) find(where yamltree.Path) (*document, site) {
	for _, over := range slices.Backward(p.parts) {
		if found := over.site.Find(where); len(found) > 0 && !yamltree.IsNull(found[0].Value) {
			return over.document, found[0]
		}
	}
	if found := p.site.Find(where); len(found) > 0 {
		return p.document, found[0]
	}
	return p.document, p.site
}
