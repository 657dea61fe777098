package document

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// beside is what else a file has that changes tracing by itself.
type beside struct {
	telemetries         map[string]*yaml.Node
	filters, annotation *yaml.Node // lists
	seen                bool       // there is an EnvoyFilter, with tracing or without
}

// separated gives the documents of a file that may be a control plane's, and what
// the others say.
func separated(documents []*yaml.Node) ([]*yaml.Node, *beside) {
	b := &beside{
		telemetries: map[string]*yaml.Node{},
		filters:     &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}, annotation: &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"},
	}
	var rest []*yaml.Node
	for _, root := range documents {
		own := annotationTracers(root)
		b.annotation.Content = append(b.annotation.Content, own.Content...)
		name := named(root)
		switch kind := text(root, "kind"); {
		case Ours(root) && !isControlPlane(root):
			continue
		case kind == "Telemetry" && group(root) == "telemetry.istio.io":
			b.telemetries[name] = root
		case kind == "EnvoyFilter" && group(root) == "networking.istio.io":
			b.seen = true
			if at := filterTracing(root); at != nil {
				b.filters.Content = append(b.filters.Content, &yaml.Node{
					Kind: yaml.ScalarNode, Tag: "!!str", Value: name, Line: at.Line, Column: at.Column,
				})
			}
		default:
			rest = append(rest, root)
		}
	}
	return rest, b
}

// named gives NAMESPACE/NAME of an object, as far as it says.
func named(root *yaml.Node) string {
	metadata := yamltree.Get(root, "metadata")
	return strings.TrimPrefix(text(metadata, "namespace")+"/"+text(metadata, "name"), "/")
}

// filterTracing gives the key by which an EnvoyFilter sets tracing of proxies: that
// of an HTTP connection manager, or of the bootstrap.
func filterTracing(root *yaml.Node) *yaml.Node {
	for _, patch := range yamltree.Find(root, yamltree.Parse("spec.configPatches[].patch.value")) {
		for s := range yamltree.All(patch.Value) {
			if s.Key != nil && yamltree.Key(s.Key) == "tracing" && yamltree.IsMap(s.Value) {
				return s.Key
			}
		}
	}
	return nil
}

func (b *beside) found() bool {
	return b.seen || len(b.telemetries) > 0 || len(b.annotation.Content) > 0
}

// document gives the document of some settings and of what is beside them.
func (b *beside) document(root *yaml.Node) *Document {
	for key, list := range map[string]*yaml.Node{"annotationTracers": b.annotation, "envoyFilters": b.filters} {
		if len(list.Content) > 0 {
			put(root, key, list)
		}
	}
	return &Document{Value: yamltree.Value(root).(map[string]any), Telemetries: b.telemetries, root: root}
}

// Add adds an entry to a list of [Document.Value], which stands where a node
// does.
func (d *Document) Add(list string, entry map[string]any, at *yaml.Node) {
	items, _ := d.Value[list].([]any)
	d.Value[list] = append(items, entry)
	key, sequence := yamltree.Entry(d.root, list)
	if key == nil {
		sequence = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		put(d.root, list, sequence)
	}
	sequence.Content = append(sequence.Content, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: at.Line, Column: at.Column})
}
