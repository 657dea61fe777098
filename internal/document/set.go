package document

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// setLists are the lists that set values one by one: the helm.parameters and
// fileParameters of an Application, the set of a helmfile or of a Release of
// Crossplane, and those of a helm_release of Terraform in JSON.
var setLists = []string{"parameters", "fileParameters", "set", "setString", "set_list", "set_sensitive", "set_wo"}

// setItemKeys are the keys of an item that say what it sets, or where that is from.
var setItemKeys = []string{"value", "values", "path", "file", "valueFrom"}

// IsSetList tells a list that sets values one by one, or what stands in the place of one:
// in JSON of Terraform a block that is there once is an object.
func IsSetList(list yamltree.Site) bool {
	if list.Key == nil || !slices.Contains(setLists, yamltree.Key(list.Key)) {
		return false
	}
	return list.Value.Kind == yaml.SequenceNode || list.Value.Kind == yaml.MappingNode && text(list.Value, "name") != "" && setsOne(list)
}

// setsOne tells an item that says what it sets, or where that is from.
func setsOne(item yamltree.Site) bool {
	return slices.ContainsFunc(setItemKeys, func(key string) bool { return yamltree.Get(item.Value, key) != nil })
}

// ItemsOfSet gives the items of a list that sets values one by one.
func ItemsOfSet(list yamltree.Site) []yamltree.Site {
	if list.Value.Kind == yaml.MappingNode {
		return []yamltree.Site{list}
	}
	return list.Find(yamltree.Parse("[]"))
}

// SetItems gives the items of a list that sets values one by one, each with a
// name and a value, or where that is from; none where what is there is no such list,
// or no name in it is about what is looked for.
func SetItems(list yamltree.Site, about func(name string) bool) []yamltree.Site {
	if !IsSetList(list) {
		return nil
	}
	items := ItemsOfSet(list)
	if !slices.ContainsFunc(items, func(item yamltree.Site) bool { return setsOne(item) && about(text(item.Value, "name")) }) {
		return nil
	}
	return items
}

// Setter writes values at keys such as a.b[0].c, as Helm's --set does, into a
// tree whose nodes stand where the keys and values were read.
type Setter struct {
	Tree         *yaml.Node
	Line, Column int                       // of what is set next
	Below        map[*yaml.Node]*yaml.Node // values by their keys
	Leaves       []*yaml.Node              // keys of the single values that were set, and items

	entries map[*yaml.Node]map[string]*yaml.Node // of maps, by key
}

// NewSetter gives a setter of a tree, a map without entries.
func NewSetter(tree *yaml.Node, below map[*yaml.Node]*yaml.Node) *Setter {
	return &Setter{Tree: tree, Below: below, entries: map[*yaml.Node]map[string]*yaml.Node{}}
}

// At has what is set next stand at a place, and forgets the leaves.
func (s *Setter) At(line, column int) { s.Line, s.Column, s.Leaves = line, column, nil }

// SetEach sets what a --set holds: several keys with their values.
func (s *Setter) SetEach(expr string) {
	for _, one := range Assignments(expr) {
		if key, value, found := strings.Cut(one, "="); found {
			s.Set(key, s.list(value))
		}
	}
}

// Assignments splits what one --set holds: at commas that no backslash and no
// braces hide.
func Assignments(expr string) []string {
	var all []string
	start, depth := 0, 0
	for i := 0; i < len(expr); i++ {
		switch expr[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			depth--
		case ',':
			if depth <= 0 {
				all = append(all, expr[start:i])
				start = i + 1
			}
		}
	}
	return append(all, expr[start:])
}

// Scalar gives a single value.
func (s *Setter) Scalar(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Value: value, Line: s.Line, Column: s.Column}
}

// Value gives what a node says, a single value or a list of these. What a tag such as
// CloudFormation's !Ref stands for is not known, and is a text that nobody takes for it.
func (s *Setter) Value(node *yaml.Node) *yaml.Node {
	switch {
	case strings.HasPrefix(node.Tag, "!") && !strings.HasPrefix(node.Tag, "!!"):
		return s.Scalar("$(" + node.Tag + " " + yamltree.Text(node) + ")")
	case node.Kind != yaml.SequenceNode:
		return s.Scalar(yamltree.Text(node))
	}
	var items []string
	for _, one := range yamltree.Items(node) {
		items = append(items, yamltree.Text(one))
	}
	return s.sequence(items)
}

// ItemValue gives what an item of a list sets; nil where that is from somewhere else.
func (s *Setter) ItemValue(item *yaml.Node) *yaml.Node {
	for _, key := range []string{"value", "values"} {
		if value := yamltree.Get(item, key); value != nil {
			return s.Value(value)
		}
	}
	return nil
}

// list gives the list that Helm makes of {a,b}, and any other value as it is.
func (s *Setter) list(value string) *yaml.Node {
	inner, found := strings.CutPrefix(value, "{")
	if !found || !strings.HasSuffix(inner, "}") || strings.HasPrefix(inner, "{") {
		return s.Scalar(strings.ReplaceAll(value, `\,`, ","))
	}
	return s.sequence(Assignments(strings.TrimSuffix(inner, "}")))
}

// sequence gives a list of single values.
func (s *Setter) sequence(items []string) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: s.Line, Column: s.Column}
	for _, item := range items {
		list.Content = append(list.Content, s.Scalar(item))
	}
	return list
}

// Placed gives every node of a tree the place of what is set next.
func (s *Setter) Placed(node *yaml.Node) {
	node.Line, node.Column = s.Line, s.Column
	for _, c := range node.Content {
		s.Placed(c)
	}
}

// deepest is how many keys Helm takes in one path.
const deepest = 30

// Set writes a value at a key. Of several values for one key the last one wins,
// as for Helm.
func (s *Setter) Set(key string, value *yaml.Node) {
	node, path := s.Tree, yamltree.Parse(key)
	if len(path) > deepest {
		return
	}
	for i, step := range path {
		last := i == len(path)-1
		if index, isIndex := step.(int); isIndex {
			node = s.item(node, index)
			if last {
				*node = *value
				s.leaves(node, node)
			}
			continue
		}
		if node.Kind != yaml.MappingNode {
			*node = *s.empty()
			delete(s.entries, node)
		}
		name := yamltree.Path{step}.String()
		if key, isKey := step.(string); isKey {
			name = key
		}
		next := s.entries[node][name]
		if next == nil || last {
			k := s.Scalar(name)
			if next = value; !last {
				next = s.empty()
			}
			node.Content = append(node.Content, k, next)
			if s.entries[node] == nil {
				s.entries[node] = map[string]*yaml.Node{}
			}
			s.entries[node][name], s.Below[k] = next, next
			if last {
				s.leaves(k, next)
			}
		}
		node = next
	}
}

// item gives the item of a list, which is made where it is not there.
func (s *Setter) item(node *yaml.Node, index int) *yaml.Node {
	if index > 100 {
		index = 0
	}
	if node.Kind != yaml.SequenceNode {
		*node = yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: s.Line, Column: s.Column}
	}
	for len(node.Content) <= index {
		node.Content = append(node.Content, s.empty())
	}
	return node.Content[index]
}

func (s *Setter) empty() *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: s.Line, Column: s.Column}
}

// leaves notes what is set: the keys of single values, and items.
func (s *Setter) leaves(key, value *yaml.Node) {
	switch {
	case value.Kind == yaml.MappingNode && len(value.Content) > 0:
		for i := 0; i+1 < len(value.Content); i += 2 {
			s.Below[value.Content[i]] = value.Content[i+1]
			s.leaves(value.Content[i], value.Content[i+1])
		}
	case value.Kind == yaml.SequenceNode && len(value.Content) > 0:
		for _, item := range value.Content {
			s.leaves(item, item)
		}
	default:
		s.Leaves = append(s.Leaves, key)
	}
}
