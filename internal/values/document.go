package values

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

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
	second  *yaml.Node // root of a second document, nil where there is none
	trailer bool       // something follows the first document that is not YAML
}

// parse builds the tree of nodes.
func (d *document) parse() {
	d.once.Do(func() {
		decoder := yaml.NewDecoder(bytes.NewReader(d.data))
		var first, second yaml.Node
		if decoder.Decode(&first) != nil || len(first.Content) == 0 {
			return
		}
		d.root = first.Content[0]
		switch err := decoder.Decode(&second); {
		case err == nil && len(second.Content) > 0:
			d.second = second.Content[0]
		case err != nil && err.Error() != "EOF":
			d.trailer = true
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
	if !d.trailer && (d.second == nil || isNull(d.second)) {
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

// duplicates finds the keys that stand more than once in one map.
func (d *document) duplicates() []finding {
	if d.parse(); d.root == nil {
		return nil
	}
	var found []finding
	var walk func(n *yaml.Node, path Path)
	walk = func(n *yaml.Node, path Path) {
		switch n.Kind {
		default: // a scalar, or an alias of what is walked where it stands
		case yaml.SequenceNode:
			for i, item := range n.Content {
				walk(item, append(path, i))
			}
		case yaml.MappingNode:
			at := make(map[string][]*yaml.Node, len(n.Content)/2)
			var order []string // of the keys, as they first stand
			for i := 0; i+1 < len(n.Content); i += 2 {
				key := keyText(n.Content[i])
				walk(n.Content[i+1], append(path, key))
				if isMerge(n.Content[i]) {
					continue
				}
				if at[key] == nil {
					order = append(order, key)
				}
				at[key] = append(at[key], n.Content[i])
			}
			for _, key := range order {
				if keys := at[key]; len(keys) > 1 {
					found = append(found, d.duplicate(append(path, key), keys))
				}
			}
		}
	}
	walk(d.root, nil)
	return found
}

// duplicate is the problem of a key that stands at all of these nodes.
func (d *document) duplicate(path Path, keys []*yaml.Node) finding {
	lines := make([]string, len(keys))
	for i, k := range keys {
		lines[i] = strconv.Itoa(k.Line)
	}
	last := len(keys) - 1
	return finding{helmAllows: true, Problem: problem.Problem{
		ID:   "LS-VALUES-DUPLICATE-KEY",
		Path: path.String(),
		Reason: fmt.Sprintf("the key stands on lines %s and %s: Helm takes one of them and says nothing",
			strings.Join(lines[:last], ", "), lines[last]),
		Fix:    "keep one of them, with everything that belongs below it",
		File:   d.name,
		Line:   keys[last].Line,
		Column: keys[last].Column,
	}}
}

// badKey finds the first key that cannot be one: null, a list or a map.
func (d *document) badKey() (line, column int) {
	if d.parse(); d.root == nil {
		return 0, 0
	}
	var walk func(n *yaml.Node) *yaml.Node
	walk = func(n *yaml.Node) *yaml.Node {
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 && (aliased(c).Kind != yaml.ScalarNode || isNull(aliased(c))) {
				return c
			}
			if bad := walk(c); bad != nil {
				return bad
			}
		}
		return nil
	}
	if bad := walk(d.root); bad != nil {
		return bad.Line, bad.Column
	}
	return 0, 0
}

// aliases finds aliases that expand the document by more than Limit bytes, or
// without end, before anything expands them. The decoder's own guard counts
// nodes and not what they hold: one long text, named often, passes it.
func (d *document) aliases() *finding {
	if d.parse(); d.root == nil {
		return nil
	}
	w := weigher{weights: map[*yaml.Node]int{}}
	if w.weigh(d.root)-plainWeight(d.root) <= Limit {
		return nil
	}
	f := d.tooManyAliases()
	return &f
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

// weigher adds up how many bytes nodes take once aliases are expanded.
type weigher struct {
	weights map[*yaml.Node]int // of the nodes that aliases name; endless while being weighed
}

const (
	// endless is more than any file may expand to.
	endless = math.MaxInt / 4
	// nodeWeight is what a node takes besides its text.
	nodeWeight = 2
)

func (w *weigher) weigh(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Anchor != "" {
		if weight, ok := w.weights[n]; ok {
			return weight
		}
		w.weights[n] = endless
	}
	sum := nodeWeight + len(n.Value)
	for _, c := range n.Content {
		sum = min(sum+w.weigh(c), endless)
	}
	if n.Anchor != "" {
		w.weights[n] = sum
	}
	return sum
}

// plainWeight adds up the nodes as they stand.
func plainWeight(n *yaml.Node) int {
	sum := nodeWeight + len(n.Value)
	for _, c := range n.Content {
		sum += plainWeight(c)
	}
	return sum
}
