//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// page is Bookinfo's product page behind the gateway. Each request has a marker in its
// query, and nothing in its headers: tracing starts where it starts for a user.
type page struct {
	url string
	// host is the host name to ask for; empty for the URL's.
	host string
	// concurrency is how many requests are under way at a time; 4 if it is 0.
	concurrency int
	// answered counts what was answered, if it is not nil.
	answered *atomic.Int64
}

// parameter holds the marker.
const parameter = "e2e"

// page is the product page of the application.
func (m *mesh) page() page { return page{url: m.gateway + "/productpage", host: m.host} }

// pageOf is the product page of a Bookinfo: that of the application is behind
// every host name on a cluster of the suite's, others behind their namespace's.
func (m *mesh) pageOf(b bookinfo.Mesh) page {
	of := m.page()
	if b.Namespace != m.Application {
		of.host = b.Namespace + ".example"
	}
	return of
}

// client has connections of its own: one that was open before a change is served by
// the listener of before.
func (p page) client() *http.Client {
	// As long as any of Bookinfo's own time limits.
	var transport http.RoundTripper = &http.Transport{MaxIdleConnsPerHost: max(4, p.concurrency)}
	if p.answered != nil {
		transport = counted{transport, p.answered}
	}
	return &http.Client{Timeout: 20 * time.Second, Transport: transport}
}

// counted counts what is answered.
type counted struct {
	http.RoundTripper
	answered *atomic.Int64
}

// RoundTrip sends a request.
func (c counted) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := c.RoundTripper.RoundTrip(r)
	if err == nil {
		c.answered.Add(1)
	}
	return response, err
}

// CloseIdleConnections is what a client asks its transport for.
func (c counted) CloseIdleConnections() {
	if closer, ok := c.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

func (p page) options() []spantest.RequestOption {
	return []spantest.RequestOption{spantest.WithQueryMarker(parameter), spantest.WithHost(p.host), spantest.WithConcurrency(max(4, p.concurrency))}
}

// Send sends n requests and returns when all are answered or the context ends.
func (p page) Send(ctx context.Context, n int) spantest.Sent {
	client := p.client()
	defer client.CloseIdleConnections()
	sent, _ := spantest.Get(ctx, client, p.url, n, p.options()...) // Sent.Err has it too
	return sent
}

// running is traffic in the background.
type running struct {
	*spantest.Traffic
	client *http.Client
}

// Start sends so many requests a second until it is stopped.
func (p page) Start(ctx context.Context, perSecond float64) *running {
	client := p.client()
	traffic, err := spantest.Start(ctx, client, p.url, perSecond, p.options()...)
	if err != nil {
		panic(err) //nolint:forbidigo // the page's URL is the suite's own
	}
	return &running{traffic, client}
}

// Stop ends the traffic and gives all requests once the last is answered. It may be
// called again.
func (r *running) Stop() spantest.Sent {
	defer r.client.CloseIdleConnections()
	return r.Traffic.Stop(context.Background()) // the client has a limit
}

// Answers waits until the page is answered with status 200 a few times in a row,
// by every version behind it.
func (p page) Answers(ctx context.Context) error {
	const enough = 6
	row := 0
	var last error
	err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		if last = p.Send(ctx, 1).Err(); last != nil {
			row = 0
		} else {
			row++
		}
		return row == enough, nil
	})
	if err != nil {
		return fmt.Errorf("%s is not answered: %w: %w", p.url, err, last)
	}
	return nil
}
