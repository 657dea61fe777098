package document

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// held is a control plane's document, or values of Istio within another one,
// such as a HelmRelease or the values of a chart that istiod is a part of.
type held struct {
	root, node *yaml.Node
	path       string
	steps      []int // indexes of values in the Content of maps and lists, from the root
}

// deepest bounds how deep values are looked for.
const deepest = 20

// holds finds the one document that fits, or the values of Istio within one that
// does not. wanted names what is looked for.
func holds(documents []*yaml.Node, wanted string, fits func(*yaml.Node) bool) (held, error) {
	var fitting []held
	var within []held
	for _, d := range documents {
		var inner []held
		if _, err := value(d); err == nil { // its aliases end
			inner = valuesWithin(d)
		}
		if fits(d) && (len(inner) == 0 || child(d, "kind") != nil || ofIstio(d)) {
			fitting = append(fitting, held{root: d, node: d})
			continue
		}
		within = append(within, inner...)
	}
	switch {
	case len(fitting) == 0 && len(within) == 1:
		return within[0], nil
	case len(fitting) == 0 && len(within) > 1:
		second := within[1]
		return held{}, refusal(idKind, second.path, second.node.Line, second.node.Column,
			fmt.Sprintf("values of Istio stand in %d places, the first at %s", len(within), within[0].path), "give a file with one of them")
	case len(fitting) == 0:
		if err := refuseText(documents); err != nil {
			return held{}, err
		}
	case len(fitting) == 1:
		return fitting[0], refuseForeign(fitting[0].node)
	}
	target, err := only(documents, wanted, fits)
	return held{root: target, node: target}, err
}

// istioKeys are keys of values of which one at least stands at the root where
// Istio reads them.
var istioKeys = []string{"global", "pilot", "meshConfig", "gateways", "sidecarInjectorWebhook", "env", "envVarFrom", "volumes", "revision", "defaults", "_internal_defaults_do_not_set"}

// ofIstio tells a document without a kind that has settings of Istio at its root.
func ofIstio(node *yaml.Node) bool {
	if isMeshConfig(node) {
		return true
	}
	for _, key := range istioKeys {
		if get(node, key) != nil {
			return true
		}
	}
	return false
}

// looksLikeValues tells values of an Istio chart by what they hold.
func looksLikeValues(node *yaml.Node) bool {
	global := get(node, "global")
	return isMeshConfig(get(node, "meshConfig")) || isMap(get(global, "tracer")) || get(get(global, "proxy"), "tracer") != nil
}

func isMap(node *yaml.Node) bool { return node != nil && resolved(node).Kind == yaml.MappingNode }

// valuesWithin finds values of Istio below the root of a document.
func valuesWithin(root *yaml.Node) []held {
	var found []held
	var walk func(h held)
	walk = func(h held) {
		if h.node.Kind == yaml.MappingNode && len(h.steps) > 0 && looksLikeValues(h.node) {
			h.steps = append([]int(nil), h.steps...)
			found = append(found, h)
			return
		}
		if len(h.steps) > deepest {
			return
		}
		for i, c := range h.node.Content {
			path := index(h.path, i)
			if h.node.Kind == yaml.MappingNode {
				if i%2 == 0 {
					continue
				}
				path = join(h.path, h.node.Content[i-1].Value)
			}
			walk(held{root, c, path, append(h.steps, i)})
		}
	}
	walk(held{root: root, node: root})
	return found
}

// refuseText refuses documents of which none holds values but in a text.
func refuseText(documents []*yaml.Node) error {
	var refused error
	var walk func(path string, node *yaml.Node)
	walk = func(path string, node *yaml.Node) {
		if node.Kind == yaml.ScalarNode && strings.Contains(node.Value, "\n") && (strings.Contains(node.Value, "meshConfig:") || strings.Contains(node.Value, "tracer:")) && refused == nil {
			refused = refusal(idKind, path, node.Line, node.Column, "values of Istio stand here in a text, and only a map of them is read",
				"give that text as a file of its own, or make it a map, such as valuesObject")
		}
		for i := 0; i+1 < len(node.Content) && node.Kind == yaml.MappingNode; i += 2 {
			walk(join(path, node.Content[i].Value), node.Content[i+1])
		}
		for i, c := range node.Content {
			if node.Kind == yaml.SequenceNode {
				walk(index(path, i), c)
			}
		}
	}
	for _, d := range documents {
		walk("", d)
	}
	return refused
}

// refuseForeign refuses a document without a kind that mentions LightStep and has
// no setting of Istio: it is somebody else's, such as a proxy's own
// configuration.
func refuseForeign(node *yaml.Node) error {
	if child(node, "kind") != nil {
		return nil
	}
	if _, err := value(node); err != nil || ofIstio(node) {
		return nil //nolint:nilerr // the caller refuses such aliases
	}
	var found *yaml.Node
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		if found == nil && n.Kind == yaml.ScalarNode && strings.Contains(strings.ToLower(n.Value), "lightstep") {
			found = n
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(node)
	if found == nil {
		return nil
	}
	return refusal(idKind, "", found.Line, found.Column, "this mentions LightStep, and the document has no setting where Istio reads any",
		"give values of an Istio chart or a control-plane document")
}

// lifted makes a change within a document one of the document.
func (h held) lifted(c *change) *change {
	for i := len(h.steps) - 1; i >= 0; i-- {
		c = &change{inner: map[int]*change{h.steps[i]: c}}
	}
	return c
}
