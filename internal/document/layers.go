package document

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// layers are the keys under which the values of Istio's charts hold defaults,
// the strongest first: `defaults` from 1.20 on, the other from 1.23 on. What
// the values say beside them holds; a list is replaced whole.
//
// Source: files/profile or zzz_profile.yaml of the charts, mustMergeOverwrite.
var layers = []string{"defaults", "_internal_defaults_do_not_set"}

// Layered gives a path of a control-plane document and the weaker places of the
// same setting: those under which it holds where the path itself says nothing.
func Layered(path string) []string {
	prefix, rest := "", path
	switch {
	case strings.HasPrefix(path, "spec.values."):
		prefix, rest = "spec.values.", strings.TrimPrefix(path, "spec.values.")
	case strings.HasPrefix(path, "spec.meshConfig."):
		return append([]string{path}, Layered("spec.values."+strings.TrimPrefix(path, "spec."))...)
	case strings.HasPrefix(path, "spec."):
		return []string{path}
	}
	places := []string{path}
	for _, layer := range layers {
		places = append(places, prefix+layer+"."+rest)
	}
	return places
}

// unlayered gives values with the defaults that they hold laid under them.
func unlayered(values *yaml.Node) *yaml.Node {
	maps := []*yaml.Node{values}
	for _, layer := range layers {
		maps = append(maps, yamltree.Get(values, layer))
	}
	merged := overlaid(maps)
	for _, layer := range layers {
		drop(merged, layer)
	}
	return merged
}

// refuseHidden refuses a list of ours that would hide one of the user's, which
// stands in a weaker place.
func refuseHidden(mine, ours *yaml.Node) error {
	for _, list := range yamltree.Outermost(ours, func(s yamltree.Site) bool { return s.Value.Kind == yaml.SequenceNode }) {
		path := list.Path().String()
		places := Layered(path)
		for _, place := range places[1:] {
			weaker := yamltree.Find(mine, yamltree.Parse(place))
			if len(weaker) == 0 || isEmpty(weaker[0].Value) {
				continue
			}
			if stronger := yamltree.At(mine, list.Path()); stronger != nil && !isEmpty(stronger) {
				break // that hides it already
			}
			return refusal(idLayer, place, weaker[0].Key.Line, weaker[0].Key.Column,
				"Istio replaces lists whole, so the list that this chart has at "+path+" would hide this one",
				"move the list to "+path)
		}
	}
	return nil
}
