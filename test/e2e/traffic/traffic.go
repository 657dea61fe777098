package traffic

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/trace"
)

// Page asks for one page over and over.
type Page struct {
	// URL is the page's, such as http://172.18.0.2:31380/productpage.
	URL string
	// Host is the host name to ask for; default the URL's.
	Host string
	// Concurrency is how many requests are under way at a time; default 4.
	Concurrency int
}

// Request is one that was sent.
type Request struct {
	// Marker is its name in its URL.
	Marker string `json:"marker"`
	// At is when it was sent, and Took how long the answer was waited for.
	At   time.Time     `json:"at"`
	Took time.Duration `json:"took"`
	// Status is that of the answer; 0 where there was none.
	Status int `json:"status"`
	// Failure says why the request counts as failed; empty for status 200.
	Failure string `json:"failure,omitempty"`
}

// Requests are those of a run, in no order.
type Requests []Request

// Failed gives the requests that had no answer of status 200.
func (r Requests) Failed() Requests {
	var failed Requests
	for _, request := range r {
		if request.Failure != "" {
			failed = append(failed, request)
		}
	}
	return failed
}

// Markers gives the markers of the requests that were answered.
func (r Requests) Markers() []string {
	var markers []string
	for _, request := range r {
		if request.Failure == "" {
			markers = append(markers, request.Marker)
		}
	}
	return markers
}

// Between gives the requests that were sent in a span of time; a zero end is now.
func (r Requests) Between(start, end time.Time) Requests {
	var some Requests
	for _, request := range r {
		if !request.At.Before(start) && (end.IsZero() || request.At.Before(end)) {
			some = append(some, request)
		}
	}
	return some
}

// Err is nil where no request failed, and else says how many, and how.
func (r Requests) Err() error {
	failed := r.Failed()
	if len(failed) == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d requests failed, for example %s at %s: %s", len(failed), len(r), failed[0].Marker,
		failed[0].At.UTC().Format("15:04:05.000"), failed[0].Failure)
}

// Send sends n requests and returns when all are answered or the context ends.
func (p Page) Send(ctx context.Context, n int) Requests {
	tokens := make(chan struct{})
	go func() {
		defer close(tokens)
		for range n {
			select {
			case tokens <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return p.run(ctx, tokens)
}

// Running is traffic in the background.
type Running struct {
	stop context.CancelFunc
	done chan struct{}
	sent Requests
}

// Start sends so many requests a second until it is stopped. A request that is
// not answered in time holds up no other, up to Concurrency.
func (p Page) Start(ctx context.Context, perSecond float64) *Running {
	ctx, stop := context.WithCancel(ctx)
	running := &Running{stop: stop, done: make(chan struct{})}
	tokens := make(chan struct{})
	go func() {
		defer close(tokens)
		tick := time.NewTicker(time.Duration(float64(time.Second) / perSecond))
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			select {
			case tokens <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	// What is under way when the traffic is stopped is still answered.
	go func() {
		defer close(running.done)
		running.sent = p.run(context.WithoutCancel(ctx), tokens)
	}()
	return running
}

// Stop ends the traffic and gives all requests once the last is answered. It may
// be called again.
func (r *Running) Stop() Requests {
	r.stop()
	<-r.done
	return r.sent
}

// patience is how long an answer is waited for: longer than any of Bookinfo's
// own time limits.
const patience = 20 * time.Second

func (p Page) run(ctx context.Context, tokens <-chan struct{}) Requests {
	concurrency := p.Concurrency
	if concurrency == 0 {
		concurrency = 4
	}
	client := &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: concurrency}}
	defer client.CloseIdleConnections()
	run := rand.Text()[:8]
	var (
		mu       sync.Mutex
		requests Requests
		workers  sync.WaitGroup
		next     int
	)
	for range concurrency {
		workers.Go(func() {
			for range tokens {
				mu.Lock()
				marker := fmt.Sprintf("%s-%d", run, next)
				next++
				mu.Unlock()
				request := p.ask(ctx, client, marker)
				mu.Lock()
				requests = append(requests, request)
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return requests
}

func (p Page) ask(ctx context.Context, client *http.Client, marker string) (request Request) {
	request = Request{Marker: marker, At: time.Now()}
	defer func() { request.Took = time.Since(request.At) }()
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"?"+trace.Parameter+"="+marker, nil)
	if err != nil {
		request.Failure = err.Error()
		return request
	}
	asked.Host = p.Host
	answer, err := client.Do(asked)
	if err != nil {
		request.Failure = err.Error()
		return request
	}
	defer func() { _ = answer.Body.Close() }()
	request.Status = answer.StatusCode
	body, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		request.Failure = err.Error()
	case answer.StatusCode != http.StatusOK:
		request.Failure = fmt.Sprintf("status %d: %.200s", answer.StatusCode, body)
	}
	return request
}

// Answers waits until the page is answered with status 200 a few times in a row,
// by every version behind it.
func (p Page) Answers(ctx context.Context) error {
	const enough = 6
	row, last := 0, errors.New("never asked")
	err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		request := p.ask(ctx, http.DefaultClient, "answers")
		if request.Failure != "" {
			row, last = 0, errors.New(request.Failure)
		} else {
			row++
		}
		return row == enough, nil
	})
	if err != nil {
		return fmt.Errorf("%s is not answered: %w: %w", p.URL, err, last)
	}
	return nil
}
