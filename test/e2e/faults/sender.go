package faults

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// rate is the number of requests a second: gentle, so that what is lost is lost
// by the fault and not by load.
const rate = 5

// request is one that was sent; its number is its place in the sender's list.
type request struct {
	at time.Time
	// failure is why there was no answer of status 200, partial which part such an
	// answer lacks: then an application gave up waiting for another one, and nobody
	// knows which spans there were.
	failure, partial string
}

// whole says that all parts of the page came.
func (r request) whole() bool { return r.failure == "" && r.partial == "" }

// lacking are the page's words where an application gave up on another one.
var lacking = []string{
	"Error fetching product details", "Error fetching product reviews", "the ratings service gave no rating",
}

// sender asks for a page at a fixed rate, each time under a trace id of its own. It is no
// traffic of package spantest, whose ids are random and which reads no page: the ids here
// are numbers, so that results can list every trace, and pages show what they lack.
type sender struct {
	url    string
	prefix string // the first half of every trace id, in hexadecimal
	client *http.Client

	mu       sync.Mutex
	requests []request
	under    sync.WaitGroup
	stop     context.CancelFunc
}

// newSender gives one that does not send yet.
func newSender(url, prefix string) *sender {
	return &sender{url: url, prefix: prefix, client: &http.Client{Timeout: 20 * time.Second}}
}

// start sends until finish.
func (s *sender) start(ctx context.Context) {
	ctx, s.stop = context.WithCancel(ctx)
	s.under.Go(func() {
		tick := time.NewTicker(time.Second / rate)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				s.send(context.WithoutCancel(ctx))
			}
		}
	})
}

// finish ends the traffic, once the last request is answered.
func (s *sender) finish() {
	s.stop()
	s.under.Wait()
	s.client.CloseIdleConnections()
}

// all gives the requests so far.
func (s *sender) all() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]request(nil), s.requests...)
}

// send starts one request; a slow answer holds up no other.
func (s *sender) send(ctx context.Context) {
	s.mu.Lock()
	n := len(s.requests)
	s.requests = append(s.requests, request{at: time.Now()})
	s.mu.Unlock()
	s.under.Go(func() {
		failure, partial := s.ask(ctx, n)
		s.mu.Lock()
		s.requests[n].failure, s.requests[n].partial = failure, partial
		s.mu.Unlock()
	})
}

func (s *sender) ask(ctx context.Context, n int) (failure, partial string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return err.Error(), ""
	}
	r.Header.Set("traceparent", fmt.Sprintf("00-%s%016x-%016x-01", s.prefix, n+1, n+1))
	answer, err := s.client.Do(r)
	if err != nil {
		return err.Error(), ""
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err.Error(), ""
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Sprintf("status %d", answer.StatusCode), ""
	}
	for _, words := range lacking {
		if strings.Contains(string(body), words) {
			return "", words
		}
	}
	return "", ""
}
