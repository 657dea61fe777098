package document

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"go.yaml.in/yaml/v3"
	helmyaml "sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// kind is a type that a setting must have.
type kind string

// The kinds, as they are written to people.
const (
	aMap    kind = "a map"
	aList   kind = "a list"
	aText   kind = "text"
	aBool   kind = "true or false"
	aNumber kind = "a number"
)

// setting is a setting and its type, as types.yaml has it.
type setting struct {
	Path string `json:"path"`
	Is   kind   `json:"is"`
}

//go:embed types.yaml
var typesYAML []byte

// types are the settings of types.yaml, by what they are of.
var types = sync.OnceValues(func() (map[string][]setting, error) {
	var of map[string][]setting
	err := helmyaml.UnmarshalStrict(typesYAML, &of)
	return of, err
})

// mistyped gives the settings of a control plane's document that are of another
// type than their reader takes: they would be passed over, and not judged.
func mistyped(target *yaml.Node) ([]problem.Problem, error) {
	of, err := types()
	if err != nil {
		return nil, fmt.Errorf("types.yaml: %w", err)
	}
	var found []problem.Problem
	check := func(prefix string, types ...setting) {
		for _, s := range types {
			for _, at := range yamltree.Find(target, yamltree.Parse(prefix+s.Path)) {
				if v := at.Value; !yamltree.IsNull(v) && !s.Is.of(v) {
					found = append(found, refusal(idType, at.Path().String(), v.Line, v.Column,
						"the value is "+typeOf(v)+", and it must be "+string(s.Is), "write "+string(s.Is)).Problem)
				}
			}
		}
	}
	prefixes := []string{""} // of values
	switch {
	case isMeshConfigMap(target):
		check(meshConfigText+".", of["meshConfig"]...)
		return found, nil
	case yamltree.Get(target, "kind") != nil:
		check("", of["spec"]...)
		check("spec.meshConfig.", of["meshConfig"]...)
		prefixes = []string{"spec.values.", "spec." + unvalidatedValues + "."}
	case IsMeshConfig(target):
		check("", of["meshConfig"]...)
		return found, nil
	}
	places := slices.Clone(prefixes)
	for _, prefix := range prefixes {
		for _, layer := range layers {
			check(prefix, setting{layer, aMap})
			places = append(places, prefix+layer+".")
		}
	}
	for _, place := range places {
		check(place, of["values"]...)
		check(place+"meshConfig.", of["meshConfig"]...)
	}
	return found, nil
}

// of tells whether a value is of the kind. Numbers may be text, as in JSON of
// protocol buffers.
func (k kind) of(node *yaml.Node) bool {
	switch v := yamltree.Value(node).(type) {
	case map[string]any:
		return k == aMap
	case []any:
		return k == aList
	case bool:
		return k == aBool
	case string:
		_, err := strconv.ParseFloat(v, 64)
		return k == aText || k == aNumber && err == nil
	default:
		return k == aNumber
	}
}

// typeOf names the type of a value.
func typeOf(node *yaml.Node) string {
	for _, k := range []kind{aMap, aList, aBool, aText, aNumber} {
		if k.of(node) {
			return string(k)
		}
	}
	return "of another type"
}
