package spantest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is put together costs as little as the best of all ways.
func TestTogetherIsTheBestOfAllWays(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		a := &assignment{want: make([]*Tree, 1+random.IntN(4))}
		for j := range a.want {
			least := random.IntN(3)
			a.want[j] = Span("a").Times(least, []int{Unlimited, least, least + 1}[random.IntN(3)])
		}
		for range random.IntN(6) {
			row := make([]int, len(a.want))
			for j := range row {
				if row[j] = random.IntN(6); row[j] == 5 {
					row[j] = impossible
				}
			}
			a.cost = append(a.cost, row)
		}
		a.counts, a.placed = make([]int, len(a.want)), slices.Repeat([]int{-1}, len(a.cost))
		for i := range a.cost {
			a.put(i)
		}
		require.Equal(t, cheapest(a, nil), costOf(a, a.placed), "%+v", a)
	}
}

// costOf is what a way costs; one that cannot be costs more than any.
func costOf(a *assignment, placed []int) int {
	cost := 0
	counts := make([]int, len(a.want))
	for i, j := range placed {
		if j < 0 {
			cost += notPlaced
		} else {
			counts[j]++
			cost += a.cost[i][j]
		}
	}
	for j, w := range a.want {
		cost += max(0, w.min-counts[j])
		if w.max != Unlimited && counts[j] > w.max {
			cost += impossible
		}
	}
	return cost
}

func cheapest(a *assignment, placed []int) int {
	if len(placed) == len(a.cost) {
		return costOf(a, placed)
	}
	least := cheapest(a, append(slices.Clone(placed), -1))
	for j := range a.want {
		least = min(least, cheapest(a, append(slices.Clone(placed), j)))
	}
	return least
}
