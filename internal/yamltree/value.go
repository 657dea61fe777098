package yamltree

import (
	"math"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Value gives what a node means, as JSON has it: map[string]any, []any, string,
// bool, int64, float64 or nil.
func Value(n *yaml.Node) any {
	if n = Resolved(n); n == nil {
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for _, p := range Pairs(n) {
			m[Key(p.Key)] = Value(p.Value)
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = Value(item)
		}
		return list
	default:
		return scalar(n)
	}
}

// Words that YAML 1.1 reads as booleans and YAML 1.2 as text.
var (
	trueWords  = []string{"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"}
	falseWords = []string{"n", "N", "no", "No", "NO", "off", "Off", "OFF"}
)

func scalar(n *yaml.Node) any {
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			return b
		}
	case "!!int":
		var i int64
		if n.Decode(&i) == nil {
			return i
		}
		var f float64
		if n.Decode(&f) == nil {
			return f
		}
	case "!!float":
		var f float64
		if n.Decode(&f) == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	case "!!str":
		if n.Style == 0 && slices.Contains(trueWords, n.Value) {
			return true
		}
		if n.Style == 0 && slices.Contains(falseWords, n.Value) {
			return false
		}
	}
	return n.Value
}

// Equal tells whether two nodes mean the same; 100 and 100.0 do.
func Equal(a, b *yaml.Node) bool { return same(Value(a), Value(b)) }

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
