package yamltree

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
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

// words are those that YAML 1.1 reads as booleans and YAML 1.2 as text.
var words = map[string]bool{
	"y": true, "Y": true, "yes": true, "Yes": true, "YES": true, "on": true, "On": true, "ON": true,
	"n": false, "N": false, "no": false, "No": false, "NO": false, "off": false, "Off": false, "OFF": false,
}

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
		if word, found := words[n.Value]; found && n.Style == 0 {
			return word
		}
	}
	return n.Value
}

// Equal tells whether two nodes mean the same, as JSON; 100 and 100.0 do.
func Equal(a, b *yaml.Node) bool {
	a, b = Resolved(a), Resolved(b)
	switch {
	case a == b:
		return true
	case a == nil:
		return IsNull(b)
	case b == nil:
		return IsNull(a)
	case a.Kind != b.Kind:
		return false
	case a.Kind == yaml.MappingNode:
		return equalMaps(Pairs(a), Pairs(b))
	case a.Kind == yaml.SequenceNode:
		return slices.EqualFunc(a.Content, b.Content, Equal)
	case a.Value == b.Value && a.Style == b.Style && a.Tag == b.Tag:
		return true
	}
	x, y := scalar(a), scalar(b)
	if x == y {
		return true
	}
	text, err := json.Marshal(x)
	other, failed := json.Marshal(y)
	return err == nil && failed == nil && bytes.Equal(text, other)
}

// equalMaps compares the entries of two maps, which mostly have the same order. Of
// several entries of one key the last holds.
func equalMaps(a, b []Pair) bool {
	if slices.EqualFunc(a, b, func(x, y Pair) bool { return Key(x.Key) == Key(y.Key) }) {
		return slices.EqualFunc(a, b, func(x, y Pair) bool { return Equal(x.Value, y.Value) })
	}
	byKey := func(pairs []Pair) map[string]*yaml.Node {
		m := make(map[string]*yaml.Node, len(pairs))
		for _, p := range pairs {
			m[Key(p.Key)] = p.Value
		}
		return m
	}
	return maps.EqualFunc(byKey(a), byKey(b), Equal)
}
