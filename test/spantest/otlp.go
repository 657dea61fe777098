package spantest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// document is OTLP in JSON: a request, as the collector's file exporter writes it, or a
// trace, as Tempo answers.
type document struct {
	ResourceSpans, Batches []resourceSpans
	Trace                  *document
}

type resourceSpans struct {
	Resource                                struct{ Attributes []attribute }
	ScopeSpans, InstrumentationLibrarySpans []struct{ Spans []otlpSpan }
}

type otlpSpan struct {
	TraceID, SpanID, ParentSpanID, Name string
	Kind                                any // a number or a name
	Attributes                          []attribute
}

type attribute struct {
	Key   string
	Value map[string]json.RawMessage
}

// text gives the value as text; arrays and the like as their JSON.
func (a attribute) text() string {
	for _, value := range a.Value {
		var text string
		if json.Unmarshal(value, &text) == nil {
			return text
		}
		return string(value)
	}
	return ""
}

func texts(of []attribute) map[string]string {
	all := make(map[string]string, len(of))
	for _, a := range of {
		all[a.Key] = a.text()
	}
	return all
}

// ParseOTLP reads spans of OTLP in JSON, one request a line, as the file exporter of an
// OpenTelemetry Collector writes them. The error names the line.
func ParseOTLP(lines []byte) ([]RecordedSpan, error) {
	var spans []RecordedSpan
	n := 0
	for line := range bytes.SplitSeq(lines, []byte("\n")) {
		n++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		some, err := otlp(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		spans = append(spans, some...)
	}
	return spans, nil
}

func otlp(text []byte) ([]RecordedSpan, error) {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("this is not OTLP in JSON: %w", err)
	}
	if d.Trace != nil {
		d = *d.Trace
	}
	var spans []RecordedSpan
	for _, resource := range append(d.ResourceSpans, d.Batches...) {
		of := texts(resource.Resource.Attributes)
		for _, scope := range append(resource.ScopeSpans, resource.InstrumentationLibrarySpans...) {
			for _, s := range scope.Spans {
				span := RecordedSpan{
					TraceID: idOf(s.TraceID, 16), ID: idOf(s.SpanID, 8), Parent: idOf(s.ParentSpanID, 8),
					Service: of["service.name"], Name: s.Name, Kind: kindOf(fmt.Sprint(s.Kind)), Attributes: texts(s.Attributes), Resource: of,
				}
				spans = append(spans, span)
			}
		}
	}
	return spans, nil
}

// idOf gives an id in hexadecimal, which OTLP has, or of base64, which Tempo answers.
func idOf(text string, bytes int) string {
	if len(text) != 2*bytes {
		if id, err := base64.StdEncoding.DecodeString(text); err == nil && len(id) == bytes {
			text = hex.EncodeToString(id)
		}
	}
	if strings.Trim(text, "0") == "" {
		return ""
	}
	return padded(text, 2*bytes)
}

// kinds are the numbers of OTLP.
var kinds = map[string]string{"1": "Internal", "2": KindServer, "3": KindClient, "4": "Producer", "5": "Consumer"}

// kindOf reads a kind as OTLP, Jaeger and Zipkin write it.
func kindOf(text string) string {
	if kind, ok := kinds[text]; ok {
		return kind
	}
	text = strings.TrimPrefix(strings.ToUpper(text), "SPAN_KIND_")
	for _, kind := range kinds {
		if strings.EqualFold(kind, text) {
			return kind
		}
	}
	return ""
}
