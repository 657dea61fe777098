package migrate

import (
	"bytes"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// part is what flags or parameters set of an item of a list that stands in a file:
// Helm and istioctl lay it over the item of that number.
type part struct {
	document *document
	site     site
	list     *yaml.Node // that the item is in
	index    int        // of the item
}

// mostLists bounds among how many lists that of a part is looked for.
const mostLists = 64

// findParts finds the parts of extension providers.
func (f *facts) findParts() {
	var lists []meshConfig
	for _, m := range f.meshes {
		if m.document.below == nil && len(lists) < mostLists {
			lists = append(lists, m)
		}
	}
	named := map[*input][]meshConfig{}
	for _, m := range f.meshes {
		if m.document.below == nil {
			continue
		}
		under := lists
		if in := m.document.input; in.command != nil {
			if _, known := named[in]; !known {
				named[in] = namedBy(in, lists)
			}
			under = named[in]
		}
		list := listBelow(m, under)
		for i, s := range below(m.site, "extensionProviders[]") {
			switch items := len(yamltree.Items(list)); {
			case s.Value.Kind != yaml.MappingNode || len(s.Value.Content) == 0:
			case i < items:
				f.parts = append(f.parts, part{m.document, s, list, i})
			case items > 0:
				f.added = append(f.added, part{m.document, s, list, i})
			}
		}
	}
}

// namedBy gives the mesh configs in files that the commands of a source name.
func namedBy(in *input, lists []meshConfig) []meshConfig {
	return slices.DeleteFunc(slices.Clone(lists), func(m meshConfig) bool {
		return m.document.Live || !bytes.Contains(in.Data, []byte(path.Base(m.document.Name)))
	})
}

// listBelow gives the list that flags or parameters are laid over: of the same
// object the nearest, or of the files that a command names the last.
func listBelow(over meshConfig, lists []meshConfig) *yaml.Node {
	var found *yaml.Node
	nearest := -1
	for _, m := range lists {
		list := at(m.site.Value, "extensionProviders")
		near := 0
		if d := over.document; d.command == nil {
			if d.outermost() != m.document.outermost() && !d.patches {
				continue
			}
			near = inCommon(d.prefix, m.document.prefix+m.site.Path().String())
		}
		if list != nil && near >= nearest {
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
	both.Content = nil
	at := map[string]int{} // values by their keys
	for _, p := range yamltree.Pairs(node) {
		both.Content = append(both.Content, p.Key, p.Value)
		at[yamltree.Key(p.Key)] = len(both.Content) - 1
	}
	for _, p := range yamltree.Pairs(over) {
		if i, known := at[yamltree.Key(p.Key)]; known {
			both.Content[i] = laid(both.Content[i], p.Value)
		} else {
			both.Content = append(both.Content, p.Key, p.Value)
		}
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
