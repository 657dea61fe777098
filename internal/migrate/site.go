package migrate

import (
	"fmt"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// site is a place in a document.
type site struct {
	path  string
	key   *yaml.Node // key of a map's entry, or item of a list
	value *yaml.Node
	up    []site // what holds it, the nearest first
}

// sites gives the places below a node that a path of the table leads to.
func sites(root *yaml.Node, path []string) []site {
	return below(site{value: root}, path)
}

func below(at site, path []string) []site {
	if len(path) == 0 {
		return []site{at}
	}
	if at.value == nil {
		return nil
	}
	var found []site
	step := path[0]
	next := func(name string, key, value *yaml.Node) {
		s := site{path: joined(at.path, name), key: key, value: yamltree.Resolved(value), up: append([]site{at}, at.up...)}
		found = append(found, below(s, path[1:])...)
	}
	node := yamltree.Resolved(at.value)
	switch step {
	case "[]":
		if node.Kind == yaml.SequenceNode {
			for i, item := range node.Content {
				next(fmt.Sprintf("[%d]", i), item, item)
			}
		}
	case "*":
		for _, pair := range yamltree.Pairs(node) {
			next(escaped(pair.Key.Value), pair.Key, pair.Value)
		}
	default:
		key, value := yamltree.Entry(node, step)
		if value == nil {
			if other := snake(step); other != step {
				key, value = yamltree.Entry(node, other)
			}
		}
		if value != nil {
			next(escaped(key.Value), key, value)
		}
	}
	return found
}

// snake gives a key as the other spelling of JSON has it, which Istio takes too:
// access_token for accessToken.
func snake(key string) string {
	if strings.ToLower(key) == key || strings.ContainsAny(key, "./-_") {
		return key
	}
	var out strings.Builder
	for _, r := range key {
		if unicode.IsUpper(r) {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// camel gives a key as Istio's documentation has it: accessToken for
// access_token.
func camel(key string) string {
	parts := strings.Split(key, "_")
	for i, part := range parts[1:] {
		if part == "" || parts[0] == "" {
			return key
		}
		parts[i+1] = strings.ToUpper(part[:1]) + part[1:]
	}
	return strings.Join(parts, "")
}

func escaped(key string) string { return strings.ReplaceAll(key, ".", `\.`) }

func joined(path, step string) string {
	if path == "" || strings.HasPrefix(step, "[") {
		return path + step
	}
	return path + "." + step
}

// at gives the one value that a path without * and [] leads to, or nil.
func at(node *yaml.Node, path string) *yaml.Node {
	found := sites(node, segments(path))
	if len(found) == 0 {
		return nil
	}
	return found[0].value
}

// text gives a scalar as it is written; "" where there is none.
func text(node *yaml.Node) string {
	node = yamltree.Resolved(node)
	if node == nil || node.Kind != yaml.ScalarNode || node.ShortTag() == "!!null" {
		return ""
	}
	return node.Value
}

// textAt gives the scalar at a path.
func textAt(node *yaml.Node, path string) string { return text(at(node, path)) }

// mentions tells whether any text in a tree holds another.
func mentions(node *yaml.Node, part string) bool {
	found := false
	eachScalar(node, func(n *yaml.Node) { found = found || strings.Contains(n.Value, part) })
	return found
}

// eachScalar calls f with every key and value of a tree that is written out.
func eachScalar(node *yaml.Node, f func(*yaml.Node)) {
	if node == nil {
		return
	}
	if node.Kind == yaml.ScalarNode {
		f(node)
	}
	for _, c := range node.Content {
		eachScalar(c, f)
	}
}
