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

// Keep is a setting of the user's document that ours does not overwrite.
type Keep struct {
	// Places are the paths at which the setting may stand, in documents of any
	// kind. Where the user's document has one of them, ours is merged without
	// all of them. `env[name=NAME]` is a variable, of a map or of a list of
	// variables.
	Places []string
	// Items narrows a Keep to these items of lists, by their text or name: a
	// list that the user's document has is not given these.
	Items []string
	// Shared has the user's document keep the variable that names the shared
	// mesh ConfigMap, wherever that document sets it.
	Shared bool
}

// Place is a setting in the user's document.
type Place struct {
	Path         string
	Line, Column int
}

// keep takes out of ours what the user's document has and is to keep. It gives
// the places at which that says something else than ours.
func keep(mine, ours *yaml.Node, settings []Keep) []Place {
	var kept []Place
	for _, s := range settings {
		var places []Place
		var found []*yaml.Node
		for _, path := range s.Places {
			for _, at := range yamltree.Find(mine, yamltree.Parse(path)) {
				if says(at.Value) {
					places, found = append(places, Place{path, at.Key.Line, at.Key.Column}), append(found, at.Value)
				}
			}
		}
		if s.Shared {
			found = sharedMeshConfigs(mine).Content
		}
		if len(found) == 0 {
			continue
		}
		differs := false
		for _, path := range s.Places {
			for _, at := range yamltree.Find(ours, yamltree.Parse(path)) {
				differs = differs || slices.ContainsFunc(found, func(f *yaml.Node) bool { return !yamltree.Equal(ofVariable(f), ofVariable(at.Value)) })
				prune(at, s.Items)
			}
		}
		if differs && s.Items == nil { // a list that is merged keeps all it has
			kept = append(kept, places...)
		}
	}
	return kept
}

// says tells whether a value is set.
func says(node *yaml.Node) bool {
	if node == nil {
		return false
	}
	node = yamltree.Resolved(node)
	return !isEmpty(node) && (node.Kind != yaml.ScalarNode || node.Value != "")
}

// prune takes a place out of ours, or, where there are any, only these items of
// the list there, and what is left empty by it.
func prune(s yamltree.Site, items []string) {
	if items != nil {
		before := len(s.Value.Content)
		if s.Value.Kind == yaml.SequenceNode {
			s.Value.Content = slices.DeleteFunc(s.Value.Content, func(item *yaml.Node) bool {
				return slices.Contains(items, item.Value) && item.Value != "" || slices.Contains(items, text(item, "name"))
			})
		}
		if len(s.Value.Content) == before || len(s.Value.Content) > 0 {
			return
		}
	}
	for up := s.Up; up != nil; s, up = *up, up.Up {
		end := slices.Index(up.Value.Content, s.Value) + 1
		start := end - 1
		if up.Value.Kind == yaml.MappingNode {
			start--
		}
		if up.Value.Content = slices.Delete(up.Value.Content, start, end); len(up.Value.Content) > 0 {
			return
		}
	}
}
