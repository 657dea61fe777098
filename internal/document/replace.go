package document

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// replace puts ours in the place of a value of a block map or list, whose keys
// or dashes are indented by outer.
func (e *editor) replace(node, ours *yaml.Node, outer int) error {
	start, end := e.offset(node), e.end(node, outer, false)
	if outer < 0 {
		return e.replaceDocument(start, end, ours)
	}
	from := e.afterIndicator(start)
	if from > 0 && e.text[from-1] == '-' {
		lines, err := e.encode(&yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{ours}})
		if err != nil {
			return err
		}
		lines[0] = strings.TrimPrefix(lines[0], "-")
		text := indented(lines, outer, e.eol)
		e.edits = append(e.edits, edit{from, end, text[min(outer, len(text)):]})
		return nil
	}
	key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "k"}
	lines, err := e.encode(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{key, ours}})
	if err != nil {
		return err
	}
	first := strings.TrimPrefix(lines[0], "k:")
	if first == "" {
		// A block below the key; a comment on the key's line stays there.
		e.edits = append(e.edits, edit{from, end, ""})
		e.insertLines(end, outer, lines[1:])
		return nil
	}
	if from == start && start > 0 && isSpace(rune(e.text[start-1])) {
		first = strings.TrimPrefix(first, " ") // the value stands on a line of its own
	}
	text := first
	if len(lines) > 1 {
		text += e.eol + indented(lines[1:], outer, e.eol)
	}
	e.edits = append(e.edits, edit{from, end, text})
	return nil
}

// replaceDocument puts ours in the place of a document that is an empty map.
func (e *editor) replaceDocument(start, end int, ours *yaml.Node) error {
	lines, err := e.encode(ours)
	if err != nil {
		return err
	}
	text := strings.Join(lines, e.eol)
	if e.lineStart(start) != start {
		text = e.eol + text
	}
	e.edits = append(e.edits, edit{start, end, text})
	return nil
}

// afterIndicator goes back from the start of a value to just after the `:` or
// `-` before it; where something else comes before, it stays.
func (e *editor) afterIndicator(start int) int {
	at := start
	for at > 0 && isSpace(rune(e.text[at-1])) {
		at--
	}
	if strings.Contains(e.text[e.lineStart(at):start], "#") {
		return start // a comment stands between
	}
	if at > 0 && (e.text[at-1] == ':' || e.text[at-1] == '-') {
		return at
	}
	return start
}

// replaceFlow puts ours in the place of a value within a flow map or list.
func (e *editor) replaceFlow(node, ours *yaml.Node) error {
	text, err := e.encodeFlow(ours)
	if err != nil {
		return err
	}
	start := e.offset(node)
	if start > 0 && e.text[start-1] == ':' {
		text = " " + text
	}
	e.edits = append(e.edits, edit{start, e.end(node, 0, true), text})
	return nil
}

// addFlow puts what is added before the closing bracket of a flow map or list.
func (e *editor) addFlow(node, added *yaml.Node) error {
	text, err := e.encodeFlow(added)
	if err != nil {
		return err
	}
	text = text[1 : len(text)-1] // without the brackets
	_, last := e.flowEnd(e.content(e.offset(node)))
	switch {
	case e.text[last-1] == ',':
		text = " " + text
	case len(node.Content) > 0:
		text = ", " + text
	}
	e.edits = append(e.edits, edit{last, last, text})
	return nil
}

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
