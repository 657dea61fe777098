package spantest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// In place of the mesh and its backend the examples have a server that answers requests
// and keeps the spans that proxies would make.
func ExampleAwait() {
	mesh := &shop{}
	gateway := httptest.NewServer(mesh)
	defer gateway.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	sent, err := spantest.Get(ctx, nil, gateway.URL+"/checkout?cart=1", 20)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := spantest.Await(ctx, mesh, sent,
		spantest.Span("edge", spantest.Span("checkout", spantest.Span("stock").Times(1, spantest.Unlimited))))
	fmt.Println(report, err)
	// Output: 20 of 20 requests have exactly the expected trace; 140 spans, 0 doubled <nil>
}

// The gateway begins the traces, as it does for a browser. The checkout may ask a cache.
func ExampleWithMarker() {
	mesh := &shop{}
	gateway := httptest.NewServer(mesh)
	defer gateway.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	sent, err := spantest.Get(ctx, nil, gateway.URL, 2, spantest.WithMarker(), spantest.WithHost("shop.example"))
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := spantest.Await(ctx, mesh, sent, spantest.Span("edge.*",
		spantest.Span("checkout.shop",
			spantest.Span("stock.*").With("http.status_code", "200").Times(1, 3),
			spantest.Span("cache").Optional())))
	fmt.Println(report.Complete, err)
	// Output: 2 <nil>
}

// A failure names the hop whose spans are missing.
func ExampleJudge() {
	mesh := &shop{lose: func(_ int, s spantest.RecordedSpan) bool { return s.Service == "stock.shop" }}
	gateway := httptest.NewServer(mesh)
	defer gateway.Close()
	sent, err := spantest.Get(context.Background(), nil, gateway.URL, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	report := spantest.Judge(mesh.spans, sent, spantest.Span("edge", spantest.Span("checkout", spantest.Span("stock"))))
	fmt.Println(report.Results[0].Problems[0])
	// Output: missing below checkout.shop Server "checkout.shop.svc.cluster.local:80/*": stock; the call to it is there, so its own proxy sent no span or began a trace of its own
}
