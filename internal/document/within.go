package document

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// held is a control plane's document, or values of Istio within another one,
// such as a HelmRelease or the values of a chart that istiod is a part of.
type held struct {
	yamltree.Site
	root *yaml.Node
}

func whole(root *yaml.Node) held { return held{yamltree.Site{Value: root}, root} }

// holds finds the one document that fits, or the values of Istio within one that
// does not. wanted names what is looked for, and are tells values within a
// document.
func holds(documents []*yaml.Node, wanted string, fits func(*yaml.Node) bool, are func(yamltree.Site) bool) (held, error) {
	var fitting, within []held
	for _, d := range documents {
		inner := yamltree.Outermost(d, func(s yamltree.Site) bool {
			return s.Up != nil && s.Value.Kind == yaml.MappingNode && are(s)
		})
		if err := refuseUnread(d, inner); err != nil {
			return held{}, err
		}
		if fits(d) && (len(inner) == 0 || yamltree.Get(d, "kind") != nil || ofIstio(d) && !hasOnlyGlobals(d)) {
			fitting = append(fitting, whole(d))
			continue
		}
		for _, s := range inner {
			within = append(within, held{s, d})
		}
	}
	switch {
	case len(fitting) == 0 && len(within) == 1:
		return within[0], nil
	case len(fitting) == 0 && len(within) > 1:
		second := within[1]
		return held{}, refusal(idKind, second.Path().String(), second.Value.Line, second.Value.Column,
			fmt.Sprintf("values of Istio stand in %d places, the first at %s", len(within), within[0].Path()), "give a file with one of them")
	case len(fitting) == 0:
		if err := refuseText(documents); err != nil {
			return held{}, err
		}
	case len(fitting) == 1:
		return fitting[0], refuseForeign(fitting[0].Value)
	}
	target, err := only(documents, wanted, fits)
	return whole(target), err
}

// refuseUnread refuses an umbrella chart's values in which istiod's variable
// stands beside the subchart of istiod, not in it.
func refuseUnread(root *yaml.Node, inner []yamltree.Site) error {
	if len(inner) == 0 || yamltree.Get(root, "kind") != nil || hasAny(root, layers) {
		return nil
	}
	for _, place := range SharedPlaces() {
		at := strings.TrimSuffix(place, "[name="+sharedVariable+"]")
		for _, s := range yamltree.Find(root, yamltree.Parse(at)) {
			if shared := sharedMeshConfigs(s.Value); len(shared.Content) > 0 {
				node, subchart := shared.Content[0], inner[0].Path().String()
				return refusal(idKind, at, node.Line, node.Column,
					"the values of istiod stand at "+subchart+", and no istiod reads "+sharedVariable+" here", "move it below "+subchart)
			}
		}
	}
	return nil
}

// subcharts are what umbrella charts call the charts of Istio, which have no such
// keys at the root of their own values.
var subcharts = []string{"istiod", "gateway", "istio-ingress", "istio-egress", "istio-ingressgateway", "istio-egressgateway", "ztunnel"}

// refuseSubcharts refuses an umbrella chart's values, into which those of a gateway
// are to go: which of the subcharts is a gateway, and of which mesh, its owner knows.
func refuseSubcharts(documents []*yaml.Node) error {
	for _, d := range documents {
		if yamltree.Get(d, "kind") != nil {
			continue
		}
		found := yamltree.Outermost(d, func(s yamltree.Site) bool {
			named := s.Key != nil && s.Up != nil && s.Up.Up == nil && slices.Contains(subcharts, yamltree.Key(s.Key))
			return s.Up != nil && s.Value.Kind == yaml.MappingNode && (named || s.Key != nil && holdsIstiod(s))
		})
		if len(found) > 0 {
			at := found[0]
			return refusal(idKind, at.Path().String(), at.Key.Line, at.Key.Column,
				"these are values of an umbrella chart, and no gateway reads its own at the root", "give a file with the values of the gateway alone, and put what is printed below its subchart")
		}
	}
	return nil
}

// refuseText refuses documents of which none holds values but in a text.
func refuseText(documents []*yaml.Node) error {
	for _, d := range documents {
		for s := range yamltree.All(d) {
			if text := s.Value.Value; strings.Contains(text, "\n") && (strings.Contains(text, "meshConfig:") || strings.Contains(text, "tracer:")) {
				return refusal(idKind, s.Path().String(), s.Value.Line, s.Value.Column, "values of Istio stand here in a text, and only a map of them is read",
					"give that text as a file of its own, or make it a map, such as valuesObject")
			}
		}
	}
	return nil
}

// refuseUnedited refuses documents that give the chart of istiod its values in a text, into which nothing is merged.
func refuseUnedited(documents []*yaml.Node) error {
	for _, d := range documents {
		for s := range yamltree.All(d) {
			if MayBeDocument(s) && installsIstiod(s) {
				return refusal(idKind, s.Path().String(), s.Value.Line, s.Value.Column, "the values of istiod stand here in a text, and nothing is merged into a text",
					"give that text as a file of its own and put what is printed in its place, or, of an Application, make it the map valuesObject")
			}
		}
	}
	return nil
}

// refuseForeign refuses a document without a kind that mentions LightStep and has
// no setting of Istio: it is somebody else's, such as a proxy's own
// configuration.
func refuseForeign(root *yaml.Node) error {
	if yamltree.Get(root, "kind") != nil || ofIstio(root) {
		return nil
	}
	for s := range yamltree.All(root) {
		for _, node := range []*yaml.Node{s.Key, s.Value} {
			if node != nil && node.Kind == yaml.ScalarNode && strings.Contains(strings.ToLower(node.Value), "lightstep") {
				return refusal(idKind, "", node.Line, node.Column, "this mentions LightStep, and the document has no setting where Istio reads any",
					"give values of an Istio chart or a control-plane document")
			}
		}
	}
	return nil
}

// lifted makes a change within a document one of the document.
func (h held) lifted(c *change) *change {
	for s := &h.Site; s.Up != nil; s = s.Up {
		c = &change{inner: map[int]*change{slices.Index(s.Up.Value.Content, s.Value): c}}
	}
	return c
}

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
			"give the control plane's own document, values of an Istio chart, or "+
				"a HelmRelease, Application, HelmChart or Release of the chart istiod with its values in it")
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
