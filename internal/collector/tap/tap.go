package tap

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
)

const (
	// Kept is how many spans a tap of the chart's keeps: about 30 MiB.
	Kept = 50_000
	// perAnswer is how many spans an answer holds: fewer than 32 MiB, which
	// is as much as doctor reads.
	perAnswer = 10_000
)

// Path is where a tap is asked for spans; with ?after=N, for those that came
// after an answer whose Next was N.
const Path = "/spans"

// Tap keeps the last spans. It is safe for use by several goroutines.
type Tap struct {
	collectortrace.UnimplementedTraceServiceServer
	mu    sync.Mutex
	ring  []Span // of the span number n, at n modulo its length
	count uint64 // of all that came
}

// New makes a tap that keeps so many spans, 1 or more.
func New(kept int) *Tap { return &Tap{ring: make([]Span, max(1, kept))} }

// Export takes spans by OTLP/gRPC. It never refuses any.
func (t *Tap) Export(_ context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	spans := spansOf(request)
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range spans {
		if spans[i].valid() {
			t.ring[t.count%uint64(len(t.ring))] = spans[i]
			t.count++
		}
	}
	return &collectortrace.ExportTraceServiceResponse{}, nil
}

// Head is the first line of an answer.
type Head struct {
	Next uint64 `json:"next"` // the number to ask for next
	Lost uint64 `json:"lost"` // spans that came after the number asked for and are kept no more
	More bool   `json:"more"` // that more are there than the answer holds
}

// after gives the spans that came after a number. One that is higher than any
// is that of another tap, which ran here before.
func (t *Tap) after(number uint64) (Head, []Span) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if number > t.count {
		number = 0
	}
	var head Head
	if kept := uint64(len(t.ring)); t.count > kept && number < t.count-kept {
		head.Lost = t.count - kept - number
		number = t.count - kept
	}
	head.Next = min(t.count, number+perAnswer)
	head.More = head.Next < t.count
	spans := make([]Span, 0, head.Next-number)
	for ; number < head.Next; number++ {
		spans = append(spans, t.ring[number%uint64(len(t.ring))])
	}
	return head, spans
}

// ServeHTTP answers GET /spans: a [Head], then a [Span] a line.
func (t *Tap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != Path || r.Method != http.MethodGet {
		http.NotFound(w, r)
		return
	}
	var number uint64
	if after := r.URL.Query().Get("after"); after != "" {
		var err error
		if number, err = strconv.ParseUint(after, 10, 64); err != nil {
			http.Error(w, fmt.Sprintf("after=%q is no number", after), http.StatusBadRequest)
			return
		}
	}
	head, spans := t.after(number)
	w.Header().Set("Content-Type", "application/x-ndjson")
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	_ = lines.Encode(head) // who has gone needs no answer
	for i := range spans {
		_ = lines.Encode(&spans[i])
	}
	_ = out.Flush()
}
