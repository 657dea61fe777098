package spantest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Request is one that was sent.
type Request struct {
	// TraceID is that of the trace which the request's header began; empty where the
	// gateway begins it.
	TraceID string `json:"traceId,omitempty"`
	// Marker is what the gateway's span repeats, where the gateway begins the trace.
	Marker string `json:"marker,omitempty"`
	// At is when it was sent, and Took how long the answer took.
	At   time.Time     `json:"at"`
	Took time.Duration `json:"took"`
	// Status is that of the answer; 0 where there was none.
	Status int `json:"status"`
	// Failure says why the request counts as failed: no answer, or a status that is not
	// 2xx. It is empty for the others, which [Await] looks for.
	Failure string `json:"failure,omitempty"`
}

// ID names the request in messages: its trace id, or its marker.
func (r Request) ID() string { return r.TraceID + r.Marker }

// Sent holds the requests that were sent, and what finds their traces.
type Sent struct {
	requests  []Request
	parameter string // of the query that holds the marker; empty for the header
}

// Requests gives a copy of all, in no order.
func (s Sent) Requests() []Request { return slices.Clone(s.requests) }

// Failed gives those that were not answered with 2xx.
func (s Sent) Failed() []Request {
	return slices.DeleteFunc(s.Requests(), func(r Request) bool { return r.Failure == "" })
}

// Between gives those that were sent in a span of time; a zero end is now.
func (s Sent) Between(start, end time.Time) Sent {
	s.requests = slices.DeleteFunc(s.Requests(), func(r Request) bool {
		return r.At.Before(start) || !end.IsZero() && !r.At.Before(end)
	})
	return s
}

// Err is nil where all were answered with 2xx, and else says how many were not, and
// why one of them was not.
func (s Sent) Err() error {
	failed := s.Failed()
	if len(failed) == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d requests failed, for example %s at %s: %s", len(failed), len(s.requests), failed[0].ID(),
		failed[0].At.UTC().Format("15:04:05.000"), failed[0].Failure)
}

// RequestOption changes how requests are sent.
type RequestOption func(*sender)

// WithMarker sends no trace context, so that the gateway begins the traces, as for
// a browser. The header x-client-trace-id marks each request: Envoy repeats it in the
// gateway's span, and traces such a request whatever its random sampling is.
func WithMarker() RequestOption { return func(s *sender) { s.mark = inHeader } }

// WithQueryMarker is [WithMarker] with the marker in a parameter of this name that is added
// to the URL's query, in place of the header: nothing asks the gateway to trace the
// request. [Jaeger], [Tempo], [Zipkin] and [Tap] cannot find it: the first three search by
// attributes, and a tap keeps no URLs.
func WithQueryMarker(parameter string) RequestOption {
	return func(s *sender) { s.mark, s.parameter = inQuery, parameter }
}

// WithB3 begins the traces with Zipkin's headers in place of traceparent: for a mesh whose
// proxies have the Zipkin tracer.
func WithB3() RequestOption { return func(s *sender) { s.mark = inB3 } }

// WithHost asks for this host name in place of the URL's, where the URL has an address.
func WithHost(name string) RequestOption { return func(s *sender) { s.host = name } }

// WithHeader sends a header with each request, such as one that authenticates it.
func WithHeader(name, value string) RequestOption {
	return func(s *sender) { s.header.Add(name, value) }
}

// WithConcurrency is how many requests are under way at once; 4 without it.
func WithConcurrency(n int) RequestOption { return func(s *sender) { s.concurrency = max(1, n) } }

// mark is how a request's trace is found.
type mark int

const (
	inTraceparent mark = iota
	inB3
	inHeader
	inQuery
)

type sender struct {
	client      *http.Client
	url         *url.URL
	host        string
	header      http.Header
	mark        mark
	parameter   string
	concurrency int
}

func newSender(client *http.Client, address string, options []RequestOption) (*sender, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return nil, errors.New("the address to send requests to is not a URL such as https://shop.example/checkout")
	}
	if client == nil {
		client = http.DefaultClient
	}
	own := *client
	// A redirect would send the same trace through the gateway twice.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s := &sender{client: &own, url: parsed, header: http.Header{}, concurrency: 4}
	for _, o := range options {
		o(s)
	}
	return s, nil
}

// Get sends so many GET requests to a URL, whose query is kept, and returns when all are
// answered or the context ends. Each begins a trace of its own, by a traceparent that
// says that it is sampled; [WithMarker] leaves that to the gateway. A nil client is
// http.DefaultClient; [Client] makes one that trusts a private CA. Redirects are not
// followed.
//
// A request fails after the Timeout of the client, or after 30 s if the client has none.
//
// Nothing is sent, and there is an error, where the URL is not one of http or https, or n is
// below 1. Otherwise the error says how many requests were not answered with 2xx, and how many
// were not sent because the context ended, which is then the error's cause. All requests that
// were sent are in Sent, also with an error.
func Get(ctx context.Context, client *http.Client, url string, n int, options ...RequestOption) (Sent, error) {
	s, err := newSender(client, url, options)
	if err != nil {
		return Sent{}, err
	}
	if n < 1 {
		return Sent{}, fmt.Errorf("%d requests are to be sent: give at least 1", n)
	}
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
	sent := s.run(ctx, tokens)
	err = sent.Err()
	if missing := n - len(sent.requests); missing > 0 {
		err = errors.Join(fmt.Errorf("%d of %d requests were not sent: %w", missing, n, ctx.Err()), err)
	}
	return sent, err
}

// Traffic is requests that are sent in the background.
type Traffic struct {
	stop context.CancelFunc // sends no more
	cut  context.CancelFunc // and waits for no answer
	done chan struct{}
	sent Sent
}

// Start sends so many GET requests a second until it is stopped or the context ends, as
// [Get] does. A request that is not answered holds up no other, up to [WithConcurrency]. Call
// [Traffic.Stop] in any case.
func Start(ctx context.Context, client *http.Client, url string, perSecond float64, options ...RequestOption) (*Traffic, error) {
	s, err := newSender(client, url, options)
	if err != nil {
		return nil, err
	}
	between := time.Duration(float64(time.Second) / perSecond)
	if math.IsNaN(perSecond) || perSecond <= 0 || between <= 0 {
		return nil, fmt.Errorf("%g requests a second cannot be sent: give a number above 0, such as 5 or 0.5", perSecond)
	}
	ctx, stop := context.WithCancel(ctx)
	answers, cut := context.WithCancel(context.WithoutCancel(ctx))
	traffic := &Traffic{stop: stop, cut: cut, done: make(chan struct{})}
	tokens := make(chan struct{})
	go func() {
		defer close(tokens)
		tick := time.NewTicker(between)
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
		defer close(traffic.done)
		traffic.sent = s.run(answers, tokens)
	}()
	return traffic, nil
}

// Stop ends the traffic and gives all requests once the last is answered, or the context
// ends: those that are not answered by then count as failed. It may be called again.
func (t *Traffic) Stop(ctx context.Context) Sent {
	t.stop()
	select {
	case <-t.done:
	case <-ctx.Done():
	}
	t.cut()
	<-t.done
	return t.sent
}

// patience is how long an answer is waited for where the client has no limit.
const patience = 30 * time.Second

func (s *sender) run(ctx context.Context, tokens <-chan struct{}) Sent {
	sent := Sent{parameter: s.parameter}
	run := randomID(4)
	var (
		mu      sync.Mutex
		workers sync.WaitGroup
		next    int
	)
	for range s.concurrency {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for range tokens {
				mu.Lock()
				next++
				marker := fmt.Sprintf("spantest-%s-%d", run, next)
				mu.Unlock()
				request := s.send(ctx, marker)
				mu.Lock()
				sent.requests = append(sent.requests, request)
				mu.Unlock()
			}
		}()
	}
	workers.Wait()
	return sent
}

func randomID(bytes int) string {
	id := make([]byte, bytes)
	_, _ = rand.Read(id) // never fails, by its contract
	id[0] |= 1           // an id of zeros is none
	return hex.EncodeToString(id)
}

// mark gives a request what finds its trace.
func (s *sender) markRequest(asked *http.Request, request *Request, marker string) {
	switch s.mark {
	case inTraceparent:
		request.TraceID = randomID(16)
		asked.Header.Set("Traceparent", "00-"+request.TraceID+"-"+randomID(8)+"-01")
	case inB3:
		request.TraceID = randomID(16)
		asked.Header.Set("X-B3-TraceId", request.TraceID)
		asked.Header.Set("X-B3-SpanId", randomID(8))
		asked.Header.Set("X-B3-Sampled", "1")
	case inHeader:
		request.Marker = marker
		asked.Header.Set("X-Client-Trace-Id", marker)
	case inQuery:
		request.Marker = marker
		// Added to the text, so that what the user wrote is not encoded anew.
		if asked.URL.RawQuery != "" {
			asked.URL.RawQuery += "&"
		}
		asked.URL.RawQuery += url.QueryEscape(s.parameter) + "=" + marker
	}
}

func (s *sender) send(ctx context.Context, marker string) (request Request) {
	request.At = time.Now()
	defer func() { request.Took = time.Since(request.At) }()
	if s.client.Timeout == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url.String(), nil)
	if err != nil {
		request.Failure = withoutURL(err).Error()
		return request
	}
	asked.Header, asked.Host = s.header.Clone(), s.host
	s.markRequest(asked, &request, marker)
	answer, err := s.client.Do(asked)
	if err != nil {
		request.Failure = withoutURL(err).Error()
		return request
	}
	defer func() { _ = answer.Body.Close() }()
	request.Status = answer.StatusCode
	start, err := io.ReadAll(io.LimitReader(answer.Body, 200))
	if err == nil {
		// Proxies end their spans with the answer.
		_, err = io.Copy(io.Discard, answer.Body)
	}
	switch {
	case err != nil:
		request.Failure = withoutURL(err).Error()
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		request.Failure = fmt.Sprintf("status %d: the URL redirects; give the one that it redirects to", answer.StatusCode)
	case answer.StatusCode < 200 || answer.StatusCode >= 300:
		request.Failure = fmt.Sprintf("status %d: %s", answer.StatusCode, start)
	}
	return request
}

// withoutURL leaves out the URL, which may hold a password.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// ByTraceID are requests that something else sent and that were answered, such as a load
// generator: those with these ids of traces, of 32 hexadecimal digits.
func ByTraceID(ids ...string) Sent {
	var sent Sent
	for _, id := range ids {
		sent.requests = append(sent.requests, Request{TraceID: padded(id, 32), Status: http.StatusOK})
	}
	return sent
}

// ByMarker are requests that something else sent and that were answered: those with
// these values of the header x-client-trace-id.
func ByMarker(markers ...string) Sent { return ByQuery("", markers...) }

// ByQuery are requests that something else sent and that were answered: those with these
// values of a parameter of the query. The sources that cannot find them are those of
// [WithQueryMarker].
func ByQuery(parameter string, markers ...string) Sent {
	sent := Sent{parameter: parameter}
	for _, m := range markers {
		sent.requests = append(sent.requests, Request{Marker: m, Status: http.StatusOK})
	}
	return sent
}
