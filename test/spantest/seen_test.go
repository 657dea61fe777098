package spantest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// drawn gives the tree that a failure shows of what came.
func drawn(t *testing.T, spans []spantest.RecordedSpan) (string, bool) {
	t.Helper()
	text := spantest.Judge(spans, spantest.ByTraceID(spans[0].TraceID), spantest.Span("nobody")).String()
	_, tree, found := strings.Cut(text, "the trace that came: ")
	tree, _, _ = strings.Cut(tree, "\n")
	return tree, found
}

// Who does not know the tree reads it in the first failure, as code to copy.
func TestAFailureShowsTheTreeThatCame(t *testing.T) {
	t.Parallel()
	s := &shop{}
	sent, err := spantest.Get(t.Context(), nil, serve(t, s), 1)
	require.NoError(t, err)
	tree, found := drawn(t, s.spans)
	require.True(t, found)
	assert.Equal(t, `spantest.Span("edge.ingress", spantest.Span("checkout.shop", spantest.Span("stock.shop").Times(2, 2)))`, tree)
	_, err = quick.Await(within(t, time.Minute), s, sent,
		spantest.Span("edge.ingress", spantest.Span("checkout.shop", spantest.Span("stock.shop").Times(2, 2))))
	require.NoError(t, err, "it is the tree of that trace")

	// A name that holds what patterns are made of.
	root := spantest.RecordedSpan{TraceID: s.spans[0].TraceID, ID: "1", Service: `odd*"name`, Kind: "Server"}
	tree, _ = drawn(t, []spantest.RecordedSpan{root})
	assert.Equal(t, `spantest.Span(spantest.Literal("odd*\"name"))`, tree)

	// A span is missing between: the tree would be another one.
	_, found = drawn(t, slices.Concat(s.spans[:2], s.spans[3:]))
	assert.False(t, found)
	// Too many to read.
	many := []spantest.RecordedSpan{root}
	for i := range 60 {
		many = append(many, spantest.RecordedSpan{
			TraceID: root.TraceID, ID: strings.Repeat("a", i+2), Parent: "1", Service: "s" + strings.Repeat("x", i), Kind: "Server",
		})
	}
	_, found = drawn(t, many)
	assert.False(t, found)
	many = many[:11]
	_, found = drawn(t, many)
	assert.True(t, found)
}
