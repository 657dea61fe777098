package values

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	helmyaml "sigs.k8s.io/yaml"
)

// aliased gives the node that an alias names, or the node itself.
func aliased(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool  { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
func isMerge(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!merge" }

var decimal = regexp.MustCompile(`^[0-9]{1,9}\.[0-9]{1,9}$`)

// keyText gives a key as Helm has it: y, Yes and true are all "true", and
// 0x10 is "16". A key that is no scalar gives "".
func keyText(n *yaml.Node) string {
	n = aliased(n)
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

// find follows a path into the tree of nodes, the way Helm's decoder reads
// it, and gives the node that stands for the last step: the key in a map, the
// item of a list. value is the node the step leads to. Both are nil where the
// path does not exist.
func find(root *yaml.Node, path Path) (step, value *yaml.Node) {
	step, value = root, root
	for _, s := range path {
		if value == nil {
			return nil, nil
		}
		value = aliased(value)
		switch s := s.(type) {
		case string:
			step, value = entry(value, s, 0)
		case int:
			if value.Kind != yaml.SequenceNode || s >= len(value.Content) {
				return nil, nil
			}
			step, value = value.Content[s], value.Content[s]
		}
	}
	return step, value
}

// maxMerges is how deep merge keys are followed. The decoder has refused
// merges without end before.
const maxMerges = 100

// entry gives the key and the value of a map. As in the decoder, what comes
// later wins, merge keys included, and among the maps of one merge key the
// earlier.
func entry(m *yaml.Node, name string, merges int) (key, value *yaml.Node) {
	if m.Kind != yaml.MappingNode || merges > maxMerges {
		return nil, nil
	}
	typed := mayBeTyped(name)
	for i := len(m.Content) - 2; i >= 0; i -= 2 {
		k, v := m.Content[i], m.Content[i+1]
		if !isMerge(k) {
			// Only a name that may have been a number or a boolean is
			// another text in the file.
			if k.Value == name || typed && keyText(k) == name || k.Kind == yaml.AliasNode && keyText(k) == name {
				return k, v
			}
			continue
		}
		maps := []*yaml.Node{v}
		if v.Kind == yaml.SequenceNode {
			maps = v.Content
		}
		for _, merged := range maps {
			if k, v := entry(aliased(merged), name, merges+1); k != nil {
				return k, v
			}
		}
	}
	return nil, nil
}
