package backend

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	resourcev1 "go.opentelemetry.io/proto/otlp/resource/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// What a marked span is called in the backend.
const (
	MarkedService = "istio-lightstep-test" // its service
	MarkedSpan    = "helm test"            // its name
)

// TraceID is the id of a trace, not all zero.
type TraceID [16]byte

// NewTraceID gives a random id.
func NewTraceID() TraceID {
	var id TraceID
	_, _ = rand.Read(id[:]) // It never fails (crypto/rand).
	return id
}

// ParseTraceID reads an id of 32 hexadecimal digits.
func ParseTraceID(text string) (TraceID, error) {
	decoded, err := hex.DecodeString(text)
	if err != nil || len(decoded) != len(TraceID{}) || TraceID(decoded) == (TraceID{}) {
		return TraceID{}, fmt.Errorf("%q is no trace id: 32 hexadecimal digits are, not all zero", text)
	}
	return TraceID(decoded), nil
}

// String gives the id in hexadecimal digits.
func (id TraceID) String() string { return hex.EncodeToString(id[:]) }

// sendOTLP sends the marked span as the proxies send theirs, in clear.
func sendOTLP(ctx context.Context, address string, id TraceID, now time.Time) error {
	conn, err := newClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // the answer is in
	text := func(s string) *commonv1.AnyValue {
		return &commonv1.AnyValue{Value: &commonv1.AnyValue_StringValue{StringValue: s}}
	}
	span := &tracev1.Span{
		TraceId: id[:], SpanId: id[8:], Name: MarkedSpan, Kind: tracev1.Span_SPAN_KIND_INTERNAL,
		StartTimeUnixNano: uint64(now.Add(-time.Millisecond).UnixNano()),
		EndTimeUnixNano:   uint64(now.UnixNano()),
	}
	answer, err := collectortrace.NewTraceServiceClient(conn).Export(ctx, &collectortrace.ExportTraceServiceRequest{
		ResourceSpans: []*tracev1.ResourceSpans{{
			Resource:   &resourcev1.Resource{Attributes: []*commonv1.KeyValue{{Key: "service.name", Value: text(MarkedService)}}},
			ScopeSpans: []*tracev1.ScopeSpans{{Spans: []*tracev1.Span{span}}},
		}},
	})
	switch {
	case err != nil:
		return fmt.Errorf("%s: %s", status.Code(err), status.Convert(err).Message())
	case answer.GetPartialSuccess().GetRejectedSpans() > 0:
		return errors.New(answer.GetPartialSuccess().GetErrorMessage())
	}
	return nil
}

// zipkinSpan is a span as Zipkin's API v2 has it.
type zipkinSpan struct {
	TraceID   string         `json:"traceId"`
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Timestamp int64          `json:"timestamp"` // microseconds
	Duration  int64          `json:"duration"`  // microseconds
	Endpoint  zipkinEndpoint `json:"localEndpoint"`
}

type zipkinEndpoint struct {
	ServiceName string `json:"serviceName"`
}

// sendZipkin sends the marked span as the proxies of Istio 1.15 and 1.16.0 do.
func sendZipkin(ctx context.Context, address string, id TraceID, now time.Time) error {
	body, err := json.Marshal([]zipkinSpan{{
		TraceID: id.String(), ID: hex.EncodeToString(id[8:]), Name: MarkedSpan,
		Timestamp: now.Add(-time.Millisecond).UnixMicro(), Duration: time.Millisecond.Microseconds(),
		Endpoint: zipkinEndpoint{MarkedService},
	}})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/api/v2/spans", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := directly.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close() //nolint:errcheck // read as far as wanted
	if answer.StatusCode/100 != 2 {
		said, _ := io.ReadAll(io.LimitReader(answer.Body, 4*redact.SaidLength))
		return fmt.Errorf("%s: %s", answer.Status, said)
	}
	return nil
}

// directly asks no proxy of the environment and follows nothing to another
// address.
var directly = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}
