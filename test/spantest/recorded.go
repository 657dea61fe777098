package spantest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// RecordedSpan is a span that a source has.
type RecordedSpan struct {
	// TraceID has 32 hexadecimal digits, ID and Parent have 16. Parent is empty for the
	// first span of a trace.
	TraceID, ID, Parent string
	// Service is the service.name of what made the span, Name the operation.
	Service, Name string
	// Kind is [KindServer], [KindClient], another of OpenTelemetry's kinds, or empty.
	Kind string
	// Attributes are those of the span, as text.
	Attributes map[string]string
	// Resource are the attributes of what made the span, as text. Zipkin and the tap do
	// not keep them apart; there it is nil.
	Resource map[string]string
}

// clientTraceID is the attribute in which Envoy keeps the header x-client-trace-id.
const clientTraceID = "guid:x-client-trace-id"

// label names a span in messages.
func (s *RecordedSpan) label() string { return fmt.Sprintf("%s %s %q", s.Service, s.Kind, s.Name) }

// node is a span with those below it.
type node struct {
	*RecordedSpan
	parent   *node
	children []*node
}

// key tells spans apart: with Zipkin's headers a client and its server share an id.
type key struct{ id, kind, service string }

func keyOf(s *RecordedSpan) key { return key{s.ID, s.Kind, s.Service} }

// build puts the spans of one trace into trees. A span whose parent is not there is a
// root. It also gives the spans that came more than once, each once; they are in the
// tree once.
func build(spans []RecordedSpan) (roots []*node, doubled []*RecordedSpan) {
	seen := map[key]int{}
	byID := map[string][]*node{}
	var all []*node
	for i := range spans {
		k := keyOf(&spans[i])
		if seen[k]++; seen[k] > 1 {
			if seen[k] == 2 {
				doubled = append(doubled, &spans[i])
			}
			continue
		}
		n := &node{RecordedSpan: &spans[i]}
		all = append(all, n)
		byID[n.ID] = append(byID[n.ID], n)
	}
	for _, n := range all {
		n.parent = parentOf(n, byID)
		if n.parent == nil {
			roots = append(roots, n)
		} else {
			n.parent.children = append(n.parent.children, n)
		}
	}
	roots = append(roots, unrooted(all, roots)...)
	for _, n := range all {
		sortNodes(n.children)
	}
	sortNodes(roots)
	return roots, doubled
}

// parentOf finds the span that another one is below.
func parentOf(n *node, byID map[string][]*node) *node {
	for _, other := range byID[n.ID] {
		// The same id: the server's span is below the client's.
		if other != n && n.Kind == KindServer && other.Kind == KindClient {
			return other
		}
	}
	var best *node
	for _, other := range byID[n.Parent] {
		if other == n {
			continue
		}
		// Of two with this id, what a service sent is below what it received.
		if best == nil || other.Service == n.Service || n.Kind == KindServer && other.Kind == KindClient && best.Service != n.Service {
			best = other
		}
	}
	return best
}

// unrooted gives a root for each circle of spans, which only a broken source has.
func unrooted(all, roots []*node) []*node {
	reached := map[*node]bool{}
	var walk func(*node)
	walk = func(n *node) {
		if !reached[n] {
			reached[n] = true
			for _, c := range n.children {
				walk(c)
			}
		}
	}
	for _, r := range roots {
		walk(r)
	}
	var more []*node
	for _, n := range all {
		if reached[n] {
			continue
		}
		n.parent.children = slices.DeleteFunc(n.parent.children, func(c *node) bool { return c == n })
		n.parent = nil
		more = append(more, n)
		walk(n)
	}
	return more
}

func sortNodes(nodes []*node) {
	slices.SortFunc(nodes, func(a, b *node) int { return cmp.Or(cmp.Compare(a.label(), b.label()), cmp.Compare(a.ID, b.ID)) })
}

// hop is what one proxy did: its spans, and the first spans of the hops below it.
type hop struct {
	spans []*node
	below []*node
}

// hopOf gives the hop that begins with a span.
func hopOf(first *node) hop {
	h := hop{spans: []*node{first}}
	for i := 0; i < len(h.spans); i++ {
		for _, c := range h.spans[i].children {
			// A service that calls itself begins another hop.
			itself := c.Kind == KindServer && h.spans[i].Kind == KindClient
			if c.Service == first.Service && !itself {
				h.spans = append(h.spans, c)
			} else {
				h.below = append(h.below, c)
			}
		}
	}
	return h
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// padded gives an id all its digits: some backends leave leading zeros out.
func padded(id string, digits int) string {
	id = strings.ToLower(id)
	if id == "" || len(id) >= digits {
		return id
	}
	return strings.Repeat("0", digits-len(id)) + id
}
