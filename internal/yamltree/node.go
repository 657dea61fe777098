package yamltree

import (
	"bytes"
	"encoding/json"
	"iter"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	helmyaml "sigs.k8s.io/yaml"
)

// Resolved gives the node that an alias stands for, and any other as it is.
func Resolved(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// IsNull tells a missing value, written or not.
func IsNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// IsMap tells a map.
func IsMap(n *yaml.Node) bool { return n != nil && Resolved(n).Kind == yaml.MappingNode }

// IsMerge tells the key `<<`.
func IsMerge(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!merge" }

// Text gives a single value as it is written; "" where there is none.
func Text(n *yaml.Node) string {
	if n = Resolved(n); n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		return ""
	}
	return n.Value
}

// Items lists the items of a list.
func Items(n *yaml.Node) []*yaml.Node {
	if n = Resolved(n); n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// Children gives the keys and values of a map as it is written, and each item
// of a list twice.
func Children(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		step := 1
		switch n.Kind {
		case yaml.MappingNode:
			step = 2
		case yaml.SequenceNode:
		default:
			return
		}
		for i := 0; i+step <= len(n.Content); i += step {
			if !yield(n.Content[i], n.Content[i+step-1]) {
				return
			}
		}
	}
}

// Index gives the index of a key in the Content of a map, the last of that
// name, or -1. Keys that `<<` merges in have none.
func Index(n *yaml.Node, key string) int {
	if n == nil || n.Kind != yaml.MappingNode {
		return -1
	}
	typed := mayBeTyped(key)
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		if isKey(n.Content[i], key, typed) && !IsMerge(n.Content[i]) {
			return i
		}
	}
	return -1
}

// Entry gives a key and its value, through aliases and merge keys, or nil. The
// last entry holds, and of the maps of one merge key the first.
func Entry(n *yaml.Node, key string) (k, v *yaml.Node) {
	if n = Resolved(n); n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	typed := mayBeTyped(key)
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		k, v := n.Content[i], n.Content[i+1]
		if !IsMerge(k) {
			if isKey(k, key, typed) {
				return k, v
			}
			continue
		}
		for _, base := range bases(v) {
			if k, v := Entry(base, key); k != nil {
				return k, v
			}
		}
	}
	return nil, nil
}

// Get gives the value of a key, through aliases and merge keys, or nil.
func Get(n *yaml.Node, key string) *yaml.Node {
	_, v := Entry(n, key)
	return v
}

// bases gives the maps that the value of `<<` merges in.
func bases(v *yaml.Node) []*yaml.Node {
	if v = Resolved(v); v.Kind == yaml.SequenceNode {
		return v.Content
	}
	return []*yaml.Node{v}
}

// Pair is one entry of a map.
type Pair struct{ Key, Value *yaml.Node }

// Pairs lists the entries of a map that hold, those that `<<` merges in
// included; none where the node is no map.
func Pairs(n *yaml.Node) []Pair {
	if n = Resolved(n); n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	list := make([]Pair, 0, len(n.Content)/2)
	merges := slices.ContainsFunc(n.Content, IsMerge)
	at := map[string]int{} // only of a map with merge keys
	add := func(p Pair) {
		if merges {
			key := Key(p.Key)
			if i, found := at[key]; found {
				list[i] = p
				return
			}
			at[key] = len(list)
		}
		list = append(list, p)
	}
	for k, v := range Children(n) {
		if !IsMerge(k) {
			add(Pair{k, v})
			continue
		}
		for _, base := range slices.Backward(bases(v)) {
			for _, p := range Pairs(base) {
				add(p)
			}
		}
	}
	return list
}

// isKey tells whether a node is a key. Only one that may have been a number or a
// boolean is another text in the file.
func isKey(n *yaml.Node, key string, typed bool) bool {
	if n.Kind == yaml.ScalarNode && !typed {
		return n.Value == key
	}
	n = Resolved(n)
	return n.Kind == yaml.ScalarNode && Key(n) == key
}

var decimal = regexp.MustCompile(`^[0-9]{1,9}\.[0-9]{1,9}$`)

// Key gives a key as Helm has it: y, Yes and true are all "true", and 0x10 is
// "16". A key that is no single value gives "".
func Key(n *yaml.Node) string {
	n = Resolved(n)
	if n.Kind != yaml.ScalarNode {
		return ""
	}
	const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle | yaml.TaggedStyle
	if n.Style&quoted != 0 || !mayBeTyped(n.Value) {
		return n.Value
	}
	// Numbers as the decoder resolves them; the rest it is asked for, which
	// is slow.
	if i, err := strconv.ParseInt(strings.ReplaceAll(n.Value, "_", ""), 0, 64); err == nil {
		return strconv.FormatInt(i, 10)
	}
	if decimal.MatchString(n.Value) {
		f, _ := strconv.ParseFloat(n.Value, 64)
		return strconv.FormatFloat(f, 'g', -1, 32)
	}
	var m map[string]any
	if helmyaml.Unmarshal([]byte(n.Value+": 0"), &m) == nil && len(m) == 1 {
		for key := range m {
			return key
		}
	}
	return n.Value
}

// mayBeTyped tells whether YAML 1.1 may read a plain scalar as a number or a
// boolean.
func mayBeTyped(text string) bool {
	switch strings.ToLower(text) {
	case "y", "n", "yes", "no", "on", "off", "true", "false":
		return true
	case "":
		return false
	}
	return strings.IndexByte("0123456789+-.", text[0]) >= 0
}

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
