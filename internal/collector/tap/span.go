package tap

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
)

// The kinds of spans that proxies make: of a request that they took, and of
// one that they sent.
const (
	Server = "server"
	Client = "client"
)

// Span is what is kept of a span. What a proxy did not say is empty.
type Span struct {
	Trace    string `json:"trace"`              // hexadecimal
	ID       string `json:"id"`                 // hexadecimal
	Parent   string `json:"parent,omitempty"`   // hexadecimal; empty for the first of a trace
	Kind     string `json:"kind,omitempty"`     // [Server] or [Client]
	Name     string `json:"name,omitempty"`     // such as reviews.default.svc.cluster.local:9080/*
	Service  string `json:"service,omitempty"`  // of the proxy, such as reviews.default
	Node     string `json:"node,omitempty"`     // of the proxy, TYPE~IP~POD.NAMESPACE~DOMAIN
	Revision string `json:"revision,omitempty"` // of the workload, such as v2
	Request  string `json:"request,omitempty"`  // x-request-id
	Client   string `json:"client,omitempty"`   // x-client-trace-id
	Upstream string `json:"upstream,omitempty"` // cluster that it was sent to
	Start    uint64 `json:"start"`              // nanoseconds since 1970
	End      uint64 `json:"end"`
}

// tags are what Envoy calls those that are kept
// (source/common/tracing/http_tracer_impl.cc), and Istio's own one.
func (s *Span) tag(name string) *string {
	switch name {
	case "node_id":
		return &s.Node
	case "guid:x-request-id":
		return &s.Request
	case "guid:x-client-trace-id":
		return &s.Client
	case "upstream_cluster.name", "upstream_cluster":
		return &s.Upstream
	case "istio.canonical_revision":
		return &s.Revision
	default:
		return nil
	}
}

// longest bounds each text, and so the memory of all.
const longest = 250

func bounded(text string) string {
	if len(text) > longest {
		text = text[:longest]
	}
	// Workloads write it, and terminals show it.
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	// Its own copy: the message that it stands in is let go.
	return strings.Clone(text)
}

// spansOf takes a request of OTLP apart.
func spansOf(request *collectortrace.ExportTraceServiceRequest) []Span {
	var spans []Span
	for _, resource := range request.GetResourceSpans() {
		service := ""
		for _, a := range resource.GetResource().GetAttributes() {
			if a.GetKey() == "service.name" {
				service = bounded(a.GetValue().GetStringValue())
			}
		}
		for _, scope := range resource.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				spans = append(spans, newSpan(service, s))
			}
		}
	}
	return spans
}

func newSpan(service string, from *tracev1.Span) Span {
	s := Span{
		Trace: id(from.GetTraceId(), 16), ID: id(from.GetSpanId(), 8), Parent: id(from.GetParentSpanId(), 8), Name: bounded(from.GetName()),
		Service: service, Start: from.GetStartTimeUnixNano(), End: from.GetEndTimeUnixNano(),
	}
	switch from.GetKind() {
	case tracev1.Span_SPAN_KIND_SERVER:
		s.Kind = Server
	case tracev1.Span_SPAN_KIND_CLIENT:
		s.Kind = Client
	default:
	}
	for _, a := range from.GetAttributes() {
		if at := s.tag(a.GetKey()); at != nil && *at == "" {
			*at = bounded(text(a))
		}
	}
	return s
}

func text(a *commonv1.KeyValue) string { return a.GetValue().GetStringValue() }

// id writes an id of so many bytes; one of another length, or of zeros alone,
// is none (OTLP, "All zero bytes is considered invalid").
func id(bytes []byte, length int) string {
	zero := true
	for _, b := range bytes {
		zero = zero && b == 0
	}
	if len(bytes) != length || zero {
		return ""
	}
	return hex.EncodeToString(bytes)
}

// ErrAnswer says that an answer is none of a tap's.
var ErrAnswer = errors.New("this is no answer of the collector's tap")

// Read reads an answer of a tap. Its error is [ErrAnswer] with the line, and
// does not repeat what stands there.
func Read(answer []byte) (Head, []Span, error) {
	var head Head
	var spans []Span
	lines := json.NewDecoder(bytes.NewReader(answer))
	for n := 1; ; n++ {
		var into any = &head
		if n > 1 {
			spans = append(spans, Span{})
			into = &spans[len(spans)-1]
		}
		err := lines.Decode(into)
		switch {
		case errors.Is(err, io.EOF) && n > 1:
			return head, spans[:len(spans)-1], nil
		case err != nil:
			return Head{}, nil, fmt.Errorf("%w: line %d", ErrAnswer, n)
		case n > 1 && !spans[len(spans)-1].valid():
			return Head{}, nil, fmt.Errorf("%w: line %d has no ids", ErrAnswer, n)
		}
	}
}

// valid tells whether a span can stand in a tree.
func (s *Span) valid() bool { return s.Trace != "" && s.ID != "" && s.ID != s.Parent }
