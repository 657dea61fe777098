package spantest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// Methods of a tree change a copy, as trees share parts.
func TestTreesAreNotChanged(t *testing.T) {
	t.Parallel()
	children := []*spantest.Tree{spantest.Span("stock")}
	shared := spantest.Span("checkout", children...).With("a", "1")
	edge, before := spantest.Span("edge", shared), spantest.Span("checkout", children...).With("a", "1")
	children[0] = spantest.Span("another")
	changed := shared.Named("name").OfKind(spantest.KindClient).With("a", "2").With("b", "3").Times(2, 5).One()
	assert.Equal(t, `checkout Client "name" a=2 b=3`+"\n  stock\n", changed.String())
	assert.Equal(t, 4, changed.Count())
	assert.Zero(t, shared.Optional().Count())
	assert.Equal(t, before, shared)
	assert.Equal(t, "edge\n  checkout a=1\n    stock\n", edge.String())
	assert.Equal(t, 3, edge.Count())
}

// Trees fit what they are to fit, and nothing else.
func TestTrees(t *testing.T) {
	t.Parallel()
	span, single := spantest.Span, func(service, kind, name string, below ...*spantest.Tree) *spantest.Tree {
		return spantest.Span(service, below...).OfKind(kind).Named(spantest.Literal(name)).One()
	}
	const checkout, stock = "checkout.shop.svc.cluster.local:80/*", "stock.shop.svc.cluster.local:80/*"
	call := func() *spantest.Tree {
		return single("checkout.shop", "Client", stock, single("stock.shop", "Server", stock))
	}
	exact := func(below ...*spantest.Tree) *spantest.Tree {
		return single("edge.ingress", "Server", checkout,
			single("edge.ingress", "Client", "router outbound|80||checkout.shop.svc.cluster.local; egress", single("checkout.shop", "Server", checkout, below...)))
	}
	require.Equal(t, 7, exact(call(), call()).Count())
	cases := map[string]struct {
		trees []*spantest.Tree
		ok    bool
	}{
		"globs":                       {[]*spantest.Tree{span("e*e.ing*", span("check?ut", span("*").Times(2, 2)))}, true},
		"a dot needs the namespace":   {[]*spantest.Tree{span("edge.shop", span("checkout", span("stock").Times(2, 2)))}, false},
		"upper case":                  {[]*spantest.Tree{span("EDGE", span("checkout", span("stock").Times(2, 2)))}, true},
		"what may be missing":         {[]*spantest.Tree{span("edge", span("checkout", span("stock").Times(2, 2), span("cache").Optional()))}, true},
		"a pattern after a name":      {[]*spantest.Tree{span("edge", span("checkout", span("*").Optional(), span("stock")))}, true},
		"one of two":                  {[]*spantest.Tree{span("edge"), span("edge", span("checkout", span("stock").Times(2, 2)))}, true},
		"a name that some span has":   {[]*spantest.Tree{span("edge", span("checkout", span("stock").Times(2, 2)).Named("stock.*"))}, true},
		"a name that none has":        {[]*spantest.Tree{span("edge", span("checkout", span("stock").Times(2, 2)).Named("pay.*"))}, false},
		"every span":                  {[]*spantest.Tree{exact(call(), call())}, true},
		"every span but a call":       {[]*spantest.Tree{exact(call())}, false},
		"a star that is only a star":  {[]*spantest.Tree{span("edge", span("checkout", span("stock").Times(2, 2)).Named(`\*`))}, false},
		"a question mark is not none": {[]*spantest.Tree{span("edge?", span("checkout", span("stock").Times(2, 2)))}, false},
	}
	s := &shop{}
	sent, err := spantest.Get(t.Context(), nil, serve(t, s), 2)
	require.NoError(t, err)
	for name, c := range cases {
		report := spantest.Judge(s.spans, sent, c.trees...)
		assert.Equal(t, c.ok, report.Complete == 2, "%s: %s", name, report)
	}
}

// With Zipkin's headers a server's span has the id of its client's.
func TestSharedIDs(t *testing.T) {
	t.Parallel()
	s := &shop{}
	sent, err := spantest.Get(t.Context(), nil, serve(t, s), 1)
	require.NoError(t, err)
	trace := s.spans[0].TraceID
	of := func(id, parent, service, kind string) spantest.RecordedSpan {
		return spantest.RecordedSpan{TraceID: trace, ID: id, Parent: parent, Service: service, Kind: kind}
	}
	tree := spantest.Span("a", spantest.Span("b", spantest.Span("c")))
	report := spantest.Judge([]spantest.RecordedSpan{
		of("1", "", "a", "Server"), of("2", "1", "a", "Client"), of("2", "1", "b", "Server"), of("3", "2", "b", "Client"), of("3", "2", "c", "Server"),
	}, sent, tree)
	assert.Equal(t, 1, report.Complete, "%s", report)
	circle := spantest.Judge([]spantest.RecordedSpan{of("1", "2", "a", "Server"), of("2", "1", "b", "Server")}, sent, tree)
	assert.Zero(t, circle.Complete)
}

// A service that calls itself has two hops.
func TestAServiceThatCallsItself(t *testing.T) {
	t.Parallel()
	s := &shop{}
	sent, err := spantest.Get(t.Context(), nil, serve(t, s), 1)
	require.NoError(t, err)
	of := func(id, parent, kind string) spantest.RecordedSpan {
		return spantest.RecordedSpan{TraceID: s.spans[0].TraceID, ID: id, Parent: parent, Service: "a.n", Kind: kind}
	}
	spans := []spantest.RecordedSpan{of("1", "", "Server"), of("2", "1", "Client"), of("3", "2", "Server")}
	assert.Equal(t, 1, spantest.Judge(spans, sent, spantest.Span("a", spantest.Span("a"))).Complete)
	assert.Zero(t, spantest.Judge(spans, sent, spantest.Span("a")).Complete)
}
