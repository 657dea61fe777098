package spantest_test

import (
	"fmt"
	"testing"
	"time"

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

// judged gives what is wrong with the trace of one request: edges are PARENT/CHILD by name, and the service of a name is
// its first letter.
func judged(t *testing.T, tree *spantest.Tree, edges ...[2]string) spantest.Report {
	t.Helper()
	const trace = "0af7651916cd43dd8448eb211c80319c"
	var spans []spantest.RecordedSpan
	for _, e := range edges {
		spans = append(spans, spantest.RecordedSpan{TraceID: trace, ID: e[1], Parent: e[0], Service: e[1][:1] + ".n", Kind: "Server"})
	}
	return spantest.Judge(spans, spantest.ByTraceID(trace), tree)
}

// Of several that a hop could be, it is the one with which the trace is as expected, whatever their order.
func TestHopsAreWhatFitsBest(t *testing.T) {
	t.Parallel()
	span := spantest.Span
	x, y, z := span("a", span("x")), span("a", span("y")), span("a", span("z"))
	both := span("a", span("x").Optional(), span("y").Optional())
	g, ax, ay, az := [2]string{"", "g"}, [2]string{"g", "a1"}, [2]string{"g", "a2"}, [2]string{"g", "a3"}
	toX, toY, toZ := [2]string{"a1", "x1"}, [2]string{"a2", "y1"}, [2]string{"a3", "z1"}
	for name, c := range map[string]struct {
		tree  *spantest.Tree
		edges [][2]string
		wrong int
	}{
		"one that may be missing takes none of another": {span("g", x.Optional(), y), [][2]string{g, ay, toY}, 0},
		"the other order": {span("g", y, x.Optional()), [][2]string{g, ay, toY}, 0},
		"both are there":  {span("g", x.Optional(), y), [][2]string{g, ax, toX, ay, toY}, 0},
		"what takes any of both leaves the only one": {span("g", both, x), [][2]string{g, ax, toX, ay, toY}, 0},
		"a chain of three":                           {span("g", span("a", span("*")), both, x), [][2]string{g, ax, toX, ay, toY, az, toZ}, 0},
		"as many as there are":                       {span("g", x.Times(0, spantest.Unlimited), y.Times(1, 2), z.Optional()), [][2]string{g, ax, toX, ay, toY, az, toZ}, 0},
		"nothing fits":                               {span("g", x.Optional(), y), [][2]string{g, az, toZ}, 2},
		"one is missing":                             {span("g", x.Optional(), y, z), [][2]string{g, ax, toX, az, toZ}, 1},
		"below, too":                                 {span("g", span("b", x.Optional(), y)), [][2]string{g, {"g", "b1"}, {"b1", "a2"}, toY}, 0},
	} {
		report := judged(t, c.tree, c.edges...)
		assert.Len(t, report.Results[0].Problems, c.wrong, "%s: %s", name, report)
	}
}

// The number of ways to put many alike is no matter.
func TestManyAlikeAreJudgedFast(t *testing.T) {
	t.Parallel()
	for _, count := range []int{50, 400} {
		want, edges := []*spantest.Tree{}, [][2]string{{"", "g"}}
		for i := range count {
			want = append(want, spantest.Span("a", spantest.Span("x").Optional(), spantest.Span("y").Times(i%2, 1)))
			a := fmt.Sprintf("a%d", i)
			edges = append(edges, [2]string{"g", a}, [2]string{a, fmt.Sprintf("z%d", i)})
		}
		begun := time.Now()
		assert.Zero(t, judged(t, spantest.Span("g", want...), edges...).Complete)
		assert.Less(t, time.Since(begun), 20*time.Second, "%d", count)
		begun = time.Now()
		all := spantest.Span("a", spantest.Span("*")).Times(0, spantest.Unlimited)
		assert.Equal(t, 1, judged(t, spantest.Span("g", all), edges...).Complete)
		assert.Less(t, time.Since(begun), 20*time.Second, "%d", count)
	}
}

// Judge needs what Await needs: without trees nothing is as expected.
func TestJudgeNeedsTrees(t *testing.T) {
	t.Parallel()
	const trace = "0af7651916cd43dd8448eb211c80319c"
	spans := []spantest.RecordedSpan{{TraceID: trace, ID: "1", Service: "g.n", Kind: "Server"}}
	for says, trees := range map[string][]*spantest.Tree{
		"no tree is given":  nil,
		"a tree is nil":     {spantest.Span("g"), nil},
		"names no service":  {spantest.Span("")},
		"expected 0 times:": {spantest.Span("g", spantest.Span("a").Times(0, 0))},
	} {
		report := spantest.Judge(spans, spantest.ByTraceID(trace), trees...)
		assert.Equal(t, 1, report.Requests)
		assert.Zero(t, report.Complete, says)
		assert.Equal(t, 1, report.Spans)
		assert.Contains(t, report.String(), says)
		assert.NotContains(t, report.String(), "likely")
		assert.Contains(t, spantest.Judge(nil, spantest.ByTraceID(trace), trees...).String(), says)
	}
}
