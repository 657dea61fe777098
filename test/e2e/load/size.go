package load

import "math"

// Size is how many collectors the spans of a mesh need, and what these take: by what was
// measured, or calculated from it.
type Size struct {
	// PerSecond is the number of spans of the whole mesh.
	PerSecond int
	// Collectors is their number, Each how many of the spans each one gets, Cores the
	// processor time of all of them.
	Collectors int
	Each       float64
	Cores      float64
	// Memory is what they may take together, in GiB.
	Memory float64
	// Volume is the size of each collector's volume, in GiB, that keeps the spans of an hour.
	Volume float64
	// Measured says that one collector took as many in a run.
	Measured bool
}

const (
	fewest = 2 // collectors, by default

	// busy is the share of a core at which the chart's autoscaler adds a collector: 700m.
	busy = 0.7

	// A span of Istio 1.31 in bytes, and the share of a volume that is the queue's:
	// docs/dialects.md, The queue.
	spanBytes  = 900
	queueShare = 0.4

	hour = 3600
	mi   = 1 << 10 // MiB in a GiB
	gi   = 1 << 30
)

// Sizes gives what so many spans a second need, by the costliest of the runs that had a
// rate; nothing where none was kept.
func (r Results) Sizes(perSecond ...int) []Size {
	perCore, limit, most := math.Inf(1), 0.0, 0.0
	for _, s := range r.Spans {
		limit = max(limit, s.Limit)
		if s.PerSecond > 0 {
			perCore = min(perCore, s.PerCore())
		}
		if s.Replicas == 1 && !s.Away {
			most = max(most, s.Rate())
		}
	}
	if math.IsInf(perCore, 1) || perCore == 0 {
		return nil
	}
	sizes := make([]Size, 0, len(perSecond))
	for _, rate := range perSecond {
		collectors := max(fewest, int(math.Ceil(float64(rate)/(busy*perCore))))
		each := float64(rate) / float64(collectors)
		sizes = append(sizes, Size{
			PerSecond: rate, Collectors: collectors, Each: each,
			Cores: float64(rate) / perCore, Memory: limit * float64(collectors) / mi,
			Volume: each * hour * spanBytes / queueShare / gi, Measured: float64(rate) <= most,
		})
	}
	return sizes
}

// CostliestPerCore is the least number of spans that a core took and delivered in a
// second, of the runs that had a rate.
func (r Results) CostliestPerCore() float64 {
	for _, size := range r.Sizes(1) {
		return 1 / size.Cores
	}
	return 0
}

// MostMemory is the most that a collector took, in MiB.
func (r Results) MostMemory() float64 {
	most := 0.0
	for _, s := range r.Spans {
		most = max(most, s.Memory)
	}
	return most
}
