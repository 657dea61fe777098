package hops

import (
	"cmp"
	"slices"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
)

// Hop is a workload that the requests came through.
type Hop struct {
	Workload
	// Requests is how many of the requests came through it on this way.
	Requests int `json:"requests"`
	// Broken says that a trace of its own begins with the call to it.
	Broken bool `json:"ownTrace,omitempty"`
	// Silent says that no span of it came, only that of the call to it.
	Silent bool   `json:"noSpan,omitempty"`
	Calls  []*Hop `json:"calls,omitempty"`

	counted int // the probe that was last counted
}

// deepest bounds the tree, whatever the spans say.
const deepest = 64

// tree puts the trails of all probes into one tree below root.
type tree struct {
	*spans
	probe    int
	trail    *trail
	children map[int][]int
	visited  map[int]bool
}

// tree draws what the requests came through.
func (s *spans) tree(a analysis) []*Hop {
	root := &Hop{}
	for n, t := range a.trails {
		d := &tree{spans: s, probe: n + 1, trail: t, children: map[int][]int{}, visited: map[int]bool{}}
		for _, i := range d.link() {
			d.draw(i, root, false, 0)
		}
	}
	sortHops(root.Calls)
	return root.Calls
}

// link finds the parent of every span, and gives those that have none.
func (d *tree) link() []int {
	var top []int
	for trace := range d.trail.traces {
		byID := map[string]int{}
		for _, i := range d.byTrace[trace] {
			byID[d.all[i].ID] = i
		}
		for _, i := range d.byTrace[trace] {
			parent, ok := byID[d.all[i].Parent]
			if j, joined := d.trail.joins[i]; joined {
				parent, ok = j.server, true
			}
			if !ok {
				parent, ok = d.around(i)
			}
			if ok {
				d.children[parent] = append(d.children[parent], i)
			} else {
				top = append(top, i)
			}
		}
	}
	byStart := func(a, b int) int {
		return cmp.Or(cmp.Compare(d.all[a].Start, d.all[b].Start), cmp.Compare(d.all[a].ID, d.all[b].ID))
	}
	for _, below := range d.children {
		slices.SortFunc(below, byStart)
	}
	slices.SortFunc(top, byStart)
	return top
}

// around finds the server span of the same proxy and trace that a client span
// lies in: where an application makes spans of its own, those are between.
func (d *tree) around(client int) (int, bool) {
	if d.all[client].Kind != tap.Client {
		return 0, false
	}
	p, found := d.proxyOf(client), -1
	for _, i := range d.byTrace[d.all[client].Trace] {
		if d.all[i].Kind == tap.Server && d.proxyOf(i) == p && d.within(client, i) && (found < 0 || d.all[i].Start > d.all[found].Start) {
			found = i
		}
	}
	return found, found >= 0
}

// draw puts a span and those below it under a hop. A hop's own client spans
// are part of it.
func (d *tree) draw(i int, under *Hop, broken bool, depth int) {
	if d.visited[i] || depth > deepest {
		return
	}
	d.visited[i] = true
	span := &d.all[i]
	_, joined := d.trail.joins[i]
	broken = broken || joined
	at, w := under, d.name(span)
	if span.Kind == tap.Server || w != under.Workload {
		at = d.hop(under, Hop{Workload: w, Broken: broken && span.Kind == tap.Server})
		if span.Kind == tap.Server {
			broken = false
		}
	}
	below := d.children[i]
	if span.Kind == tap.Client && len(below) == 0 {
		d.hop(at, Hop{Workload: Workload{Name: destination(span)}, Silent: true, Broken: broken})
	}
	for _, child := range below {
		d.draw(child, at, broken, depth+1)
	}
}

// hop finds or adds a hop under another, and counts the probe.
func (d *tree) hop(under *Hop, like Hop) *Hop {
	at := slices.IndexFunc(under.Calls, func(h *Hop) bool {
		return h.Workload == like.Workload && h.Broken == like.Broken && h.Silent == like.Silent
	})
	if at < 0 {
		at = len(under.Calls)
		under.Calls = append(under.Calls, &like)
	}
	h := under.Calls[at]
	if h.counted != d.probe {
		h.counted = d.probe
		h.Requests++
	}
	return h
}

func sortHops(hops []*Hop) {
	slices.SortFunc(hops, func(a, b *Hop) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), compareBool(a.Broken, b.Broken), compareBool(a.Silent, b.Silent))
	})
	for _, h := range hops {
		sortHops(h.Calls)
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
