package document

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

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
