package document

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// text gives the text under a key of a map, or "".
func text(node *yaml.Node, key string) string { return yamltree.Text(yamltree.Get(node, key)) }

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
