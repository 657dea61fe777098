package spantest

import "slices"

// mostPairs bounds where hops are put together: beyond, one by one has to do.
const mostPairs = 2500

// notPlaced is what a hop that is not expected costs: more than all that differs
// below those that are, so that no hop is left that has a place.
const notPlaced = 1 << 20

// together puts hops at what is expected so that the fewest are left, and of these
// ways the one with the fewest differences: one hop after another, each by the
// cheapest chain of hops that make room (successive shortest paths). It gives for each
// hop the index of what is expected, or -1.
func (m matcher) together(want []*Tree, got []*node) []int {
	a := &assignment{want: want, cost: make([][]int, len(got)), counts: make([]int, len(want)), placed: slices.Repeat([]int{-1}, len(got))}
	for i, n := range got {
		a.cost[i] = make([]int, len(want))
		for j, w := range want {
			if found := m.match(w, n); found.could {
				a.cost[i][j] = len(found.problems)
			} else {
				a.cost[i][j] = impossible
			}
		}
	}
	for i := range got {
		a.put(i)
	}
	return a.placed
}

const impossible = 1 << 29

type assignment struct {
	want   []*Tree
	cost   [][]int // of a hop at what is expected
	counts []int   // of hops at what is expected
	placed []int
}

// room is what one more hop costs, less the missing one that it is.
func (a *assignment) room(j int) int {
	switch w := a.want[j]; {
	case a.counts[j] < w.min:
		return -1
	case w.max == Unlimited || a.counts[j] < w.max:
		return 0
	}
	return impossible
}

// put finds the cheapest way to put a hop: at what is expected, from where another
// hop moves on, until there is room or one is left.
func (a *assignment) put(first int) {
	reach := slices.Clone(a.cost[first]) // what it costs to have a hop too many there
	by := slices.Repeat([]int{-1}, len(a.want))
	from := slices.Repeat([]int{-1}, len(a.want)) // the hop that moves there, and from where
	for changed, round := true, 0; changed && round < len(a.want); round++ {
		changed = false
		for i, at := range a.placed {
			if at < 0 || reach[at] >= impossible {
				continue
			}
			for to := range a.want {
				if a.cost[i][to] >= impossible || to == at {
					continue
				}
				if cost := reach[at] - a.cost[i][at] + a.cost[i][to]; cost < reach[to] {
					reach[to], by[to], from[to], changed = cost, i, at, true
				}
			}
		}
	}
	// The chain ends where there is room, or with a hop that is left over.
	best, end, leaves := notPlaced, -1, -1
	for j := range a.want {
		if reach[j] >= impossible {
			continue
		}
		if room := a.room(j); room < impossible && reach[j]+room < best {
			best, end, leaves = reach[j]+room, j, -1
		}
	}
	for i, at := range a.placed {
		if at >= 0 && reach[at] < impossible && reach[at]-a.cost[i][at]+notPlaced < best {
			best, end, leaves = reach[at]-a.cost[i][at]+notPlaced, at, i
		}
	}
	if end < 0 {
		return // nothing is cheaper than to leave it
	}
	if leaves >= 0 {
		a.placed[leaves] = -1
	} else {
		a.counts[end]++
	}
	for at := end; at >= 0; at = from[at] {
		if moved := by[at]; moved >= 0 {
			a.placed[moved] = at
		} else {
			a.placed[first] = at
		}
	}
}
