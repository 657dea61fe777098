package values

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// document is the text of a values file. Helm decodes it with a parser that
// tells no positions; the tree of nodes that does is built when first asked
// for.
type document struct {
	name   string
	data   []byte
	values map[string]any

	once    sync.Once
	root    *yaml.Node // nil where there is none
	second  *yaml.Node // root of the next document that holds something, nil where there is none
	trailer bool       // something follows the first document that is not YAML
	aliases bool       // aliases expand the document by more than Limit, or without end
}

// parse builds the tree of nodes.
func (d *document) parse() {
	d.once.Do(func() {
		roots, err := yamltree.Read(d.data, Limit)
		d.aliases = errors.Is(err, yamltree.ErrAliases) && len(roots) == 0
		if len(roots) > 0 {
			d.root = roots[0]
			for _, root := range roots[1:] {
				if d.second == nil && !yamltree.IsNull(root) {
					d.second = root
				}
			}
			d.trailer = err != nil && d.second == nil
		}
	})
}

// start gives where the content of the document begins.
func (d *document) start() (line, column int) {
	if d.parse(); d.root == nil {
		return 0, 0
	}
	return d.root.Line, d.root.Column
}

// secondDocument finds a second document that holds something.
func (d *document) secondDocument() []finding {
	d.parse()
	if !d.trailer && d.second == nil {
		return nil
	}
	f := finding{helmAllows: true, Problem: problem.Problem{
		ID:     "LS-VALUES-SECOND-DOCUMENT",
		Reason: "the file holds a second YAML document: Helm 3 ignores it, Helm 4 merges it",
		Fix:    "keep one document, without a `---` line in between, or pass two files",
		File:   d.name,
	}}
	if d.second != nil {
		f.Line, f.Column = d.second.Line, d.second.Column
	} else if at := marker(d.data, d.offset(d.root.Line)); at >= 0 {
		f.Line, f.Column = 1+bytes.Count(d.data[:at], []byte("\n")), 1
	}
	return []finding{f}
}

// directive finds a directive, such as `%YAML 1.1`, before the document.
func (d *document) directive() []finding {
	number := 0
	for line := range bytes.Lines(bytes.TrimPrefix(d.data, []byte("\ufeff"))) {
		number++
		switch text := bytes.TrimSpace(line); {
		case len(text) == 0 || text[0] == '#':
			continue
		case line[0] != '%':
			return nil
		}
		return []finding{{helmAllows: true, Problem: problem.Problem{
			ID:     "LS-VALUES-DIRECTIVE",
			Reason: "the file begins with a YAML directive (%): Helm 3 takes the file, Helm 4 refuses it",
			Fix:    "remove the line",
			File:   d.name, Line: number, Column: 1,
		}}}
	}
	return nil
}

// tooDeep is the problem of values that are nested too deep, at the first key
// below which they are.
func (d *document) tooDeep() finding {
	f := deepFinding(d.name)
	var root yaml.Node
	if yaml.Unmarshal(d.data, &root) != nil || len(root.Content) == 0 {
		return f
	}
	for key, value := range yamltree.Children(root.Content[0]) {
		if deeperNode(value, maxDepth-1) {
			f.Line, f.Column = key.Line, key.Column
			f.Path = redact.Key(yamltree.Path{yamltree.Key(key)}.String())
			return f
		}
	}
	return f
}

// wrongKeys finds the keys that stand more than once in one map, and those that
// YAML changes.
func (d *document) wrongKeys() []finding {
	d.parse()
	var found []finding
	for place := range yamltree.All(d.root) {
		if place.Value.Kind != yaml.MappingNode {
			continue
		}
		at := make(map[string][]*yaml.Node, len(place.Value.Content)/2)
		var order []string // of the keys, as they first stand
		for node := range yamltree.Children(place.Value) {
			if key := yamltree.Key(node); !yamltree.IsMerge(node) {
				if at[key] == nil {
					order = append(order, key)
				}
				at[key] = append(at[key], node)
			}
		}
		for _, key := range order {
			switch keys := at[key]; {
			case len(keys) > 1:
				found = append(found, d.duplicate(append(place.Path(), key), keys))
			case yamltree.Resolved(keys[0]).Kind == yaml.ScalarNode && yamltree.Resolved(keys[0]).Value != key:
				found = append(found, d.changed(append(place.Path(), key), keys[0]))
			}
		}
	}
	return found
}

// changed is the problem of a key that YAML 1.1 reads as a number or a boolean, and
// that Helm therefore calls something else than the file does: on is "true", 0x10 is
// "16".
func (d *document) changed(path yamltree.Path, key *yaml.Node) finding {
	return finding{helmAllows: true, Problem: problem.Problem{
		ID:     "LS-VALUES-KEY",
		Path:   path.String(),
		Reason: "YAML reads this key as a number or a boolean, and Helm renames it to what the path here shows",
		Fix:    "quote the key",
		File:   d.name,
		Line:   key.Line,
		Column: key.Column,
	}}
}

// mostLines is how many of the lines that a key stands on are told before the
// last.
const mostLines = 10

// duplicate is the problem of a key that stands at all of these nodes.
func (d *document) duplicate(path yamltree.Path, keys []*yaml.Node) finding {
	lines := make([]string, 0, mostLines)
	last := len(keys) - 1
	for _, k := range keys[:last] {
		if len(lines) == mostLines {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, strconv.Itoa(k.Line))
	}
	return finding{helmAllows: true, Problem: problem.Problem{
		ID:   "LS-VALUES-DUPLICATE-KEY",
		Path: path.String(),
		Reason: fmt.Sprintf("the key stands on lines %s and %s: Helm takes one of them and says nothing",
			strings.Join(lines, ", "), strconv.Itoa(keys[last].Line)),
		Fix:    "keep one of them, with everything that belongs below it",
		File:   d.name,
		Line:   keys[last].Line,
		Column: keys[last].Column,
	}}
}

// badKey finds the first key that cannot be one: null, a list or a map.
func (d *document) badKey() (line, column int) {
	d.parse()
	for place := range yamltree.All(d.root) {
		key := yamltree.Resolved(place.Key)
		if key != nil && place.Up.Value.Kind == yaml.MappingNode && (key.Kind != yaml.ScalarNode || yamltree.IsNull(key)) {
			return place.Key.Line, place.Key.Column
		}
	}
	return 0, 0
}

// tooManyAliases is the problem of aliases that expand too far.
func (d *document) tooManyAliases() finding {
	return finding{Problem: problem.Problem{
		ID:     "LS-VALUES-ALIASES",
		Reason: fmt.Sprintf("the file's aliases (*name) expand to more than %d MiB, or without end", Limit>>20),
		Fix:    "write the values out, or name fewer of them by alias",
		File:   d.name,
	}}
}
