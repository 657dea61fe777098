package spantest_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/spantest"
)

// shop is a mesh of a test's own: a gateway that answers requests and makes the spans
// that proxies make, and the backend that has them.
type shop struct {
	mu      sync.Mutex
	spans   []spantest.Recorded
	queries []string
	headers []http.Header
	// lose says which spans never come; nil loses none.
	lose func(n int, s spantest.Recorded) bool
	// twice sends each span again.
	twice bool
	// once asks for stock once, not twice.
	once bool
	// gateway is its service name; edge.ingress if empty.
	gateway string
	n       int
}

func (s *shop) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	s.queries = append(s.queries, r.URL.RawQuery)
	s.headers = append(s.headers, r.Header)
	trace, parent := fmt.Sprintf("%032x", s.n), ""
	if given := strings.Split(r.Header.Get("Traceparent"), "-"); len(given) == 4 {
		trace, parent = given[1], given[2]
	}
	if given := r.Header.Get("X-B3-Traceid"); given != "" {
		trace, parent = given, r.Header.Get("X-B3-Spanid")
	}
	id := 0
	add := func(service, kind, name, parent string) string {
		id++
		span := spantest.Recorded{
			TraceID: trace, ID: fmt.Sprintf("%08x%08x", s.n, id), Parent: parent, Service: service, Kind: kind, Name: name,
			Attributes: map[string]string{"http.status_code": "200"},
		}
		if id == 1 {
			span.Attributes["http.url"] = "http://" + r.Host + r.URL.String()
			span.Attributes["guid:x-client-trace-id"] = r.Header.Get("X-Client-Trace-Id")
		}
		if s.lose == nil || !s.lose(s.n, span) {
			s.spans = append(s.spans, span)
			if s.twice {
				s.spans = append(s.spans, span)
			}
		}
		return span.ID
	}
	name := s.gateway
	if name == "" {
		name = "edge.ingress"
	}
	gateway := add(name, "Server", "checkout.shop.svc.cluster.local:80/*", parent)
	router := add(name, "Client", "router outbound|80||checkout.shop.svc.cluster.local; egress", gateway)
	checkout := add("checkout.shop", "Server", "checkout.shop.svc.cluster.local:80/*", router)
	calls := 2
	if s.once {
		calls = 1
	}
	for range calls {
		call := add("checkout.shop", "Client", "stock.shop.svc.cluster.local:80/*", checkout)
		add("stock.shop", "Server", "stock.shop.svc.cluster.local:80/*", call)
	}
}

// Spans has the shop as a sink.
func (s *shop) Spans(context.Context, spantest.Query) ([]spantest.Recorded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]spantest.Recorded{}, s.spans...), nil
}

func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func expected() *spantest.Tree {
	return spantest.Span("edge", spantest.Span("checkout", spantest.Span("stock").Times(1, spantest.Unlimited)))
}

// within gives a context in which what is to come comes, on any machine.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

var quick = spantest.Wait{Every: time.Millisecond, Again: time.Millisecond}

func TestEachWayOfMarkingFindsItsTraces(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]spantest.Option{
		"traceparent": nil, "B3": {spantest.B3()}, "the gateway starts": {spantest.GatewayStarts()}, "in the query": {spantest.InQuery("marker")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shop{}
			url := serve(t, s)
			// Of somebody else: they are left out of account.
			_, err := spantest.Get(t.Context(), nil, url, 3)
			require.NoError(t, err)
			sent, err := spantest.Get(t.Context(), nil, url+"/checkout?cart=1&x=%2F", 5, options...)
			require.NoError(t, err)
			report, err := quick.Await(within(t, time.Minute), s, sent, expected())
			require.NoError(t, err)
			assert.Equal(t, 5, report.Requests)
			assert.Equal(t, 5, report.Complete)
			assert.Equal(t, 35, report.Spans)
			for _, query := range s.queries[3:] {
				assert.True(t, strings.HasPrefix(query, "cart=1&x=%2F"), "the query is kept: %s", query)
			}
			if name == "the gateway starts" {
				assert.Empty(t, s.headers[4].Get("Traceparent"))
			}
		})
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	service := func(name, kind string) func(int, spantest.Recorded) bool {
		return func(_ int, s spantest.Recorded) bool { return s.Service == name && s.Kind == kind }
	}
	cases := map[string]struct {
		lose  func(int, spantest.Recorded) bool
		twice bool
		tree  *spantest.Tree
		says  []string
	}{
		"nothing came": {
			lose: func(int, spantest.Recorded) bool { return true },
			says: []string{"0 of 4 requests", "4 requests have no span at all", "doctor mesh"},
		},
		"some came": {
			lose: func(n int, _ spantest.Recorded) bool { return n == 2 },
			says: []string{"3 of 4 requests", "1 requests have no span at all"},
		},
		"a hop is missing": {
			lose: service("stock.shop", "Server"),
			says: []string{"missing below checkout.shop Server", ": stock; the call to it is there", "LS-APP-HEADERS"},
		},
		"a span between is missing": {
			lose: service("checkout.shop", "Server"),
			says: []string{"missing below edge.ingress Server", ": checkout", "because its parent is not there"},
		},
		"each came twice": {
			twice: true,
			says:  []string{"28 spans, 28 doubled", "came more than once: stock.shop Server"},
		},
		"a hop too many": {
			tree: spantest.Span("edge", spantest.Span("checkout", spantest.Span("stock"))),
			says: []string{"not expected below checkout.shop Server", "stock.shop Server"},
		},
		"too few": {
			tree: spantest.Span("edge", spantest.Span("checkout", spantest.Span("stock").Times(3, 3))),
			says: []string{"(2 of 3)"},
		},
		"another attribute": {
			tree: spantest.Span("edge", spantest.Span("checkout", spantest.Span("stock").With("http.status_code", "5*").Times(2, 2))),
			says: []string{"stock http.status_code=5*", "it is there without this name, kind or attribute"},
		},
		"another gateway": {
			tree: spantest.Span("istio-ingressgateway"),
			says: []string{"missing at the root: istio-ingressgateway"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shop{lose: c.lose, twice: c.twice}
			sent, err := spantest.Get(t.Context(), nil, serve(t, s), 4)
			require.NoError(t, err)
			tree := c.tree
			if tree == nil {
				tree = expected()
			}
			report := spantest.Judge(s.spans, sent, tree)
			for _, says := range c.says {
				assert.Contains(t, report.String(), says)
			}
			assert.Less(t, report.Complete, report.Requests)
		})
	}
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
	of := func(id, parent, service, kind string) spantest.Recorded {
		return spantest.Recorded{TraceID: trace, ID: id, Parent: parent, Service: service, Kind: kind}
	}
	tree := spantest.Span("a", spantest.Span("b", spantest.Span("c")))
	report := spantest.Judge([]spantest.Recorded{
		of("1", "", "a", "Server"), of("2", "1", "a", "Client"), of("2", "1", "b", "Server"), of("3", "2", "b", "Client"), of("3", "2", "c", "Server"),
	}, sent, tree)
	assert.Equal(t, 1, report.Complete, "%s", report)
	circle := spantest.Judge([]spantest.Recorded{of("1", "2", "a", "Server"), of("2", "1", "b", "Server")}, sent, tree)
	assert.Zero(t, circle.Complete)
}

// A service that calls itself has two hops.
func TestAServiceThatCallsItself(t *testing.T) {
	t.Parallel()
	s := &shop{}
	sent, err := spantest.Get(t.Context(), nil, serve(t, s), 1)
	require.NoError(t, err)
	of := func(id, parent, kind string) spantest.Recorded {
		return spantest.Recorded{TraceID: s.spans[0].TraceID, ID: id, Parent: parent, Service: "a.n", Kind: kind}
	}
	spans := []spantest.Recorded{of("1", "", "Server"), of("2", "1", "Client"), of("3", "2", "Server")}
	assert.Equal(t, 1, spantest.Judge(spans, sent, spantest.Span("a", spantest.Span("a"))).Complete)
	assert.Zero(t, spantest.Judge(spans, sent, spantest.Span("a")).Complete)
}

func TestAwaitNeedsWhatItJudgesBy(t *testing.T) {
	t.Parallel()
	s := &shop{}
	sent, err := spantest.Get(t.Context(), nil, serve(t, s), 1)
	require.NoError(t, err)
	_, err = spantest.Await(t.Context(), s, sent, expected())
	require.ErrorContains(t, err, "no deadline")
	_, err = spantest.Await(within(t, time.Minute), s, sent)
	require.ErrorContains(t, err, "no tree")
	_, err = spantest.Await(within(t, time.Minute), s, spantest.Sent{}, expected())
	require.ErrorContains(t, err, "no request was answered")
}

// broken is a sink that answers with an error.
type broken struct{ err error }

func (b broken) Spans(context.Context, spantest.Query) ([]spantest.Recorded, error) {
	return nil, b.err
}

func TestASinkThatCannotBeRead(t *testing.T) {
	t.Parallel()
	s := &shop{}
	sent, err := spantest.Get(t.Context(), nil, serve(t, s), 1)
	require.NoError(t, err)
	_, err = quick.Await(within(t, time.Hour), broken{fmt.Errorf("%w: no such host", spantest.ErrSink)}, sent, expected())
	require.ErrorIs(t, err, spantest.ErrSink, "it does not wait for the deadline")
	_, err = quick.Await(within(t, 2*time.Second), broken{fmt.Errorf("away")}, sent, expected())
	require.ErrorContains(t, err, "away")
	require.ErrorIs(t, err, spantest.ErrIncomplete)
	s.spans = s.spans[:4]
	_, err = quick.Await(within(t, 2*time.Second), s, sent, expected())
	require.ErrorIs(t, err, spantest.ErrIncomplete)
	assert.ErrorContains(t, err, "missing below checkout.shop")
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	cancel()
	_, err = quick.Await(ctx, s, sent, expected())
	require.ErrorIs(t, err, context.Canceled)
}

func TestRequestsThatFail(t *testing.T) {
	t.Parallel()
	s := &shop{}
	n := 0
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch n++; n {
		case 1:
			http.Error(w, "away", http.StatusServiceUnavailable)
		case 2:
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		default:
			s.ServeHTTP(w, r)
		}
	}))
	sent, err := spantest.Get(t.Context(), nil, url, 3, spantest.Concurrency(1))
	require.ErrorContains(t, err, "2 of 3 requests failed")
	assert.ErrorContains(t, err, "status 503: away")
	require.Len(t, sent.Failed(), 2)
	assert.Contains(t, sent.Failed()[1].Failure, "redirects")
	report, err := quick.Await(within(t, time.Minute), s, sent, expected())
	require.NoError(t, err)
	assert.Equal(t, 1, report.Requests, "of those that failed no trace is expected")

	_, err = spantest.Get(t.Context(), nil, "shop.example", 1)
	require.ErrorContains(t, err, "not a URL")
	_, err = spantest.Get(t.Context(), nil, "http://user:secret@127.0.0.1:1/?token=secret", 1)
	require.ErrorContains(t, err, "1 of 1 requests failed")
	assert.NotContains(t, err.Error(), "secret")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = spantest.Get(ended, nil, url, 4)
	require.ErrorIs(t, err, context.Canceled)
}

func TestOptionsReachTheServer(t *testing.T) {
	t.Parallel()
	var host string
	var header http.Header
	url := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { host, header = r.Host, r.Header }))
	_, err := spantest.Get(t.Context(), nil, url, 1, spantest.Host("shop.example"), spantest.Header("Authorization", "Bearer x"))
	require.NoError(t, err)
	assert.Equal(t, "shop.example", host)
	assert.Equal(t, "Bearer x", header.Get("Authorization"))
	assert.Regexp(t, "^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", header.Get("Traceparent"))
}

// A gateway with a private CA is trusted with its PEM, and not without.
func TestPrivateCA(t *testing.T) {
	t.Parallel()
	s := &shop{}
	server := httptest.NewTLSServer(s)
	t.Cleanup(server.Close)
	pem := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	client, err := spantest.Client(pem)
	require.NoError(t, err)
	sent, err := spantest.Get(t.Context(), client, server.URL+"/checkout?cart=1", 2)
	require.NoError(t, err)
	require.Len(t, sent.Requests(), 2)
	other, err := spantest.Client(nil)
	require.NoError(t, err)
	_, err = spantest.Get(t.Context(), other, server.URL, 1)
	var unknown x509.UnknownAuthorityError
	require.ErrorContains(t, err, "1 of 1 requests failed")
	assert.ErrorContains(t, err, unknown.Error())
	_, err = spantest.Client([]byte("no PEM"))
	require.ErrorContains(t, err, "no certificate")
}

func TestTrafficCanBeCutByTime(t *testing.T) {
	t.Parallel()
	s := &shop{}
	traffic, err := spantest.Start(t.Context(), nil, serve(t, s), 100)
	require.NoError(t, err)
	count := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.n
	}
	require.Eventually(t, func() bool { return count() > 10 }, time.Minute, time.Millisecond)
	middle, seen := time.Now(), count()
	require.Eventually(t, func() bool { return count() > seen+10 }, time.Minute, time.Millisecond)
	sent := traffic.Stop()
	require.NoError(t, sent.Err())
	assert.Len(t, sent.Requests(), count(), "each is in the book")
	before, after := sent.Between(time.Time{}, middle).Requests(), sent.Between(middle, time.Time{}).Requests()
	assert.NotEmpty(t, before)
	assert.NotEmpty(t, after)
	assert.Equal(t, count(), len(before)+len(after))
	assert.Equal(t, sent, traffic.Stop())
	_, err = spantest.Start(t.Context(), nil, "http://127.0.0.1:1", 0)
	require.Error(t, err)
}

// Again is when what comes twice is seen.
func TestSpansThatComeTwiceLater(t *testing.T) {
	t.Parallel()
	s := &shop{}
	sent, err := spantest.Get(t.Context(), nil, serve(t, s), 1)
	require.NoError(t, err)
	asked := 0
	sink := sinkFunc(func() []spantest.Recorded {
		if asked++; asked > 1 {
			return append(s.spans, s.spans[3])
		}
		return s.spans
	})
	_, err = quick.Await(within(t, time.Minute), sink, sent, expected())
	require.ErrorContains(t, err, "came more than once")
	assert.Equal(t, 2, asked)
}

type sinkFunc func() []spantest.Recorded

func (f sinkFunc) Spans(context.Context, spantest.Query) ([]spantest.Recorded, error) {
	return f(), nil
}

// What the collector's file exporter wrote on a real mesh.
func TestRecordedOnAMesh(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/istio-1.31.jsonl")
	require.NoError(t, err)
	spans, err := spantest.ParseOTLP(data)
	require.NoError(t, err)
	require.Len(t, spans, 25)
	assert.Equal(t, spantest.Recorded{
		TraceID: "2a537a77a27c4a7b986093ad3897f990", ID: "30d6ddafa1b2faad", Parent: "2f75e834bd6f6a32",
		Service: "details.default", Name: "details.default.svc.cluster.local:9080/*", Kind: "Server",
		Attributes: map[string]string{
			"http.url": "http://details:9080/details/0", "http.method": "GET", "upstream_cluster": "inbound|9080||",
			"http.status_code": "200", "istio.canonical_revision": "v1",
		},
	}, spans[0])
	_, err = spantest.ParseOTLP([]byte("{}\n\n{\n"))
	require.ErrorContains(t, err, "line 3")

	file := filepath.Join(t.TempDir(), "spans.jsonl")
	none, err := spantest.File(file).Spans(t.Context(), spantest.Query{})
	require.NoError(t, err)
	assert.Empty(t, none)
	require.NoError(t, os.WriteFile(file, append(data, `{"resourceSpans":[{`...), 0o600))
	read, err := spantest.File(file).Spans(t.Context(), spantest.Query{})
	require.NoError(t, err, "a line that is half written is left for later")
	assert.Equal(t, spans, read)
}

// The package is for tests, and no test itself; and it is small for who gets it.
func TestImports(t *testing.T) {
	t.Parallel()
	said, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{join .Imports "\n"}}`, ".").Output()
	require.NoError(t, err)
	for _, path := range strings.Fields(string(said)) {
		if strings.Contains(path, ".") {
			assert.Regexp(t, "^k8s.io/(client-go|apimachinery)/", path)
		}
		assert.NotEqual(t, "testing", path)
	}
}

// Findings that messages name are doctor's.
func TestFindingsExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../internal/doctor/finding/findings.yaml")
	require.NoError(t, err)
	assert.Contains(t, string(text), "id: LS-APP-HEADERS")
}

func TestDoctor(t *testing.T) {
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "istio-lightstep"), []byte("#!/bin/sh\necho \"told: $*\"\nexit 1\n"), 0o700))
	t.Setenv("PATH", bin)
	assert.Equal(t, "told: doctor mesh --context shop\n", spantest.Doctor(t.Context(), "mesh", "--context", "shop"))
	t.Setenv("PATH", "")
	assert.Contains(t, spantest.Doctor(t.Context(), "mesh"), "does not run")
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return text
}
