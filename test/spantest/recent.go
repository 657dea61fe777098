package spantest

import (
	"fmt"
	"slices"
)

// mostKept is how many spans a source keeps that reads those of all traces: about 200 MiB.
const mostKept = 200_000

// recent keeps the last spans that were read.
type recent struct {
	most    int // 0: mostKept
	spans   []RecordedSpan
	dropped int
}

func (r *recent) add(spans ...RecordedSpan) {
	most := r.most
	if most == 0 {
		most = mostKept
	}
	r.spans = append(r.spans, spans...)
	if over := len(r.spans) - most; over > most/10 {
		r.dropped += over
		r.spans = append(make([]RecordedSpan, 0, most+most/5), r.spans[over:]...)
	}
}

// of gives the spans of the traces that a query names; all where it names none.
func (r *recent) of(q Query) []RecordedSpan {
	if len(q.TraceIDs) == 0 && len(q.Markers) == 0 {
		return slices.Clone(r.spans)
	}
	asked, marked := map[string]bool{}, map[string]bool{}
	for _, id := range q.TraceIDs {
		asked[padded(id, 32)] = true
	}
	for _, m := range q.Markers {
		marked[m] = true
	}
	if len(marked) > 0 {
		for i := range r.spans {
			if m := q.marker(&r.spans[i]); m != "" && marked[m] {
				asked[r.spans[i].TraceID] = true
			}
		}
	}
	var found []RecordedSpan
	for i := range r.spans {
		if asked[r.spans[i].TraceID] {
			found = append(found, r.spans[i])
		}
	}
	return found
}

// lost says that spans are kept no more, or is nil.
func (r *recent) lost() error {
	if r.dropped == 0 {
		return nil
	}
	return fmt.Errorf("%d spans are kept no more, as others came after them: a trace may lack these, and not in the mesh", r.dropped)
}

// losing is a source that may lose spans itself.
type losing interface{ lost() error }

// lostOf says what a source lost, or is nil.
func lostOf(source Source) error {
	if l, ok := source.(losing); ok {
		return l.lost()
	}
	return nil
}
