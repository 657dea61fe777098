package traffic

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	resourcev1 "go.opentelemetry.io/proto/otlp/resource/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// SpansPerCall is the number at which Envoy's OpenTelemetry tracer sends, unless
// its runtime key tracing.opentelemetry.min_flush_spans says otherwise.
const SpansPerCall = 5

// Proxies send spans, each over a connection of its own, one call at a time.
type Proxies struct {
	// Address is that of the collector.
	Address string
	// Count is the number of proxies.
	Count int
	// CallsPerSecond is the number of calls that all of them send in a second.
	CallsPerSecond int
	// TLS is that of the connections; nil: plain text.
	TLS *tls.Config
}

// Sent is the result of sending.
type Sent struct {
	// Acknowledged are the ids of the spans that the collector accepted.
	Acknowledged []uint64
	// Refused is the number of spans that it did not accept, Reason one of the
	// errors.
	Refused int
	Reason  error
}

// callTimeout is the one that Istio configures for a proxy's export, with room
// for a machine that has other work.
const callTimeout = 20 * time.Second

// Send sends until the context ends. A call that has begun is completed, so that
// every span is either acknowledged or refused. The error is about connections.
func (p Proxies) Send(ctx context.Context) (Sent, error) {
	var (
		sent    Sent
		lock    sync.Mutex
		last    atomic.Uint64
		workers sync.WaitGroup
	)
	// Far from the ids of every other call of Send.
	last.Store(rand.Uint64()) //nolint:gosec // not a secret
	period := time.Duration(p.Count) * time.Second / time.Duration(p.CallsPerSecond)
	security := insecure.NewCredentials()
	if p.TLS != nil {
		security = credentials.NewTLS(p.TLS)
	}
	for number := range p.Count {
		connection, err := grpc.NewClient(p.Address, grpc.WithTransportCredentials(security))
		if err != nil {
			return Sent{}, fmt.Errorf("connect to %s: %w", p.Address, err)
		}
		workers.Go(func() {
			defer func() { _ = connection.Close() }()
			client, request := collectortrace.NewTraceServiceClient(connection), newCall(number)
			// Proxies do not send at the same moment.
			next := time.Now().Add(period * time.Duration(number) / time.Duration(p.Count))
			for waitUntil(ctx, next) {
				next = next.Add(period)
				ids := renumber(request, &last)
				err := export(ctx, client, request)
				lock.Lock()
				if err != nil {
					sent.Refused += len(ids)
					sent.Reason = err
				} else {
					sent.Acknowledged = append(sent.Acknowledged, ids...)
				}
				lock.Unlock()
			}
		})
	}
	workers.Wait()
	return sent, nil
}

func export(ctx context.Context, client collectortrace.TraceServiceClient, request *collectortrace.ExportTraceServiceRequest) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()
	_, err := client.Export(ctx, request)
	return err
}

// waitUntil reports false where the context ends first.
func waitUntil(ctx context.Context, moment time.Time) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Until(moment)):
		return ctx.Err() == nil
	}
}

// newCall makes the request of a proxy, with the resource of its workload.
func newCall(number int) *collectortrace.ExportTraceServiceRequest {
	var spans []*tracev1.Span
	for range SpansPerCall {
		spans = append(spans, &tracev1.Span{
			TraceId: make([]byte, 16), SpanId: make([]byte, 8), ParentSpanId: make([]byte, 8),
			Name: "productpage.default.svc.cluster.local:9080/productpage", Kind: tracev1.Span_SPAN_KIND_SERVER,
			Attributes: keyValues(spanAttributes),
		})
	}
	return &collectortrace.ExportTraceServiceRequest{ResourceSpans: []*tracev1.ResourceSpans{{
		Resource: &resourcev1.Resource{Attributes: keyValues(map[string]string{
			"service.name":           fmt.Sprintf("workload-%d.default", number),
			"telemetry.sdk.language": "cpp", "telemetry.sdk.name": "envoy", "telemetry.sdk.version": "1.36.2/Clean/RELEASE/BoringSSL",
		})},
		ScopeSpans: []*tracev1.ScopeSpans{{Spans: spans}},
	}}}
}

// renumber gives every span of the request a new id, and the current time.
func renumber(request *collectortrace.ExportTraceServiceRequest, last *atomic.Uint64) []uint64 {
	var ids []uint64
	now := uint64(time.Now().UnixNano())
	for _, span := range request.ResourceSpans[0].ScopeSpans[0].Spans {
		id := last.Add(1)
		ids = append(ids, id)
		binary.BigEndian.PutUint64(span.TraceId, id)
		binary.BigEndian.PutUint64(span.SpanId, id)
		span.StartTimeUnixNano, span.EndTimeUnixNano = now, now+uint64(time.Millisecond)
	}
	return ids
}

func keyValues(attributes map[string]string) []*commonv1.KeyValue {
	var list []*commonv1.KeyValue
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		list = append(list, &commonv1.KeyValue{
			Key: key, Value: &commonv1.AnyValue{Value: &commonv1.AnyValue_StringValue{StringValue: attributes[key]}},
		})
	}
	return list
}

// spanAttributes are those of a span of Istio 1.31.
var spanAttributes = map[string]string{
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
