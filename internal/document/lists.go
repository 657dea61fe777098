package document

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// kindedLists are the lists whose items are one of several kinds, told by a
// key beside `name`: an extension provider, a volume, the source of an
// environment variable. Two kinds in one item are refused by their readers, so
// an item of ours replaces the one of its name.
var kindedLists = []string{"extensionProviders", "volumes", "envVarFrom"}

// list merges items by name where they have one, and adds the others that are
// not there yet.
func (m *merger) list(path string, mine, ours *yaml.Node) (*change, error) {
	c := &change{inner: map[int]*change{}}
	for _, item := range ours.Content {
		i, err := findItem(path, mine, item)
		if err != nil {
			return nil, err
		}
		if i < 0 {
			c.added = append(c.added, item)
			continue
		}
		inner, err := m.item(index(path, i), path, mine.Content[i], item)
		if err != nil {
			return nil, err
		}
		if inner != nil {
			c.inner[i] = inner
		}
	}
	return c.orNil(), nil
}

// item merges one list item of ours into the user's of the same name.
func (m *merger) item(path, list string, mine, ours *yaml.Node) (*change, error) {
	if !slices.Contains(kindedLists, list[strings.LastIndexByte(list, '.')+1:]) {
		return m.merge(path, mine, ours)
	}
	unchanged, err := equal(mine, ours)
	if err != nil || unchanged {
		return nil, err
	}
	if held := m.heldByAlias(mine); held != nil {
		return nil, aliasRefusal(path, held, "the value is shared through an alias")
	}
	return &change{replace: ours}, nil
}

// heldByAlias gives a node in a tree that is an alias or that one stands for.
func (m *merger) heldByAlias(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode || m.aliased[node] {
		return node
	}
	for _, c := range node.Content {
		if c.Kind == yaml.AliasNode {
			continue // goes away with the item
		}
		if held := m.heldByAlias(c); held != nil {
			return held
		}
	}
	return nil
}

// findItem gives the index of the user's item that ours is, or -1.
func findItem(path string, mine, item *yaml.Node) (int, error) {
	if text(item, "name") == "" {
		return findEqual(mine, item)
	}
	found := -1
	for i, candidate := range mine.Content {
		candidate = resolved(candidate)
		if !sameObject(candidate, item) {
			continue
		}
		if found >= 0 {
			return 0, refusal(idName, index(path, i), candidate.Line, candidate.Column,
				fmt.Sprintf("the items on lines %d and %d both have the name of ours, %s",
					resolved(mine.Content[found]).Line, candidate.Line, text(item, "name")),
				"keep one of them, or give them other names")
		}
		found = i
	}
	return found, nil
}

func findEqual(mine, item *yaml.Node) (int, error) {
	for i, candidate := range mine.Content {
		found, err := equal(candidate, item)
		if err != nil {
			return 0, err
		}
		if found {
			return i, nil
		}
	}
	return -1, nil
}

// sameObject tells whether two list items are one object: the same name, and
// no other kind or namespace where both say one.
func sameObject(a, b *yaml.Node) bool {
	if text(a, "name") != text(b, "name") {
		return false
	}
	for _, key := range []string{"kind", "namespace"} {
		if x, y := text(a, key), text(b, key); x != "" && y != "" && x != y {
			return false
		}
	}
	return true
}
