package document

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// maxAliased bounds the nodes that aliases may stand for, so that a small file
// cannot ask for a great deal of memory.
const maxAliased = 100_000

var errAliased = errors.New("the aliases stand for too many values")

// value gives what a node means, as JSON has it: map[string]any, []any,
// string, bool, int64, float64 or nil. Words such as `yes` are booleans, as
// for istioctl and Helm, which read YAML 1.1.
func value(node *yaml.Node) (any, error) {
	r := &reader{left: maxAliased}
	v := r.value(node, false)
	if r.left < 0 {
		return nil, errAliased
	}
	return v, nil
}

type reader struct {
	left int // nodes that aliases may still stand for
}

func (r *reader) value(node *yaml.Node, aliased bool) any {
	if aliased {
		r.left--
	}
	if r.left < 0 {
		return nil
	}
	switch node.Kind {
	case yaml.DocumentNode:
		return r.value(node.Content[0], aliased)
	case yaml.AliasNode:
		return r.value(node.Alias, true)
	case yaml.MappingNode:
		return r.mapping(node, aliased)
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			list[i] = r.value(item, aliased)
		}
		return list
	default:
		return scalar(node)
	}
}

func (r *reader) mapping(node *yaml.Node, aliased bool) map[string]any {
	m := make(map[string]any, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Tag == "!!merge" {
			continue
		}
		m[resolved(node.Content[i]).Value] = r.value(node.Content[i+1], aliased)
	}
	for _, base := range bases(node) {
		r.left-- // a base is read through an alias
		inherited, _ := r.value(base, true).(map[string]any)
		for key, v := range inherited {
			if _, set := m[key]; !set {
				m[key] = v
			}
		}
	}
	return m
}

// bases gives the maps that `<<` merges into a map, the strongest first.
func bases(node *yaml.Node) []*yaml.Node {
	var found []*yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Tag != "!!merge" {
			continue
		}
		base := resolved(node.Content[i+1])
		if base.Kind == yaml.SequenceNode {
			for _, item := range base.Content {
				found = append(found, resolved(item))
			}
		} else {
			found = append(found, base)
		}
	}
	return found
}

func resolved(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// Words that YAML 1.1 reads as booleans and YAML 1.2 as text.
var (
	trueWords  = []string{"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"}
	falseWords = []string{"n", "N", "no", "No", "NO", "off", "Off", "OFF"}
)

func scalar(node *yaml.Node) any {
	switch node.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		var b bool
		if node.Decode(&b) == nil {
			return b
		}
	case "!!int":
		var i int64
		if node.Decode(&i) == nil {
			return i
		}
		var f float64
		if node.Decode(&f) == nil {
			return f
		}
	case "!!float":
		var f float64
		if node.Decode(&f) == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	case "!!str":
		if node.Style == 0 && slices.Contains(trueWords, node.Value) {
			return true
		}
		if node.Style == 0 && slices.Contains(falseWords, node.Value) {
			return false
		}
	}
	return node.Value
}

// isNull tells a missing value, written or not.
func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null"
}

// equal compares what two nodes mean; 100 and 100.0 mean the same.
func equal(a, b *yaml.Node) (bool, error) {
	x, err := value(a)
	if err != nil {
		return false, err
	}
	y, err := value(b)
	if err != nil {
		return false, err
	}
	return same(x, y), nil
}

func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for key, v := range a {
			w, found := b[key]
			if !found || !same(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, same)
	case int64:
		if b, ok := b.(float64); ok {
			return float64(a) == b
		}
	case float64:
		if b, ok := b.(int64); ok {
			return a == float64(b)
		}
	}
	return reflect.DeepEqual(a, b)
}

// index writes a list index as paths have it.
func index(path string, i int) string {
	return path + "[" + strconv.Itoa(i) + "]"
}
