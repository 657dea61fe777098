package doctor

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ErrNoSuchPart says that a ConfigMap lacks what is to be changed.
var ErrNoSuchPart = errors.New("there is no such part")

// Edit is what is changed in a ConfigMap's YAML document.
type Edit struct {
	Key    string   // of the ConfigMap's data
	Remove []string // paths: a.b, or a[name=x] for the item of a list
	Append []string // PATH=VALUE: to a list, which is made where it is missing
}

// Apply changes a document inside of a ConfigMap, as a filter between `kubectl
// get` and `kubectl replace`. Comments and order inside the document stay. Its
// errors never repeat the document.
func (e Edit) Apply(configMap []byte) ([]byte, error) {
	var outer yaml.Node
	if yaml.Unmarshal(configMap, &outer) != nil || len(outer.Content) == 0 {
		return nil, errors.New("the input is no ConfigMap in YAML or JSON")
	}
	text := child(child(outer.Content[0], "data"), e.Key)
	if text == nil || text.Kind != yaml.ScalarNode {
		return nil, fmt.Errorf("data.%s of the ConfigMap: %w", e.Key, ErrNoSuchPart)
	}
	var inner yaml.Node
	if yaml.Unmarshal([]byte(text.Value), &inner) != nil || len(inner.Content) == 0 {
		return nil, fmt.Errorf("data.%s of the ConfigMap is no YAML", e.Key)
	}
	for _, path := range e.Remove {
		steps, ok := split(path)
		if !ok {
			return nil, fmt.Errorf("%q is no path, as a.list[name=item] is", path)
		}
		if !remove(inner.Content[0], steps) {
			return nil, fmt.Errorf("%s: %w", path, ErrNoSuchPart)
		}
	}
	for _, change := range e.Append {
		path, value, found := strings.Cut(change, "=")
		if !found {
			return nil, fmt.Errorf("%q is not PATH=VALUE", change)
		}
		if !appendTo(inner.Content[0], path, value) {
			return nil, fmt.Errorf("%s: %w", path, ErrNoSuchPart)
		}
	}
	changed, err := encode(&inner)
	if err != nil {
		return nil, err
	}
	text.Value, text.Style = string(changed), yaml.LiteralStyle
	return encode(&outer)
}

func encode(node *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(node); err != nil {
		return nil, errors.New("the document cannot be written")
	}
	return out.Bytes(), nil
}

// step is one part of a path: a key, and the name of an item of its list.
type step struct{ key, item string }

// split reads a path such as a.list[name=item].b; ok is false where it is none.
func split(path string) (steps []step, ok bool) {
	for path != "" {
		var s step
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			return append(steps, step{key: path}), true
		}
		s.key = path[:end]
		rest := path[end:]
		if rest[0] == '[' {
			after, named := strings.CutPrefix(rest, "[name=")
			item, beyond, closed := strings.Cut(after, "]")
			if !named || !closed {
				return nil, false
			}
			s.item, rest = item, beyond
		}
		path = strings.TrimPrefix(rest, ".")
		steps = append(steps, s)
	}
	return steps, true
}

func child(node *yaml.Node, key string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// itemAt gives the index of a list's item of that name, -1 for none.
func itemAt(list *yaml.Node, name string) int {
	if list == nil || list.Kind != yaml.SequenceNode {
		return -1
	}
	for i, item := range list.Content {
		if n := child(item, "name"); n != nil && n.Value == name {
			return i
		}
	}
	return -1
}

// remove takes out what the steps lead to, and then the lists and maps on the
// way that hold nothing any more: beside an `a: []` an `a` that somebody adds
// would be there twice.
func remove(node *yaml.Node, steps []step) bool {
	if len(steps) == 0 {
		return false
	}
	s, last := steps[0], len(steps) == 1
	next := child(node, s.key)
	if next == nil {
		return false
	}
	switch {
	case s.item != "":
		at := itemAt(next, s.item)
		if at < 0 || !last && !remove(next.Content[at], steps[1:]) {
			return false
		}
		if last {
			next.Content = slices.Delete(next.Content, at, at+1)
		}
	case !last && !remove(next, steps[1:]):
		return false
	}
	if last && s.item == "" || len(next.Content) == 0 {
		drop(node, s.key)
	}
	return true
}

// drop takes a key out of a map.
func drop(node *yaml.Node, key string) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			node.Content = slices.Delete(node.Content, i, i+2)
			return
		}
	}
}

func appendTo(root *yaml.Node, key, value string) bool {
	if root.Kind != yaml.MappingNode {
		return false
	}
	list := child(root, key)
	if list == nil {
		list = &yaml.Node{Kind: yaml.SequenceNode}
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, list)
	}
	if list.Kind != yaml.SequenceNode {
		return false
	}
	list.Content = append(list.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: value})
	return true
}
