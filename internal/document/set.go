package document

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// SetText gives the file with a text in the place of a value of its first
// document, as a block where it has several lines.
func (f *File) SetText(at yamltree.Site, text string) ([]byte, error) {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if strings.Contains(text, "\n") {
		node.Style = yaml.LiteralStyle
	}
	return f.changed(at, &change{replace: node})
}

// AppendText gives the file with a text at the end of a list of its first
// document, which is made where the key is missing. It is false where the key
// holds something else.
func (f *File) AppendText(key, text string) ([]byte, bool, error) {
	item := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{item}}
	entry := []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, list}
	if len(f.Roots) == 0 {
		out, err := appended(f.text(), &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: entry})
		return out, true, err
	}
	at, c := yamltree.Site{Value: f.Roots[0]}, &change{added: entry}
	if found := at.Find(yamltree.Path{key}); len(found) > 0 {
		at, c = found[0], &change{added: []*yaml.Node{item}}
		switch {
		case isEmpty(at.Value):
			c = &change{replace: list}
		case at.Value.Kind != yaml.SequenceNode:
			return nil, false, nil
		}
	}
	out, err := f.changed(at, c)
	return out, true, err
}

func (f *File) changed(at yamltree.Site, c *change) ([]byte, error) {
	root := f.Roots[0]
	return edited(f.text(), f.Roots, root, held{at, root}.lifted(c))
}

func (f *File) text() []byte { return []byte(string(byteOrderMark[:f.mark]) + f.source.text) }
