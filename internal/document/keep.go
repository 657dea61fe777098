package document

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Keep is a setting of the user's document that ours does not overwrite.
type Keep struct {
	// Places are the paths at which the setting may stand, in documents of any
	// kind. Where the user's document has one of them, ours is merged without
	// all of them. `env[NAME]` is a variable, of a map or of a list of
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
			if key, value := find(mine, steps(path)); says(value) {
				places, found = append(places, Place{path, key.Line, key.Column}), append(found, value)
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
			if _, value := find(ours, steps(path)); value != nil {
				differs = differs || slices.ContainsFunc(found, func(f *yaml.Node) bool { return !means(f, value) })
			}
			pruned(ours, steps(path), s.Items)
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
	node = resolved(node)
	return !isEmpty(node) && (node.Kind != yaml.ScalarNode || node.Value != "")
}

// means tells whether two settings are the same, that of a list of variables
// or of a map's entry.
func means(a, b *yaml.Node) bool {
	same, err := equal(ofVariable(resolved(a)), ofVariable(resolved(b)))
	return err == nil && same
}

// steps splits a path of a Keep.
func steps(path string) []string {
	return strings.Split(strings.ReplaceAll(path, "[", ".["), ".")
}

// variable gives the name in a step such as [NAME].
func variable(step string) (string, bool) {
	name, found := strings.CutPrefix(step, "[")
	return strings.TrimSuffix(name, "]"), found
}

// find gives the key, or item of a list, that a path leads to, and its value;
// nil where there is none.
func find(node *yaml.Node, path []string) (key, value *yaml.Node) {
	key, value = node, node
	for _, step := range path {
		if value == nil {
			return nil, nil
		}
		value = resolved(value)
		name, isVariable := variable(step)
		switch {
		case !isVariable:
			key, value = entry(value, step)
		case value.Kind == yaml.SequenceNode:
			i := slices.IndexFunc(value.Content, func(item *yaml.Node) bool { return text(resolved(item), "name") == name })
			if i < 0 {
				return nil, nil
			}
			key, value = value.Content[i], value.Content[i]
		default:
			key, value = entry(value, name)
		}
	}
	return key, value
}

// pruned takes a path out of ours, or, where there are any, only these items of
// the list there, and what is left empty by it. It tells whether it found any.
func pruned(node *yaml.Node, path, items []string) bool {
	name, isVariable := variable(path[0])
	if isVariable && node.Kind == yaml.SequenceNode {
		index := slices.IndexFunc(node.Content, func(item *yaml.Node) bool { return text(item, "name") == name })
		if index < 0 || len(path) > 1 {
			return false
		}
		node.Content = slices.Delete(node.Content, index, index+1)
		return true
	}
	if !isVariable {
		name = path[0]
	}
	index := keyIndex(node, name)
	if index < 0 {
		return false
	}
	value := node.Content[index+1]
	switch {
	case len(path) > 1:
		if !pruned(value, path[1:], items) {
			return false
		}
	case items == nil:
		node.Content = slices.Delete(node.Content, index, index+2)
		return true
	case value.Kind != yaml.SequenceNode:
		return false
	default:
		before := len(value.Content)
		value.Content = slices.DeleteFunc(value.Content, func(item *yaml.Node) bool {
			return slices.Contains(items, item.Value) && item.Value != "" || slices.Contains(items, text(item, "name"))
		})
		if len(value.Content) == before {
			return false
		}
	}
	if len(value.Content) == 0 {
		node.Content = slices.Delete(node.Content, index, index+2)
	}
	return true
}
