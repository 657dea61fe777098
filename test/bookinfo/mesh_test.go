package bookinfo_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/istio-lightstep/istio-lightstep/test/bookinfo"
)

// service is a running role that remembers the requests it got.
type service struct {
	url    string
	mu     sync.Mutex
	got    []*http.Request
	before http.HandlerFunc // may answer in the role's place, by writing
}

// requests gives what the service got, in order.
func (s *service) requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got
}

// start runs a role on loopback until the test ends, and checks that it stops.
// before, if any, sees each request first; when it writes, the role does not.
func start(t *testing.T, c bookinfo.Config, before http.HandlerFunc) *service {
	t.Helper()
	c.Log = slog.New(slog.DiscardHandler)
	handler, err := bookinfo.NewHandler(c)
	if err != nil {
		t.Fatal(err)
	}
	s := &service{before: before}
	return s.serve(t, handler)
}

func (s *service) serve(t *testing.T, handler http.Handler) *service {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + listener.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- bookinfo.Serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			s.got = append(s.got, r)
			s.mu.Unlock()
			if s.before != nil {
				seen := &written{ResponseWriter: w}
				if s.before(seen, r); seen.yes {
					return
				}
			}
			handler.ServeHTTP(w, r)
		}), time.Minute)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

// written remembers whether anything was written.
type written struct {
	http.ResponseWriter
	yes bool
}

func (w *written) WriteHeader(status int) {
	w.yes = true
	w.ResponseWriter.WriteHeader(status)
}

// bookstore is the four services, asking one another.
type bookstore struct{ productpage, details, reviews, ratings *service }

// faults holds what happens before a service answers; nil fields change nothing.
type faults struct{ details, reviews, ratings http.HandlerFunc }

func startAll(t *testing.T, reviews bookinfo.Role, p bookinfo.Propagation, f faults) bookstore {
	t.Helper()
	var b bookstore
	b.details = start(t, bookinfo.Config{Role: bookinfo.Details, Propagation: p}, f.details)
	b.ratings = start(t, bookinfo.Config{Role: bookinfo.Ratings, Propagation: p}, f.ratings)
	b.reviews = start(t, bookinfo.Config{
		Role: reviews, Propagation: p, Ratings: b.ratings.url, Pod: "reviews-0", Cluster: "null",
	}, f.reviews)
	b.productpage = start(t, bookinfo.Config{
		Role: bookinfo.Productpage, Propagation: p,
		Details: b.details.url, Reviews: b.reviews.url, Ratings: b.ratings.url,
	}, nil)
	return b
}

// calls gives how often details, reviews and ratings were asked.
func (b bookstore) calls() [3]int {
	return [3]int{len(b.details.requests()), len(b.reviews.requests()), len(b.ratings.requests())}
}

// answer is what a caller got.
type answer struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    string
}

// fetch makes a request on a connection of its own, without following redirects.
func fetch(t *testing.T, method, url, body string, headers http.Header) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if headers != nil {
		req.Header = headers.Clone()
	}
	transport := &http.Transport{DisableKeepAlives: true}
	res, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, res.Cookies(), string(text)}
}
