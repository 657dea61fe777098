package bookinfo

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
)

// results counts productpage's requests by service and status, and serves the
// counts as Prometheus text. Its zero value is ready.
type results struct {
	mu     sync.Mutex
	counts map[result]int
}

// result is how a request to a service ended.
type result struct {
	service string
	status  int
}

func (s *results) count(service string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil {
		s.counts = map[result]int{}
	}
	s.counts[result{service, status}]++
}

// ServeHTTP writes the counts, sorted.
func (s *results) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	counts := maps.Clone(s.counts)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = fmt.Fprint(w, "# HELP request_result_total Results of requests\n# TYPE request_result_total counter\n")
	for _, r := range slices.SortedFunc(maps.Keys(counts), func(a, b result) int {
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.status, b.status))
	}) {
		_, _ = fmt.Fprintf(w, "request_result_total{destination_app=%q,response_code=\"%d\"} %d\n", r.service, r.status, counts[r])
	}
}
