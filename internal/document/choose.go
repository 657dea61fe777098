package document

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// keyIndex gives the index of a key in the Content of a map, or -1.
func keyIndex(node *yaml.Node, key string) int {
	if node == nil || node.Kind != yaml.MappingNode {
		return -1
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if k := resolved(node.Content[i]); k.Kind == yaml.ScalarNode && k.Value == key {
			return i
		}
	}
	return -1
}

// child gives the value of a key of a map, or nil.
func child(node *yaml.Node, key string) *yaml.Node {
	if i := keyIndex(node, key); i >= 0 {
		return node.Content[i+1]
	}
	return nil
}

// text gives the text under a key of a map, or "".
func text(node *yaml.Node, key string) string {
	found := child(node, key)
	if found == nil || resolved(found).Kind != yaml.ScalarNode {
		return ""
	}
	return resolved(found).Value
}

// group gives the API group of a document's apiVersion.
func group(node *yaml.Node) string {
	name, _, _ := strings.Cut(text(node, "apiVersion"), "/")
	return name
}

// described names a document for people.
func described(node *yaml.Node) string {
	if kind := text(node, "kind"); kind != "" {
		return kind
	}
	return "values without a kind"
}

// only gives the one document that fits, or says why there is none. wanted
// names what is looked for.
func only(documents []*yaml.Node, wanted string, fits func(*yaml.Node) bool) (*yaml.Node, error) {
	var fitting []*yaml.Node
	for _, d := range documents {
		if fits(d) {
			fitting = append(fitting, d)
		}
	}
	switch len(fitting) {
	case 1:
		return fitting[0], nil
	case 0:
		return nil, refusal(idKind, "", 0, 0,
			fmt.Sprintf("no document is %s; found: %s", wanted, kinds(documents)),
			"give the control plane's own document")
	default:
		second := fitting[1]
		return nil, refusal(idKind, "", second.Line, second.Column,
			fmt.Sprintf("%d documents are %s, the first on line %d", len(fitting), wanted, fitting[0].Line),
			"give one file for each control plane")
	}
}

func kinds(documents []*yaml.Node) string {
	if len(documents) == 0 {
		return "no document"
	}
	var names []string
	for _, d := range documents {
		if name := redact.Key(described(d)); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
