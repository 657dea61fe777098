package yamltree

import (
	"bytes"
	"encoding/json"
	"math"

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
	x, err := json.Marshal(Value(a))
	y, other := json.Marshal(Value(b))
	return err == nil && other == nil && bytes.Equal(x, y)
}
