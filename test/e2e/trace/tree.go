package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Node is a span, or one that is wanted, with those below it.
type Node struct {
	Span
	Children []*Node
}

// Build puts the spans of one trace into trees, ordered by their names. A span
// whose parent is not there is a root too. A span that came more than once is in
// the tree once; see [Doubled].
func Build(spans []Span) []*Node {
	nodes := map[string]*Node{}
	for _, s := range spans {
		nodes[s.ID] = &Node{Span: s}
	}
	var roots []*Node
	for _, n := range nodes {
		if parent := nodes[n.Parent]; parent != nil && parent != n {
			parent.Children = append(parent.Children, n)
		} else {
			roots = append(roots, n)
		}
	}
	for _, n := range nodes {
		sortNodes(n.Children)
	}
	sortNodes(roots)
	return roots
}

func sortNodes(nodes []*Node) {
	slices.SortFunc(nodes, func(a, b *Node) int {
		return cmp.Or(cmp.Compare(a.label(), b.label()), cmp.Compare(a.ID, b.ID))
	})
}

// Doubled gives the spans that came more than once, each once.
func Doubled(spans []Span) []Span {
	seen := map[string]int{}
	var doubled []Span
	for _, s := range spans {
		key := s.TraceID + "/" + s.ID
		seen[key]++
		if seen[key] == 2 {
			doubled = append(doubled, s)
		}
	}
	return doubled
}

// Count gives the number of nodes in the tree.
func (n *Node) Count() int {
	count := 1
	for _, c := range n.Children {
		count += c.Count()
	}
	return count
}

// String draws the tree, a span a line.
func (n *Node) String() string {
	var b strings.Builder
	n.draw(&b, "")
	return b.String()
}

func (n *Node) draw(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%s%s\n", indent, n.label())
	for _, c := range n.Children {
		c.draw(b, indent+"  ")
	}
}

// label is what two spans have in common that are the same part of a tree.
func (n *Node) label() string {
	return fmt.Sprintf("%s %s %q", n.Service, n.Kind, n.Name)
}

// Compare gives a line for each part of want that got lacks and each part of got
// that want lacks; none where the trees are the same.
func Compare(want *Node, got []*Node) []string {
	return compare([]*Node{want}, got, "at the root")
}

func compare(want, got []*Node, where string) []string {
	var problems []string
	left := slices.Clone(got)
	for _, w := range want {
		i := slices.IndexFunc(left, func(g *Node) bool { return g.label() == w.label() })
		if i < 0 {
			problems = append(problems, fmt.Sprintf("missing %s: %s", where, w.label()))
			continue
		}
		problems = append(problems, compare(w.Children, left[i].Children, "below "+w.label())...)
		left = slices.Delete(left, i, i+1)
	}
	for _, g := range left {
		problems = append(problems, fmt.Sprintf("not expected %s: %s", where, g.label()))
	}
	return problems
}
