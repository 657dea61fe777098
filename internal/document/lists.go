package document

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// kindedLists are the lists whose items are one of several kinds, told by a
// key beside `name`: an extension provider, a volume, the source of an
// environment variable. Two kinds in one item are refused by their readers, so
// an item of ours is not merged into another of its name, nor put in its place:
// that may be the owner's, and in use.
var kindedLists = []string{"extensionProviders", "volumes", "envVarFrom"}

// list merges items by name where they have one, and adds the others that are
// not there yet.
func (m *merger) list(path yamltree.Path, mine, ours *yaml.Node) (*change, error) {
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
		inner, err := m.item(path, i, mine.Content[i], item)
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
func (m *merger) item(list yamltree.Path, i int, mine, ours *yaml.Node) (*change, error) {
	path := append(slices.Clip(list), i)
	if name, _ := list[len(list)-1].(string); !slices.Contains(kindedLists, name) {
		return m.merge(path, mine, ours)
	}
	if yamltree.Equal(mine, ours) {
		return nil, nil
	}
	at := yamltree.Resolved(mine)
	return nil, refusal(idName, path.String(), at.Line, at.Column,
		"an item named "+redact.Key(text(ours, "name"))+" stands here, and it is not the one of this chart",
		"if it is yours, give it or the release (--release) another name; if it is left from an earlier run, remove it")
}

// findItem gives the index of the user's item that ours is, or -1.
func findItem(path yamltree.Path, mine, item *yaml.Node) (int, error) {
	if text(item, "name") == "" {
		return slices.IndexFunc(mine.Content, func(candidate *yaml.Node) bool { return yamltree.Equal(candidate, item) }), nil
	}
	found := -1
	for i, candidate := range mine.Content {
		candidate = yamltree.Resolved(candidate)
		if !sameObject(candidate, item) {
			continue
		}
		if found >= 0 {
			return 0, refusal(idName, append(slices.Clip(path), i).String(), candidate.Line, candidate.Column,
				fmt.Sprintf("the items on lines %d and %d both have the name of ours, %s",
					yamltree.Resolved(mine.Content[found]).Line, candidate.Line, text(item, "name")),
				"keep one of them, or give them other names")
		}
		found = i
	}
	return found, nil
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
