package hops

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
)

// recorded are the spans of three requests for Bookinfo's /productpage, one of
// each version of reviews, as the proxies of Istio 1.31 made them, but for the
// tags node_id and guid:x-request-id.
func recorded(t *testing.T) ([]tap.Span, []Probe) {
	t.Helper()
	type attribute struct {
		Key   string
		Value struct{ StringValue string }
	}
	type line struct {
		ResourceSpans []struct {
			Resource   struct{ Attributes []attribute }
			ScopeSpans []struct {
				Spans []struct {
					TraceID, SpanID, ParentSpanID, Name string
					Kind                                int
					StartTimeUnixNano, EndTimeUnixNano  string
					Attributes                          []attribute
				}
			}
		}
	}
	data, err := os.ReadFile("../../test/spantest/testdata/istio-1.31.jsonl")
	require.NoError(t, err)
	var spans []tap.Span
	var probes []Probe
	value := func(of []attribute, key string) string {
		if i := slices.IndexFunc(of, func(a attribute) bool { return a.Key == key }); i >= 0 {
			return of[i].Value.StringValue
		}
		return ""
	}
	nanoseconds := func(text string) uint64 {
		n, err := strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
		return n
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data))
	for lines.Scan() {
		var l line
		require.NoError(t, json.Unmarshal(lines.Bytes(), &l))
		for _, r := range l.ResourceSpans {
			for _, scope := range r.ScopeSpans {
				for _, s := range scope.Spans {
					span := tap.Span{
						Trace: s.TraceID, ID: s.SpanID, Parent: s.ParentSpanID, Name: s.Name, Kind: map[int]string{2: tap.Server, 3: tap.Client}[s.Kind],
						Service: value(r.Resource.Attributes, "service.name"), Revision: value(s.Attributes, "istio.canonical_revision"),
						Upstream: value(s.Attributes, "upstream_cluster"), Start: nanoseconds(s.StartTimeUnixNano), End: nanoseconds(s.EndTimeUnixNano),
					}
					if spans = append(spans, span); span.Parent == "" {
						probes = append(probes, Probe{Trace: span.Trace, Client: "none", Status: 200})
					}
				}
			}
		}
	}
	require.Len(t, probes, 3)
	return spans, probes
}

func TestRealSpans(t *testing.T) {
	t.Parallel()
	spans, probes := recorded(t)
	r := judged(t, spans, probes)
	assert.Empty(t, r.Problems())
	assert.Contains(t, written(t, r), `  └─ istio-ingressgateway in istio-system
     └─ productpage v1 in default
        ├─ details v1 in default
        ├─ reviews v1 in default  (1 of 3)
        ├─ reviews v2 in default  (1 of 3)
        │  └─ ratings v1 in default  (1 of 3)
        └─ reviews v3 in default  (1 of 3)
           └─ ratings v1 in default  (1 of 3)
`)
}

// TestRealSpansOfABrokenTrace cuts the recorded traces at productpage, and has
// nothing but the recorded times to put them together again.
func TestRealSpansOfABrokenTrace(t *testing.T) {
	t.Parallel()
	spans, probes := recorded(t)
	var cut func(span *tap.Span, trace string)
	cut = func(span *tap.Span, trace string) {
		for i := range spans {
			if spans[i].Trace == span.Trace && spans[i].Parent == span.ID {
				cut(&spans[i], trace)
			}
		}
		span.Trace = trace
	}
	for i := range spans {
		if spans[i].Service == "productpage.default" && spans[i].Kind == tap.Client {
			cut(&spans[i], spans[i].ID+spans[i].ID)
			spans[i].Parent = ""
		}
	}
	r := judged(t, spans, probes)
	assert.Equal(t, []string{"LS-APP-HEADERS workload default/productpage v1"}, subjects(r))
	assert.Empty(t, r.Gaps)
	assert.Empty(t, r.Notes)
	assert.Contains(t, written(t, r), `        ├─ reviews v2 in default  (1 of 3)  ✗ a new trace starts here
        │  └─ ratings v1 in default  (1 of 3)
`)
}
