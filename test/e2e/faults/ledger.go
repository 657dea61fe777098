package faults

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// onTheWay is how long a span is on its way when nothing is wrong: proxies send
// what they have every five seconds.
const onTheWay = 8 * time.Second

// ledger keeps books of the traces of one sender.
type ledger struct {
	prefix string
	want   map[bookinfo.Part]bool // the spans of a request

	read     int // spans of the satellite's record that were looked at
	parts    map[int]map[bookinfo.Part]bool
	ids      map[int]map[string]bool
	complete map[int]time.Time // when the last span of a trace was first seen
	doubled  int
	further  int
}

// partOf says what a span is of its request's tree. A proxy that sends a request again
// makes another span of the same part.
func partOf(s spantest.RecordedSpan) bookinfo.Part {
	return bookinfo.Part{Service: s.Service, Kind: s.Kind, Name: s.Name}
}

func newLedger(prefix string, parts []bookinfo.Part) *ledger {
	l := &ledger{
		prefix: prefix, want: map[bookinfo.Part]bool{}, parts: map[int]map[bookinfo.Part]bool{}, ids: map[int]map[string]bool{},
		complete: map[int]time.Time{},
	}
	for _, p := range parts {
		l.want[p] = true
	}
	return l
}

// add looks at what is new in the satellite's record, which only grows. It says
// how many spans of the sender's were new.
func (l *ledger) add(record []spantest.RecordedSpan, now time.Time) int {
	fresh := 0
	for _, s := range record[l.read:] {
		number, ok := strings.CutPrefix(s.TraceID, l.prefix)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(number, 16, 32)
		if err != nil {
			continue
		}
		fresh++
		l.count(int(n)-1, s, now)
	}
	l.read = len(record)
	return fresh
}

func (l *ledger) count(n int, s spantest.RecordedSpan, now time.Time) {
	if l.ids[n] == nil {
		l.ids[n], l.parts[n] = map[string]bool{}, map[bookinfo.Part]bool{}
	}
	p := partOf(s)
	switch {
	case l.ids[n][s.ID]:
		l.doubled++
	case !l.want[p] || l.parts[n][p]:
		l.further++
	default:
		l.parts[n][p] = true
	}
	l.ids[n][s.ID] = true
	if _, ok := l.complete[n]; !ok && len(l.parts[n]) == len(l.want) {
		l.complete[n] = now
	}
}

// whole says that all spans are there of all requests that were answered.
func (l *ledger) whole(sent []request) bool {
	for n, r := range sent {
		if _, ok := l.complete[n]; !ok && r.whole() {
			return false
		}
	}
	return true
}

// flows says that what was sent a moment ago, and after the fault was over, came
// whole.
func (l *ledger) flows(sent []request, over, now time.Time) bool {
	looked := 0
	for n, r := range sent {
		if !r.whole() || r.at.Before(over) || r.at.Before(now.Add(-onTheWay-3*time.Second)) || r.at.After(now.Add(-onTheWay)) {
			continue
		}
		looked++
		if _, ok := l.complete[n]; !ok {
			return false
		}
	}
	return looked >= rate
}

// recovered is how long after the fault was over the last span was lost, or came
// later than it would have without it; 0 where neither happened after that.
func (l *ledger) recovered(sent []request, over time.Time) time.Duration {
	last := over
	for n, r := range sent {
		at, ok := l.complete[n]
		switch {
		case !ok && r.whole() && r.at.After(last):
			last = r.at
		case ok && at.Sub(r.at) > onTheWay && at.After(last):
			last = at
		}
	}
	return last.Sub(over)
}

// counts groups the requests that were answered by how many of their spans
// came, and gives the numbers of the others: they failed, or were answered in
// part.
func (l *ledger) counts(sent []request) (answered map[int][]int, failed []int) {
	answered = map[int][]int{}
	for i, r := range sent {
		if !r.whole() {
			failed = append(failed, i+1)
			continue
		}
		answered[len(l.parts[i])] = append(answered[len(l.parts[i])], i+1)
	}
	return answered, failed
}

// lacking says how many of which spans never came of requests that were answered.
func (l *ledger) lacking(sent []request) []string {
	count := map[bookinfo.Part]int{}
	for n, r := range sent {
		for p := range l.want {
			if r.whole() && !l.parts[n][p] {
				count[p]++
			}
		}
	}
	var said []string
	for p, n := range count {
		said = append(said, fmt.Sprintf("%d of %s %s %s", n, p.Service, p.Kind, p.Name))
	}
	slices.Sort(said)
	return said
}

// ranges writes ascending numbers in short, in hexadecimal: "1-1f 21".
func ranges(numbers []int) string {
	var b strings.Builder
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatInt(int64(numbers[i]), 16))
		if j > i {
			b.WriteString("-" + strconv.FormatInt(int64(numbers[j]), 16))
		}
		i = j + 1
	}
	return b.String()
}

// numbersOf reads what ranges wrote.
func numbersOf(text string) ([]int, error) {
	var numbers []int
	for part := range strings.FieldsSeq(text) {
		from, to, ok := strings.Cut(part, "-")
		if !ok {
			to = from
		}
		low, err := strconv.ParseInt(from, 16, 32)
		if err != nil {
			return nil, err
		}
		high, err := strconv.ParseInt(to, 16, 32)
		if err != nil {
			return nil, err
		}
		for n := low; n <= high; n++ {
			numbers = append(numbers, int(n))
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}
