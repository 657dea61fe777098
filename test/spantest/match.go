package spantest

import (
	"fmt"
	"slices"
	"strings"
)

// judge compares the spans of a request with the tree that fits them best, and gives
// that tree, a line for each difference, and how many spans came more than once.
func judge(trees []*Tree, spans []RecordedSpan) (closest *Tree, problems []string, doubled int) {
	traces := map[string][]RecordedSpan{}
	for _, s := range spans {
		traces[s.TraceID] = append(traces[s.TraceID], s)
	}
	var roots []*node
	var common []string
	if len(traces) > 1 {
		common = append(common, fmt.Sprintf("its spans are in %d traces, not in one", len(traces)))
	}
	for _, id := range sortedKeys(traces) {
		some, twice := build(traces[id])
		roots = append(roots, some...)
		doubled += len(twice)
		for _, s := range twice {
			common = append(common, "came more than once: "+s.label())
		}
	}
	for i, tree := range trees {
		found := compare([]*Tree{tree}, roots, nil)
		if i == 0 || len(found) < len(problems) {
			closest, problems = tree, found
		}
	}
	return closest, append(common, problems...), doubled
}

// compare gives a line for each difference between hops that are expected below a hop,
// or at the root, and those that are there.
func compare(want []*Tree, got []*node, below *hop) []string {
	left := slices.Clone(got)
	var problems []string
	for _, w := range byChoice(want, got) {
		count := 0
		for w.max == Unlimited || count < w.max {
			i, found := choose(w, left)
			if i < 0 {
				break
			}
			problems = append(problems, found...)
			left = slices.Delete(left, i, i+1)
			count++
		}
		if count < w.min {
			problems = append(problems, missing(w, count, below, left))
		}
	}
	for _, n := range left {
		problems = append(problems, unexpected(n, below))
	}
	return problems
}

// byChoice orders what is expected by how many could be it, so that a pattern that
// fits much takes nothing from one that fits little.
func byChoice(want []*Tree, got []*node) []*Tree {
	choice := func(w *Tree) int {
		count := 0
		for _, n := range got {
			if could(w, n) {
				count++
			}
		}
		return count
	}
	ordered := slices.Clone(want)
	slices.SortStableFunc(ordered, func(a, b *Tree) int { return choice(a) - choice(b) })
	return ordered
}

// could tells whether the hop that begins with a span can be the expected one.
func could(w *Tree, n *node) bool {
	if !w.serves(n.Service) {
		return false
	}
	if w.single {
		return w.fits(n.RecordedSpan)
	}
	return slices.ContainsFunc(hopOf(n).spans, func(s *node) bool { return w.fits(s.RecordedSpan) })
}

// choose gives the index of the hop that differs least from the expected one, with the
// differences, or -1.
func choose(w *Tree, among []*node) (index int, problems []string) {
	index = -1
	for i, n := range among {
		if !could(w, n) {
			continue
		}
		h := hopOf(n)
		if w.single {
			h = hop{spans: []*node{n}, below: n.children}
		}
		found := compare(w.children, h.below, &h)
		if index < 0 || len(found) < len(problems) {
			index, problems = i, found
		}
	}
	return index, problems
}

func where(below *hop) string {
	if below == nil {
		return " at the root"
	}
	return " below " + below.spans[0].label()
}

func missing(w *Tree, count int, below *hop, left []*node) string {
	text := fmt.Sprintf("missing%s: %s", where(below), w.label())
	if w.min > 1 {
		text += fmt.Sprintf(" (%d of %d)", count, w.min)
	}
	if below != nil && slices.ContainsFunc(below.spans, func(s *node) bool { return calls(s, w) }) {
		text += "; the call to it is there, so its own proxy sent no span or began a trace of its own"
	}
	for _, n := range left {
		if w.serves(n.Service) && !could(w, n) {
			text += "; it is there without this name, kind or attribute"
			break
		}
	}
	return text
}

// calls tells whether a span is that of a call to a service, and nothing is below it.
func calls(s *node, w *Tree) bool {
	first, _, _ := strings.Cut(s.Name, ".")
	return s.Kind == KindClient && len(s.children) == 0 && w.serves(first)
}

func unexpected(n *node, below *hop) string {
	if below == nil && n.Parent != "" {
		return "not expected at the root, because its parent is not there: " + n.label()
	}
	return fmt.Sprintf("not expected%s: %s", where(below), n.label())
}
