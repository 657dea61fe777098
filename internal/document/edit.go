package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// edit puts text in the place of source[start:end].
type edit struct {
	start, end int
	text       string
}

// editor turns a change of values into edits of the text.
type editor struct {
	*source
	step  int  // spaces a map within a map is indented by
	dents bool // lists are indented within the map that holds them
	json  bool // the file is JSON, which stays so
	edits []edit
}

// edited applies a change to one document of the file, and makes sure of what
// came out: it reads the new text again and compares every document.
func edited(mine []byte, documents []*yaml.Node, target *yaml.Node, c *change) ([]byte, error) {
	text := bytes.TrimPrefix(mine, byteOrderMark)
	e := &editor{source: newSource(text), step: 2, json: json.Valid(text)}
	e.detectStyle(target)
	if err := e.value(target, c, -1, false); err != nil {
		return nil, err
	}
	wanted := slices.Clone(documents)
	wanted[slices.Index(wanted, target)] = applied(target, c)
	return verified(slices.Concat(mine[:len(mine)-len(text)], []byte(e.apply())), wanted)
}

// appended puts our document at the end of a file that holds none.
func appended(mine []byte, own *yaml.Node) ([]byte, error) {
	e := &editor{source: newSource(mine), step: 2}
	lines, err := e.encode(own)
	if err != nil {
		return nil, err
	}
	text := e.text
	if text != "" && !e.endsLine() {
		text += e.eol
	}
	return verified([]byte(text+strings.Join(lines, e.eol)+e.eol), []*yaml.Node{own})
}

// verified reads an edited file again and compares what every document means
// with what it should.
func verified(result []byte, wanted []*yaml.Node) ([]byte, error) {
	got, _, err := parseWithPatches(result)
	if err == nil && len(got) == len(wanted) {
		if slices.EqualFunc(got, wanted, yamltree.Equal) {
			return result, nil
		}
	}
	return nil, refusal(idForm, "", 0, 0,
		"the document is written in a form of YAML that cannot be edited safely",
		"end the file with a line break, and write plain block maps and lists where ours go")
}

// applied gives what a node means after a change.
func applied(node *yaml.Node, c *change) *yaml.Node {
	if c == nil {
		return node
	}
	if c.replace != nil {
		return c.replace
	}
	result := *node
	result.Content = slices.Clone(node.Content)
	for i, inner := range c.inner {
		result.Content[i] = applied(node.Content[i], inner)
	}
	result.Content = append(result.Content, c.added...)
	return &result
}

// detectStyle takes the indentation from the first map and list within a map.
func (e *editor) detectStyle(root *yaml.Node) {
	var step, list bool
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Style&yaml.FlowStyle != 0 || n.Kind == yaml.ScalarNode || n.Kind == yaml.AliasNode {
			return
		}
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 && len(c.Content) > 0 && c.Style&yaml.FlowStyle == 0 {
				deeper := e.indentOf(c) - e.indentOf(n)
				if c.Kind == yaml.MappingNode && !step && deeper > 0 {
					e.step, step = deeper, true
				}
				if c.Kind == yaml.SequenceNode && !list {
					e.dents, list = deeper > 0, true
				}
			}
			walk(c)
		}
	}
	walk(root)
}

func (e *editor) apply() string {
	slices.SortStableFunc(e.edits, func(a, b edit) int { return a.start - b.start })
	var out strings.Builder
	at := 0
	for _, x := range e.edits {
		if x.start < at {
			continue // the comparison after the edit tells
		}
		out.WriteString(e.text[at:x.start])
		out.WriteString(x.text)
		at = x.end
	}
	out.WriteString(e.text[at:])
	return out.String()
}

// value edits one value. outer is the indentation of what holds it.
func (e *editor) value(node *yaml.Node, c *change, outer int, flow bool) error {
	if c.replace != nil {
		if flow {
			return e.replaceFlow(node, c.replace)
		}
		return e.replace(node, c.replace, outer)
	}
	within := flow || node.Style&yaml.FlowStyle != 0
	own := outer
	if !within {
		own = e.indentOf(node)
	}
	for _, i := range slices.Sorted(maps.Keys(c.inner)) {
		if err := e.value(node.Content[i], c.inner[i], own, within); err != nil {
			return err
		}
	}
	if len(c.added) == 0 {
		return nil
	}
	added := &yaml.Node{Kind: node.Kind, Tag: node.ShortTag(), Content: c.added}
	if within {
		return e.addFlow(node, added)
	}
	lines, err := e.encode(added)
	if err != nil {
		return err
	}
	e.insertLines(e.end(node, outer, false), own, lines)
	return nil
}

// insertLines puts lines below the line that holds an offset, and below the
// comments that belong to it.
func (e *editor) insertLines(end, indentation int, lines []string) {
	at := e.belowComments(e.next(end), indentation)
	block := indented(lines, indentation, e.eol)
	if at == len(e.text) && !e.endsLine() {
		e.edits = append(e.edits, edit{at, at, e.eol + block})
		return
	}
	e.edits = append(e.edits, edit{at, at, block + e.eol})
}

func (e *editor) endsLine() bool {
	last := e.lines[len(e.lines)-1]
	return last == len(e.text)
}

// belowComments skips comment lines that are indented deeper than what comes
// after them, and so belong to what stands before.
func (e *editor) belowComments(at, indentation int) int {
	end, deepest := at, -1
	for end < len(e.text) && isComment(e.line(end)) && indent(e.line(end)) >= indentation {
		if deepest < 0 || indent(e.line(end)) < deepest {
			deepest = indent(e.line(end))
		}
		end = e.next(end)
	}
	if deepest < 0 {
		return at
	}
	for after := end; after < len(e.text); after = e.next(after) {
		if line := e.line(after); !isBlank(line) && !isComment(line) {
			if !isMarker(line) && indent(line) >= deepest {
				return at
			}
			break
		}
	}
	return end
}

func indented(lines []string, indentation int, eol string) string {
	prefix := strings.Repeat(" ", indentation)
	out := make([]string, len(lines))
	for i, line := range lines {
		if line != "" {
			line = prefix + line
		}
		out[i] = line
	}
	return strings.Join(out, eol)
}

// encode writes a node as lines of block YAML in the user's indentation.
func (e *editor) encode(node *yaml.Node) ([]string, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(min(max(e.step, 2), 9))
	if !e.dents {
		encoder.CompactSeqIndent()
	}
	if err := encoder.Encode(node); err != nil {
		return nil, fmt.Errorf("write YAML: %w", err)
	}
	if err := encoder.Close(); err != nil {
		return nil, fmt.Errorf("write YAML: %w", err)
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"), nil
}

// encodeFlow writes a node in one line, in a file of JSON as JSON.
func (e *editor) encodeFlow(node *yaml.Node) (string, error) {
	if e.json {
		return encodeJSON(node)
	}
	lines, err := e.encode(flowStyled(node))
	return strings.Join(lines, " "), err
}

// encodeJSON writes a node as JSON, its keys in their order.
func encodeJSON(node *yaml.Node) (string, error) {
	parts := make([]string, 0, len(node.Content))
	for key, value := range yamltree.Children(node) {
		part, err := encodeJSON(value)
		if err != nil {
			return "", err
		}
		if node.Kind == yaml.MappingNode {
			name, err := marshalJSON(yamltree.Key(key))
			if err != nil {
				return "", err
			}
			part = name + ": " + part
		}
		parts = append(parts, part)
	}
	switch node.Kind {
	case yaml.MappingNode:
		return "{" + strings.Join(parts, ", ") + "}", nil
	case yaml.SequenceNode:
		return "[" + strings.Join(parts, ", ") + "]", nil
	default:
		return marshalJSON(yamltree.Value(node))
	}
}

func marshalJSON(value any) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", fmt.Errorf("write JSON: %w", err)
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

func flowStyled(node *yaml.Node) *yaml.Node {
	styled := *node
	if node.Kind == yaml.ScalarNode {
		styled.Style &^= yaml.LiteralStyle | yaml.FoldedStyle
		if strings.Contains(node.Value, "\n") {
			styled.Style |= yaml.DoubleQuotedStyle
		}
		return &styled
	}
	styled.Style = yaml.FlowStyle
	styled.Content = make([]*yaml.Node, len(node.Content))
	for i, c := range node.Content {
		styled.Content[i] = flowStyled(c)
	}
	return &styled
}
