package trace

import (
	"bufio"
	"bytes"
	"fmt"
	"net/url"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Parameter is the name of the query parameter that holds a request's marker.
const Parameter = "e2e"

// Span is one span, as far as a tree of Bookinfo's needs it.
type Span struct {
	// TraceID, ID and Parent are hexadecimal; Parent is empty for a root.
	TraceID, ID, Parent string
	// Name is the operation, Service the resource's service.name.
	Name, Service string
	// Kind is Server, Client or another of OpenTelemetry's kinds.
	Kind string
	// Revision is the proxy's istio.canonical_revision, such as v2.
	Revision string
	// Marker is that of the request, where the span tells its URL.
	Marker string
	// Status is the HTTP status code, as text.
	Status string
}

// Read takes every span of data, which holds one OTLP request in JSON a line, as
// the collector's file exporter writes them. The error names the line.
func Read(data []byte) ([]Span, error) {
	var spans []Span
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	var decoder ptrace.JSONUnmarshaler
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		traces, err := decoder.UnmarshalTraces(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d of the satellite's file: %w", n, err)
		}
		spans = append(spans, flatten(traces)...)
	}
	return spans, lines.Err()
}

func flatten(traces ptrace.Traces) []Span {
	var spans []Span
	for _, resource := range traces.ResourceSpans().All() {
		service := attribute(resource.Resource().Attributes(), "service.name")
		for _, scope := range resource.ScopeSpans().All() {
			for _, s := range scope.Spans().All() {
				spans = append(spans, Span{
					TraceID:  s.TraceID().String(),
					ID:       s.SpanID().String(),
					Parent:   s.ParentSpanID().String(),
					Name:     s.Name(),
					Service:  service,
					Kind:     s.Kind().String(),
					Revision: attribute(s.Attributes(), "istio.canonical_revision"),
					Marker:   marker(attribute(s.Attributes(), "http.url")),
					Status:   attribute(s.Attributes(), "http.status_code"),
				})
			}
		}
	}
	return spans
}

func attribute(attributes pcommon.Map, name string) string {
	v, ok := attributes.Get(name)
	if !ok {
		return ""
	}
	return v.AsString()
}

func marker(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Query().Get(Parameter)
}
