package document

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// step leads from a map or list to an entry or item, by its key.
type step struct{ from, key *yaml.Node }

// RemoveAt marks the key or item at a place, as Remove does, for those alone who
// come to it by the aliases and merge keys that lead there. Bytes refuses where
// something else has it too, by an alias or where it is written.
func (f *File) RemoveAt(s yamltree.Site) {
	f.gone[s.Key] = true
	if f.routes[s.Key] == nil {
		f.routes[s.Key] = map[step]bool{}
	}
	for at := s; at.Up != nil; at = *at.Up {
		f.routes[s.Key][step{key: at.Key}] = true
		f.routes[s.Key][step{at.Up.Value, at.Key}] = true
	}
}

// others finds what else than the places of RemoveAt has something of what goes.
type others struct {
	*remover
	below   map[*yaml.Node]map[*yaml.Node]bool // keys that go, by what holds them
	aliased map[*yaml.Node]bool
	found   []*yaml.Node // aliases, anchored values and merge keys that stay
}

// heldByOthers refuses a document in which anything else has what goes.
func (r *remover) heldByOthers(root *yaml.Node) error {
	o := &others{remover: r, below: map[*yaml.Node]map[*yaml.Node]bool{}, aliased: aliasedNodes(root)}
	if len(o.aliased) == 0 || r.file.gone[root] {
		return nil
	}
	for key, value := range yamltree.Children(root) {
		o.entry(key, value, root.Kind == yaml.MappingNode && isHolder(key.Value))
	}
	o.merges(root)
	if len(o.found) == 0 {
		return nil
	}
	var names []string
	for _, node := range o.found {
		names = append(names, referenceName(node))
	}
	names = slices.Compact(names)
	line, column := r.file.Position(o.found[0])
	verb := " stands"
	if len(names) > 1 {
		verb = " stand"
	}
	return refusal(idAlias, "", line, column, strings.Join(names, ", ")+verb+" for a value that is to be removed, and that something else uses too",
		"write the value out in each place, without an alias")
}

func referenceName(node *yaml.Node) string {
	switch {
	case node.Kind == yaml.AliasNode:
		return "the alias *" + node.Value
	case node.Anchor != "":
		return "the anchor &" + node.Anchor
	default:
		return "the merge key <<"
	}
}

// isHolder tells the key of a document that nobody reads, by which anchors are
// held.
func isHolder(key string) bool {
	return strings.HasPrefix(key, "x-") || strings.HasPrefix(key, ".") || strings.HasPrefix(key, "_")
}

// aliasedNodes gives the nodes of a tree that an alias stands for.
func aliasedNodes(root *yaml.Node) map[*yaml.Node]bool {
	found := map[*yaml.Node]bool{}
	var note func(*yaml.Node)
	note = func(node *yaml.Node) {
		if node.Kind == yaml.AliasNode {
			found[node.Alias] = true
		}
		for _, child := range node.Content {
			note(child)
		}
	}
	note(root)
	return found
}

// entry looks at an entry or item that stays. A holder is there for its anchors
// alone, and has no use for what they stand for.
func (o *others) entry(key, value *yaml.Node, holder bool) {
	if o.file.gone[key] || yamltree.IsMerge(key) {
		return
	}
	if (value.Kind == yaml.AliasNode || o.aliased[value] && !holder) && o.beyond(step{key: key}, o.goneBelow(yamltree.Resolved(value))) {
		o.found = append(o.found, value)
	}
	for k, v := range yamltree.Children(value) {
		o.entry(k, v, holder)
	}
	o.merges(value)
}

// merges looks at what `<<` merges into a map.
func (o *others) merges(node *yaml.Node) {
	i := slices.IndexFunc(node.Content, yamltree.IsMerge)
	if node.Kind != yaml.MappingNode || i < 0 {
		return
	}
	for _, p := range yamltree.Pairs(node) {
		if slices.Contains(node.Content, p.Key) {
			continue
		}
		going := o.goneBelow(yamltree.Resolved(p.Value))
		if o.file.gone[p.Key] {
			going = map[*yaml.Node]bool{p.Key: true}
		}
		if o.beyond(step{node, p.Key}, going) {
			found := node.Content[i]
			if next := node.Content[i+1]; next.Kind == yaml.AliasNode {
				found = next
			}
			o.found = append(o.found, found)
			return
		}
	}
}

// beyond tells whether anything goes that no place leads to by a step. What
// Remove marks goes for all.
func (o *others) beyond(s step, going map[*yaml.Node]bool) bool {
	for key := range going {
		if routes := o.file.routes[key]; routes != nil && !routes[s] {
			return true
		}
	}
	return false
}

// goneBelow gives the keys that go of what a node means.
func (o *others) goneBelow(node *yaml.Node) map[*yaml.Node]bool {
	if known, ok := o.below[node]; ok {
		return known
	}
	all := map[*yaml.Node]bool{}
	o.below[node] = all
	each := func(key, value *yaml.Node) {
		if o.file.gone[key] {
			all[key] = true
			return
		}
		for k := range o.goneBelow(yamltree.Resolved(value)) {
			all[k] = true
		}
	}
	for _, p := range yamltree.Pairs(node) {
		each(p.Key, p.Value)
	}
	for _, item := range yamltree.Items(node) {
		each(item, item)
	}
	return all
}
