package trace_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/trace"
)

var bookinfo = trace.Bookinfo{Namespace: "default", RouterSpan: true}

// spansOf makes the spans of one request out of the tree that is wanted.
func spansOf(marker, traceID, reviews string) []trace.Span {
	var spans []trace.Span
	var walk func(n *trace.Node, parent string)
	walk = func(n *trace.Node, parent string) {
		s := n.Span
		s.TraceID, s.ID, s.Parent = traceID, fmt.Sprintf("%s-%d", traceID, len(spans)), parent
		if parent == "" {
			s.Marker = marker
		}
		if strings.HasPrefix(s.Service, "reviews.") {
			s.Revision = reviews
		}
		spans = append(spans, s)
		for _, c := range n.Children {
			walk(c, s.ID)
		}
	}
	walk(bookinfo.Tree(reviews), "")
	return spans
}

func TestNumberOfSpans(t *testing.T) {
	t.Parallel()
	old := trace.Bookinfo{Namespace: "default"}
	assert.Equal(t, 9, bookinfo.Tree("v3").Count())
	assert.Equal(t, 7, bookinfo.Tree("v1").Count())
	assert.Equal(t, 8, old.Tree("v2").Count())
	assert.Equal(t, 6, old.Tree("v1").Count())
}

func TestCompleteTraces(t *testing.T) {
	t.Parallel()
	spans := append(spansOf("a", "1", "v1"), spansOf("b", "2", "v3")...)
	spans = append(spans, spansOf("not ours", "3", "v2")[:4]...)
	report := bookinfo.Check(spans, []string{"a", "b"})
	require.NoError(t, report.Err())
	assert.Equal(t, 16, report.Received)
	assert.Equal(t, 16, report.Expected)
	assert.Equal(t, map[string]int{"v1": 1, "v3": 1}, report.Reviews())
}

func TestBrokenTraces(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		spans func() []trace.Span
		says  []string
	}{
		"nothing came": {
			func() []trace.Span { return nil },
			[]string{"1 requests have no span at all", "no proxy delivers anything"},
		},
		"the gateway is missing": {
			func() []trace.Span {
				spans := spansOf("", "1", "v2")
				return spans[2:]
			},
			[]string{"no span at all", "the gateway alone delivers nothing"},
		},
		"v2 without its ratings": {
			func() []trace.Span { return spansOf("a", "1", "v2")[:7] },
			[]string{`missing below reviews.default Server`, "7 of 9 spans"},
		},
		"one came twice": {
			func() []trace.Span {
				spans := spansOf("a", "1", "v2")
				return append(spans, spans[4])
			},
			[]string{"came more than once: details.default Server", "sent again", "1 doubled"},
		},
		"a server that is no child of its client": {
			func() []trace.Span {
				spans := spansOf("a", "1", "v1")
				spans[4].Parent = spans[0].ID
				return spans
			},
			[]string{
				`missing below productpage.default Client "details.default.svc.cluster.local:9080/*": details.default Server`,
				`not expected below istio-ingressgateway.istio-system Server`,
			},
		},
		"headers that are not forwarded": {
			func() []trace.Span {
				spans := spansOf("a", "1", "v2")
				for i := range spans[2:] {
					spans[2+i].TraceID = "2"
				}
				spans[2].Marker, spans[2].Parent = "a", ""
				return spans
			},
			[]string{"in 2 traces, not in one", "does not forward the tracing headers"},
		},
		"a retry": {
			func() []trace.Span {
				spans := spansOf("a", "1", "v1")
				again := spans[5]
				again.ID = "again"
				return append(spans, again)
			},
			[]string{`not expected below productpage.default Server`},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := bookinfo.Check(c.spans(), []string{"a"})
			require.Error(t, report.Err())
			assert.Equal(t, []string{"a"}, report.Incomplete())
			for _, says := range c.says {
				assert.ErrorContains(t, report.Err(), says)
			}
		})
	}
}

// TestRecorded judges what a real satellite wrote: see README.md there.
func TestRecorded(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../../spantest/testdata/istio-1.31.jsonl")
	require.NoError(t, err)
	spans, err := trace.Read(data)
	require.NoError(t, err)
	report := bookinfo.Check(spans, []string{"recorded-0", "recorded-1", "recorded-2"})
	require.NoError(t, report.Err())
	assert.Len(t, report.Reviews(), 3)
}

func TestReadNamesTheLine(t *testing.T) {
	t.Parallel()
	_, err := trace.Read([]byte("{}\n\n{\n"))
	assert.ErrorContains(t, err, "line 3")
}
