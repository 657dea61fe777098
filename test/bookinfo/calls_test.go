package bookinfo_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/istio-lightstep/istio-lightstep/test/bookinfo"
)

func TestCallsPerPage(t *testing.T) {
	t.Parallel()
	for _, p := range bookinfo.Propagations() {
		for role, want := range map[bookinfo.Role][3]int{
			bookinfo.ReviewsV1: {1, 1, 0}, bookinfo.ReviewsV2: {1, 1, 1}, bookinfo.ReviewsV3: {1, 1, 1},
		} {
			b := startAll(t, role, p, faults{})
			res := fetch(t, "GET", b.productpage.url+"/productpage", "", nil)
			if res.status != http.StatusOK || b.calls() != want {
				t.Errorf("%s, %s: status %d, calls to details, reviews, ratings %v, want %v", p, role, res.status, b.calls(), want)
			}
		}
	}
}

// The order of the calls is the order of the spans: reviews is asked when
// details has answered.
func TestCallsAreOneAfterTheOther(t *testing.T) {
	t.Parallel()
	var running, order atomic.Int32
	b := startAll(t, bookinfo.ReviewsV1, bookinfo.Current, faults{
		details: func(http.ResponseWriter, *http.Request) {
			running.Add(1)
			time.Sleep(50 * time.Millisecond)
			order.CompareAndSwap(0, 1)
			running.Add(-1)
		},
		reviews: func(http.ResponseWriter, *http.Request) {
			if running.Load() > 0 || !order.CompareAndSwap(1, 2) {
				order.Store(-1)
			}
		},
	})
	fetch(t, "GET", b.productpage.url+"/productpage", "", nil)
	if order.Load() != 2 {
		t.Error("reviews was asked before details had answered")
	}
}

func TestReviewsIsRetriedOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		fails  int32 // how many of the first calls
		want   [3]int
		served bool
	}{
		{"one failure", 1, [3]int{1, 2, 1}, true},
		{"two failures", 2, [3]int{1, 2, 0}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			b := startAll(t, bookinfo.ReviewsV2, bookinfo.Current, faults{reviews: func(w http.ResponseWriter, _ *http.Request) {
				if calls.Add(1) <= c.fails {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
			}})
			res := fetch(t, "GET", b.productpage.url+"/productpage", "", incoming())
			if res.status != http.StatusOK || b.calls() != c.want {
				t.Errorf("status %d, calls %v, want %v", res.status, b.calls(), c.want)
			}
			if strings.Contains(res.body, "Error fetching product reviews") == c.served || strings.Contains(res.body, "Reviews served by") != c.served {
				t.Errorf("reviews served: want %v in %s", c.served, res.body)
			}
			for i, r := range b.reviews.requests() {
				if r.Header.Get("X-Ot-Span-Context") != "lightstep" {
					t.Errorf("call %d lost the trace's context", i)
				}
			}
		})
	}
}

// Only reviews is retried, and the status of what failed is told.
func TestDetailsIsNotRetried(t *testing.T) {
	t.Parallel()
	b := startAll(t, bookinfo.ReviewsV1, bookinfo.Current, faults{
		details: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
	})
	res := fetch(t, "GET", b.productpage.url+"/productpage", "", nil)
	if res.status != http.StatusOK || !strings.Contains(res.body, "Error fetching product details") || b.calls() != [3]int{1, 1, 0} {
		t.Errorf("status %d, calls %v, page %s", res.status, b.calls(), res.body)
	}
	if res := fetch(t, "GET", b.productpage.url+"/api/v1/products/0", "", nil); res.status != http.StatusBadGateway {
		t.Errorf("status %d", res.status)
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	s := start(t, bookinfo.Config{
		Role: bookinfo.Productpage, Propagation: bookinfo.Current,
		Details: "http://127.0.0.1:1", Reviews: "http://127.0.0.1:1", Ratings: "http://127.0.0.1:1",
	}, nil)
	for path, want := range map[string]int{
		"/productpage": 200, "/api/v1/products/0": 500, "/api/v1/products/0/reviews": 500, "/api/v1/products/0/ratings": 500,
	} {
		if res := fetch(t, "GET", s.url+path, "", nil); res.status != want {
			t.Errorf("%s: status %d, want %d", path, res.status, want)
		}
	}
}

// Each caller gives up after its own time: productpage after 3 s, reviews v3
// after 2.5 s, and v2 later than both, so that productpage gives up first.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
	}
	for _, c := range []struct {
		name     string
		reviews  bookinfo.Role
		faults   faults
		path     string
		from, to time.Duration
		has      string
	}{
		{"productpage for details", bookinfo.ReviewsV1, faults{details: hang}, "/productpage", 3 * time.Second, 10 * time.Second, "Error fetching product details"},
		{"reviews v3 for ratings", bookinfo.ReviewsV3, faults{ratings: hang}, "/productpage", 2500 * time.Millisecond, 10 * time.Second, "gave no rating"},
		{"productpage twice for reviews v2", bookinfo.ReviewsV2, faults{ratings: hang}, "/productpage", 6 * time.Second, 20 * time.Second, "Error fetching product reviews"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := startAll(t, c.reviews, bookinfo.Current, c.faults)
			began := time.Now()
			res := fetch(t, "GET", b.productpage.url+c.path, "", nil)
			if took := time.Since(began); took < c.from || took > c.to || !strings.Contains(res.body, c.has) {
				t.Errorf("took %s, want %s to %s and %q in %s", took, c.from, c.to, c.has, res.body)
			}
		})
	}
}
