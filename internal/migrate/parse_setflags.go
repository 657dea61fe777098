package migrate

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

var setFlags = []string{"--set", "-s", "--set-string", "--set-json", "--set-file", "--set-literal"}

// setter writes the settings of one flag into a tree, with the position of its
// word.
type setter struct {
	entries map[*yaml.Node]map[string]*yaml.Node // of maps, by key
	tree    *yaml.Node
	flag    *flag
	at      word
	below   map[*yaml.Node]*yaml.Node // gets the values by their keys
}

// setBy writes what a flag of some form of --set says.
func (p *parsed) setBy(in *input, form string, s setter, expr string) {
	key, value, found := strings.Cut(expr, "=")
	switch form {
	case "--set-literal":
		if found {
			s.set(key, s.scalar(value))
		}
	case "--set-file":
		for _, one := range assignments(expr) {
			if key, file, found := strings.Cut(one, "="); found {
				s.set(key, s.scalar("$(cat "+file+")")) // nobody takes it for the value
			}
		}
	case "--set-json":
		roots, err := yamltree.Read([]byte(value), 0)
		if !found || err != nil || len(roots) == 0 {
			p.notes.note(Finding{
				Outcome: Left, File: in.Name, Line: s.at.line, Column: s.at.column, Path: "--set-json", Text: "it could not be read",
			})
			return
		}
		s.placed(roots[0])
		s.set(key, roots[0])
	default:
		for _, one := range assignments(expr) {
			if key, value, found := strings.Cut(one, "="); found {
				s.set(key, s.list(value))
			}
		}
	}
}

// assignments splits what one --set holds: at commas that no backslash and no
// braces hide.
func assignments(expr string) []string {
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

func (s setter) scalar(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Value: value, Line: s.at.line, Column: s.at.column}
}

// list gives the list that Helm makes of {a,b}, and any other value as it is.
func (s setter) list(value string) *yaml.Node {
	inner, found := strings.CutPrefix(value, "{")
	if !found || !strings.HasSuffix(inner, "}") || strings.HasPrefix(inner, "{") {
		return s.scalar(strings.ReplaceAll(value, `\,`, ","))
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: s.at.line, Column: s.at.column}
	for _, item := range assignments(strings.TrimSuffix(inner, "}")) {
		list.Content = append(list.Content, s.scalar(item))
	}
	return list
}

// placed gives every node of a tree the position of the word.
func (s setter) placed(node *yaml.Node) {
	node.Line, node.Column = s.at.line, s.at.column
	for _, c := range node.Content {
		s.placed(c)
	}
}

// deepest is how many keys Helm takes in one path.
const deepest = 30

// set writes a value at a key such as a.b[0].c. Of several values for one key
// the last one wins, as for Helm.
func (s setter) set(key string, value *yaml.Node) {
	node, path := s.tree, yamltree.Parse(key)
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
			k := s.scalar(name)
			if next = value; !last {
				next = s.empty()
			}
			node.Content = append(node.Content, k, next)
			if s.entries[node] == nil {
				s.entries[node] = map[string]*yaml.Node{}
			}
			s.entries[node][name], s.below[k] = next, next
			if last {
				s.leaves(k, next)
			}
		}
		node = next
	}
}

// item gives the item of a list, which is made where it is not there.
func (s setter) item(node *yaml.Node, index int) *yaml.Node {
	if index > 100 {
		index = 0
	}
	if node.Kind != yaml.SequenceNode {
		*node = yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: s.at.line, Column: s.at.column}
	}
	for len(node.Content) <= index {
		node.Content = append(node.Content, s.empty())
	}
	return node.Content[index]
}

func (s setter) empty() *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: s.at.line, Column: s.at.column}
}

// leaves notes what a flag sets: the keys of single values, and items.
func (s setter) leaves(key, value *yaml.Node) {
	switch {
	case value.Kind == yaml.MappingNode && len(value.Content) > 0:
		for i := 0; i+1 < len(value.Content); i += 2 {
			s.below[value.Content[i]] = value.Content[i+1]
			s.leaves(value.Content[i], value.Content[i+1])
		}
	case value.Kind == yaml.SequenceNode && len(value.Content) > 0:
		for _, item := range value.Content {
			s.leaves(item, item)
		}
	default:
		s.flag.leaves = append(s.flag.leaves, key)
	}
}
