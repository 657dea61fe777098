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
	m := matcher{}
	for i, tree := range trees {
		found := m.compare([]*Tree{tree}, roots, nil)
		if i == 0 || len(found) < len(problems) {
			closest, problems = tree, found
		}
	}
	return closest, append(common, problems...), doubled
}

// pair is an expected hop, and one that came.
type pair struct {
	want *Tree
	got  *node
}

// match says whether the one can be the other, and what differs below it then.
type match struct {
	could    bool
	problems []string
}

// matcher knows pairs that were compared, so that each is compared once.
type matcher map[pair]match

func (m matcher) match(w *Tree, n *node) match {
	p := pair{w, n}
	if known, ok := m[p]; ok {
		return known
	}
	found := match{could: could(w, n)}
	if found.could {
		h := hopOf(n)
		if w.single {
			h = hop{spans: []*node{n}, below: n.children}
		}
		found.problems = m.compare(w.children, h.below, &h)
	}
	m[p] = found
	return found
}

// compare gives a line for each difference between hops that are expected below a hop,
// or at the root, and those that are there.
func (m matcher) compare(want []*Tree, got []*node, below *hop) []string {
	ordered := m.byChoice(want, got)
	problems := m.problems(ordered, got, m.oneByOne(ordered, got), below)
	if len(problems) == 0 || len(want) < 2 || len(want)*len(got) > mostPairs {
		return problems
	}
	if best := m.problems(ordered, got, m.together(ordered, got), below); len(best) < len(problems) {
		return best
	}
	return problems
}

// problems gives a line for each difference where hops are put as placed says: by their
// index the index of what is expected, or -1.
func (m matcher) problems(want []*Tree, got []*node, placed []int, below *hop) []string {
	counts := make([]int, len(want))
	perWant := make([][]string, len(want))
	var left []*node
	for i, n := range got {
		if w := placed[i]; w >= 0 {
			counts[w]++
			perWant[w] = append(perWant[w], m.match(want[w], n).problems...)
		} else {
			left = append(left, n)
		}
	}
	var problems []string
	for i, w := range want {
		problems = append(problems, perWant[i]...)
		if counts[i] < w.min {
			problems = append(problems, missing(w, counts[i], below, left))
		}
	}
	for _, n := range left {
		problems = append(problems, unexpected(n, below))
	}
	return problems
}

// oneByOne puts at what is expected first the hop that differs least from it, and so on.
// That is enough for most trees, and fast.
func (m matcher) oneByOne(want []*Tree, got []*node) []int {
	placed := slices.Repeat([]int{-1}, len(got))
	for i, w := range want {
		for count := 0; w.max == Unlimited || count < w.max; count++ {
			best, least := -1, 0
			for j, n := range got {
				if placed[j] >= 0 {
					continue
				}
				found := m.match(w, n)
				if found.could && (best < 0 || len(found.problems) < least) {
					best, least = j, len(found.problems)
				}
				if best >= 0 && least == 0 {
					break
				}
			}
			if best < 0 {
				break
			}
			placed[best] = i
		}
	}
	return placed
}

// byChoice orders what is expected by how many could be it, so that a pattern that
// fits much takes nothing from one that fits little.
func (m matcher) byChoice(want []*Tree, got []*node) []*Tree {
	choice := make(map[*Tree]int, len(want))
	for _, w := range want {
		if _, known := choice[w]; known {
			continue
		}
		choice[w] = 0
		for _, n := range got {
			if could(w, n) {
				choice[w]++
			}
		}
	}
	ordered := slices.Clone(want)
	slices.SortStableFunc(ordered, func(a, b *Tree) int { return choice[a] - choice[b] })
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
