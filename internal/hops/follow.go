package hops

import (
	"cmp"
	"maps"
	"slices"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
)

// pair is a workload and what it calls.
type pair struct {
	workload    Workload
	destination string
}

// join is where a trace of its own belongs to a request that was taken.
type join struct {
	pair
	server, first int // spans
	certain       bool
	alone         bool // no other call could be meant
}

// trail is what belongs to a probe.
type trail struct {
	traces map[string]bool
	joins  map[int]join // by the first span of the trace that was joined
	took   map[Workload]bool
	likely map[pair]bool // calls that may belong to it
	mixed  map[pair]bool // that may as well belong to another request
}

// verdict is what all probes together say of a pair.
type verdict struct {
	took, broke int // probes in which the workload took the request, and in which its call began a trace
	certain     bool
}

// holds tells whether the call belongs to the request.
func (v verdict) holds() bool { return v.certain || v.broke >= 2 && v.broke == v.took }

// rounds bounds how many hops in a row can be found to forward nothing.
const rounds = 32

// analysis is what became of the probes.
type analysis struct {
	trails   []*trail
	verdicts map[pair]verdict
}

// analyse follows every probe. What holds for a hop is the ground for the hops
// behind it, so it is done again until nothing more holds.
func (s *spans) analyse(probes []Probe) analysis {
	own := s.ownCalls(probes)
	accepted := map[pair]bool{}
	var a analysis
	for range rounds {
		a = analysis{verdicts: map[pair]verdict{}}
		for _, p := range probes {
			t := s.follow(p, accepted, own)
			a.trails = append(a.trails, t)
		}
		a.judge()
		now := map[pair]bool{}
		for at, v := range a.verdicts {
			if v.holds() {
				now[at] = true
			}
		}
		if maps.Equal(now, accepted) {
			break
		}
		accepted = now
	}
	return a
}

// judge counts for each pair in how many probes it was seen.
func (a *analysis) judge() {
	for _, t := range a.trails {
		for at := range t.likely {
			a.verdicts[at] = verdict{}
		}
		for _, j := range t.joins {
			a.verdicts[j.pair] = verdict{}
		}
	}
	for at, v := range a.verdicts {
		for _, t := range a.trails {
			if !t.took[at.workload] || t.mixed[at] {
				continue
			}
			v.took++
			if t.likely[at] || slices.ContainsFunc(slices.Collect(maps.Values(t.joins)), func(j join) bool { return j.pair == at }) {
				v.broke++
			}
			v.certain = v.certain || slices.ContainsFunc(slices.Collect(maps.Values(t.joins)), func(j join) bool { return j.pair == at && j.certain })
		}
		a.verdicts[at] = v
	}
}

// ownCalls finds what applications call while they answer nothing, as one that
// asks for its configuration does: such a call says nothing about headers.
// What began after the last probe is left out, as the span around it may not
// have come yet.
func (s *spans) ownCalls(probes []Probe) map[pair]bool {
	var latest uint64
	for _, p := range probes {
		for _, i := range s.byTrace[p.Trace] {
			latest = max(latest, s.all[i].End)
		}
	}
	own := map[pair]bool{}
	for _, p := range s.proxies {
		for _, i := range p.firsts {
			if s.all[i].Start <= latest && !s.answering(p, s.all[i].Start, -1) {
				own[s.pairOf(i)] = true
			}
		}
	}
	return own
}

func (s *spans) pairOf(client int) pair {
	return pair{s.name(&s.all[client]), destination(&s.all[client])}
}

// follow collects what belongs to a probe: its trace, and those that begin
// where a hop did not forward it.
func (s *spans) follow(p Probe, accepted, own map[pair]bool) *trail {
	t := &trail{
		traces: map[string]bool{}, joins: map[int]join{}, took: map[Workload]bool{},
		likely: map[pair]bool{}, mixed: map[pair]bool{},
	}
	queue := s.entry(p)
	for _, trace := range queue {
		t.traces[trace] = true
	}
	for len(queue) > 0 {
		trace := queue[0]
		queue = queue[1:]
		for _, i := range s.byTrace[trace] {
			if s.all[i].Kind != tap.Server {
				continue
			}
			t.took[s.name(&s.all[i])] = true
			for _, j := range s.joins(t, i, own) {
				if !j.certain && (!accepted[j.pair] || !j.alone) {
					continue
				}
				if next := s.all[j.first].Trace; !t.traces[next] {
					t.traces[next], t.joins[j.first] = true, j
					queue = append(queue, next)
				}
			}
		}
	}
	return t
}

// entry gives the trace of a probe: the one that was asked for, or where
// something before the mesh made another of it, the one whose span is the
// first to have the probe's x-client-trace-id.
func (s *spans) entry(p Probe) []string {
	if len(s.byTrace[p.Trace]) > 0 {
		return []string{p.Trace}
	}
	first := -1
	for i := range s.all {
		if s.all[i].Client == p.Client && (first < 0 || s.all[i].Start < s.all[first].Start) {
			first = i
		}
	}
	if first < 0 {
		return nil
	}
	return []string{s.all[first].Trace}
}

// joins finds the traces that begin where a hop that took a request calls
// others, and notes in the trail those that are only likely.
func (s *spans) joins(t *trail, server int, own map[pair]bool) []join {
	p := s.proxyOf(server)
	forwards := s.forwards(server)
	var found []join
	count := map[pair]int{}
	for _, first := range s.during(p, server) {
		if t.traces[s.all[first].Trace] {
			continue
		}
		j := join{pair: s.pairOf(first), server: server, first: first}
		request := s.all[server].Request
		if j.certain = request != "" && s.all[first].Request == request; j.certain {
			found = append(found, j)
			continue
		}
		// A call that ends later, that is made anyway, or that this application
		// makes with the headers, is another one's.
		if s.all[first].End > s.all[server].End || own[j.pair] || forwards[j.destination] {
			continue
		}
		if s.answering(p, s.all[first].Start, server) {
			t.mixed[j.pair] = true
			continue
		}
		count[j.pair]++
		found = append(found, j)
	}
	for i := range found {
		if j := &found[i]; !j.certain {
			t.likely[j.pair] = true
			j.alone = count[j.pair] == 1
		}
	}
	slices.SortStableFunc(found, func(a, b join) int { return cmp.Compare(s.all[a.first].Start, s.all[b.first].Start) })
	return found
}

// forwards are the destinations that a hop calls in the trace of the request
// that it took.
func (s *spans) forwards(server int) map[string]bool {
	all := map[string]bool{}
	p := s.proxyOf(server)
	for _, i := range s.byTrace[s.all[server].Trace] {
		if s.all[i].Kind == tap.Client && s.proxyOf(i) == p && s.within(i, server) {
			all[destination(&s.all[i])] = true
		}
	}
	return all
}

// within tells whether a span begins while another one lasts.
func (s *spans) within(inner, outer int) bool {
	return s.all[inner].Start >= s.all[outer].Start && s.all[inner].Start <= s.all[outer].End
}

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
