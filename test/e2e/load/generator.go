package load

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Generator sends spans by OTLP/gRPC, as proxies do, from some connections at
// once.
type Generator struct {
	// Address is that of the collectors.
	Address string
	// Connections is how many there are; each waits for an answer before it sends
	// again. More than collectors, so that each gets some.
	Connections int
	// PerSecond is the number of spans a second that all of them send together; 0
	// for as many as are taken.
	PerSecond float64
	// Renew is after how long each connection is made anew, so that new collectors get
	// some; 0 for never.
	Renew time.Duration
}

// Batch is the number of spans in a call: that at which Envoy's OpenTelemetry
// tracer sends, unless its runtime key tracing.opentelemetry.min_flush_spans says
// otherwise.
const Batch = 5

// Sent is what became of the spans.
type Sent struct {
	Taken, Refused int
	Seconds        float64
	// Reason is one that spans were refused for.
	Reason string
}

// Send sends for so long. The error is about connections; a call that is refused
// is counted.
func (g Generator) Send(ctx context.Context, duration time.Duration) (Sent, error) {
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	var (
		taken, refused atomic.Int64
		reason         atomic.Value
		workers        sync.WaitGroup
	)
	start := time.Now()
	for range g.Connections {
		connection, err := g.connect()
		if err != nil {
			return Sent{}, err
		}
		workers.Go(func() {
			defer func() { _ = connection.Close() }()
			client, made := ptraceotlp.NewGRPCClient(connection), time.Now()
			for next := g.pace(); next(ctx); {
				if g.Renew > 0 && time.Since(made) > g.Renew {
					if again, err := g.connect(); err == nil { // as it was for the first
						_ = connection.Close()
						connection, client, made = again, ptraceotlp.NewGRPCClient(again), time.Now()
					}
				}
				if err := export(ctx, client); err != nil {
					refused.Add(int64(Batch))
					reason.Store(err.Error())
					time.Sleep(10 * time.Millisecond)
					continue
				}
				taken.Add(int64(Batch))
			}
		})
	}
	workers.Wait()
	text, _ := reason.Load().(string)
	return Sent{Taken: int(taken.Load()), Refused: int(refused.Load()), Seconds: time.Since(start).Seconds(), Reason: text}, nil
}

// patience is how long a call may take: longer than a collector that is slow, and a
// collector that is gone must not be waited for without end.
const patience = 30 * time.Second

// export makes a call. One that has begun is waited for, so that each is counted.
func export(ctx context.Context, client ptraceotlp.GRPCClient) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_, err := client.Export(ctx, spans())
	return err
}

func (g Generator) connect() (*grpc.ClientConn, error) {
	connection, err := grpc.NewClient(g.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", g.Address, err)
	}
	return connection, nil
}

// pace gives what waits for a connection's next call, and says whether there is
// to be one. A call that is late is made at once, so that the rate is kept where
// answers take their time.
func (g Generator) pace() func(context.Context) bool {
	if g.PerSecond == 0 {
		return func(ctx context.Context) bool { return ctx.Err() == nil }
	}
	every := time.Duration(float64(time.Second) * float64(Batch*g.Connections) / g.PerSecond)
	// Not all of them in the same moment.
	at := time.Now().Add(time.Duration(mathrand.Int64N(int64(every))))
	return func(ctx context.Context) bool {
		wait := time.Until(at)
		at = at.Add(every)
		select {
		case <-time.After(wait):
			return ctx.Err() == nil
		case <-ctx.Done():
			return false
		}
	}
}

// spans are as many as a call holds, each with the attributes that Istio's
// proxies give one.
func spans() ptraceotlp.ExportRequest {
	traces := ptrace.NewTraces()
	resource := traces.ResourceSpans().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "load.default")
	list := resource.ScopeSpans().AppendEmpty().Spans()
	list.EnsureCapacity(Batch)
	now := time.Now()
	for range Batch {
		span := list.AppendEmpty()
		var trace pcommon.TraceID
		var id pcommon.SpanID
		_, _ = rand.Read(trace[:]) // never fails
		_, _ = rand.Read(id[:])
		span.SetTraceID(trace)
		span.SetSpanID(id)
		span.SetName("productpage.default.svc.cluster.local:9080/productpage")
		span.SetKind(ptrace.SpanKindServer)
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(now))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(now.Add(time.Millisecond)))
		for key, value := range attributes {
			span.Attributes().PutStr(key, value)
		}
	}
	return ptraceotlp.NewExportRequestFromTraces(traces)
}

// attributes are those of a span of Istio 1.31, by their names and lengths.
var attributes = map[string]string{
	"node_id":                  "sidecar~10.244.0.15~productpage-v1-d4fbf7d9-kxxwc.default~default.svc.cluster.local",
	"component":                "proxy",
	"zone":                     "",
	"guid:x-request-id":        "6e2f7b0e-3b62-9d0b-8f9a-0c2f1f6f2a11",
	"http.url":                 "http://bookinfo.example/productpage",
	"http.method":              "GET",
	"http.protocol":            "HTTP/1.1",
	"http.status_code":         "200",
	"user_agent":               "Go-http-client/1.1",
	"request_size":             "0",
	"response_size":            "5183",
	"response_flags":           "-",
	"downstream_cluster":       "-",
	"upstream_cluster":         "inbound|9080||",
	"upstream_cluster.name":    "inbound|9080||;",
	"peer.address":             "10.244.0.10",
	"istio.canonical_revision": "v1",
	"istio.canonical_service":  "productpage",
	"istio.cluster_id":         "Kubernetes",
	"istio.mesh_id":            "cluster.local",
	"istio.namespace":          "default",
}
