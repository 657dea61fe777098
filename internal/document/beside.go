package document

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// beside is what else a file has that changes tracing by itself.
type beside struct {
	telemetries         map[string]*yaml.Node
	objects, annotation *yaml.Node // lists
}

// changing are the kinds of objects that can take spans from a release, by their
// group.
var changing = map[string]string{
	"Telemetry": "telemetry.istio.io", "AuthorizationPolicy": "security.istio.io", "EnvoyFilter": "networking.istio.io",
	"Sidecar": "networking.istio.io", "DestinationRule": "networking.istio.io", "ServiceEntry": "networking.istio.io",
}

// separated gives the documents of a file that may be a control plane's, and what
// the others say.
func separated(documents []*yaml.Node) ([]*yaml.Node, *beside) {
	b := &beside{
		telemetries: map[string]*yaml.Node{},
		objects:     &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}, annotation: &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"},
	}
	var rest []*yaml.Node
	for _, root := range documents {
		own := annotationTracers(root)
		b.annotation.Content = append(b.annotation.Content, own.Content...)
		name := named(root)
		switch kind := text(root, "kind"); {
		case Ours(root) && !isControlPlane(root):
			continue
		case changing[kind] != "" && group(root) == changing[kind]:
			b.objects.Content = append(b.objects.Content, root)
			if kind == "Telemetry" {
				b.telemetries[name] = root
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

func (b *beside) found() bool {
	return len(b.objects.Content) > 0 || len(b.annotation.Content) > 0
}

// document gives the document of some settings and of what is beside them.
func (b *beside) document(root *yaml.Node) *Document {
	for key, list := range map[string]*yaml.Node{"annotationTracers": b.annotation, "objects": b.objects} {
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
