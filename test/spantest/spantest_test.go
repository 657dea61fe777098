package spantest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
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

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// shop is a mesh of a test's own: a gateway that answers requests and makes the spans
// that proxies make, and the backend that has them.
type shop struct {
	mu      sync.Mutex
	spans   []spantest.RecordedSpan
	queries []string
	headers []http.Header
	// lose says which spans never come; nil loses none.
	lose func(n int, s spantest.RecordedSpan) bool
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
		span := spantest.RecordedSpan{
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

// Spans has the shop as a source.
func (s *shop) Spans(context.Context, spantest.Query) ([]spantest.RecordedSpan, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]spantest.RecordedSpan{}, s.spans...), nil
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
	for name, options := range map[string][]spantest.RequestOption{
		"traceparent": nil, "B3": {spantest.WithB3()}, "the gateway starts": {spantest.WithMarker()}, "in the query": {spantest.WithQueryMarker("marker")},
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
	service := func(name, kind string) func(int, spantest.RecordedSpan) bool {
		return func(_ int, s spantest.RecordedSpan) bool { return s.Service == name && s.Kind == kind }
	}
	cases := map[string]struct {
		lose  func(int, spantest.RecordedSpan) bool
		twice bool
		tree  *spantest.Tree
		says  []string
	}{
		"nothing came": {
			lose: func(int, spantest.RecordedSpan) bool { return true },
			says: []string{"0 of 4 requests", "4 requests without any span", "doctor mesh"},
		},
		"some came": {
			lose: func(n int, _ spantest.RecordedSpan) bool { return n == 2 },
			says: []string{"3 of 4 requests", "1 request without any span"},
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
			says: []string{
				"not expected below checkout.shop Server", "stock.shop Server",
				`the trace that came: spantest.Span("edge.ingress", spantest.Span("checkout.shop", spantest.Span("stock.shop").Times(2, 2)))`,
			},
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

// broken is a source that answers with an error.
type broken struct{ err error }

func (b broken) Spans(context.Context, spantest.Query) ([]spantest.RecordedSpan, error) {
	return nil, b.err
}

// silent is a source that does not answer before the deadline.
type silent struct{}

func (silent) Spans(ctx context.Context, _ spantest.Query) ([]spantest.RecordedSpan, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestASourceThatCannotBeRead(t *testing.T) {
	t.Parallel()
	s := &shop{}
	sent, err := spantest.Get(t.Context(), nil, serve(t, s), 1)
	require.NoError(t, err)
	_, err = quick.Await(within(t, time.Hour), broken{fmt.Errorf("%w: no such host", spantest.ErrSource)}, sent, expected())
	require.ErrorIs(t, err, spantest.ErrSource, "it does not wait for the deadline")
	require.ErrorIs(t, err, spantest.ErrIncomplete)
	require.ErrorContains(t, err, "the trace of 1 request was not looked for: the source cannot be read: no such host")
	assert.NotContains(t, err.Error(), "likely", "nothing is known of the mesh")
	_, err = quick.Await(within(t, 2*time.Second), broken{fmt.Errorf("away")}, sent, expected())
	require.ErrorContains(t, err, "not looked for: away")
	require.ErrorIs(t, err, spantest.ErrIncomplete)
	_, err = quick.Await(within(t, 2*time.Second), silent{}, sent, expected())
	require.ErrorContains(t, err, "not looked for: context deadline exceeded")
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

// Again is when what comes twice is seen.
func TestSpansThatComeTwiceLater(t *testing.T) {
	t.Parallel()
	s := &shop{}
	sent, err := spantest.Get(t.Context(), nil, serve(t, s), 1)
	require.NoError(t, err)
	asked := 0
	source := sinkFunc(func() []spantest.RecordedSpan {
		if asked++; asked > 1 {
			return append(s.spans, s.spans[3])
		}
		return s.spans
	})
	_, err = quick.Await(within(t, time.Minute), source, sent, expected())
	require.ErrorContains(t, err, "came more than once")
	assert.Equal(t, 2, asked)
}

type sinkFunc func() []spantest.RecordedSpan

func (f sinkFunc) Spans(context.Context, spantest.Query) ([]spantest.RecordedSpan, error) {
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
	assert.Equal(t, spantest.RecordedSpan{
		TraceID: "2a537a77a27c4a7b986093ad3897f990", ID: "30d6ddafa1b2faad", Parent: "2f75e834bd6f6a32",
		Service: "details.default", Name: "details.default.svc.cluster.local:9080/*", Kind: "Server",
		Attributes: map[string]string{
			"http.url": "http://details:9080/details/0", "http.method": "GET", "upstream_cluster": "inbound|9080||",
			"http.status_code": "200", "istio.canonical_revision": "v1",
		},
		Resource: map[string]string{"service.name": "details.default"},
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
	text, err := os.ReadFile("../../internal/doctor/finding/findings.yaml")
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

// What can only be a mistake of who writes the test is said at once.
func TestMistakesAreSaidAtOnce(t *testing.T) {
	t.Parallel()
	s := &shop{}
	address := serve(t, s)
	sent, err := spantest.Get(t.Context(), nil, address, 1)
	require.NoError(t, err)
	for says, trees := range map[string][]*spantest.Tree{
		"no tree is given":            nil,
		"a tree is nil":               {nil},
		"a hop names no service":      {spantest.Span("edge", spantest.Span("")), {}},
		"is expected from 3 to 1":     {spantest.Span("edge").Times(3, 1)},
		"is expected from -1 to 1":    {spantest.Span("edge").Times(-1, 1)},
		"is expected 0 times":         {spantest.Span("edge").Times(0, 0)},
		"hop deep is expected from 2": {spantest.Span("edge", spantest.Span("checkout", spantest.Span("deep").Times(2, 0)))},
	} {
		_, err := quick.Await(within(t, time.Hour), s, sent, trees...)
		require.ErrorContains(t, err, says)
	}
	_, err = quick.Await(within(t, time.Hour), nil, sent, expected())
	require.ErrorContains(t, err, "no source is given")
	_, err = quick.Await(t.Context(), s, sent, expected())
	require.ErrorContains(t, err, "the context has no deadline")
	_, err = quick.Await(within(t, time.Hour), s, spantest.Sent{}, expected())
	require.ErrorContains(t, err, "no request was answered")

	for _, n := range []int{0, -1} {
		_, err = spantest.Get(t.Context(), nil, address, n)
		require.ErrorContains(t, err, "give at least 1")
	}
	for _, wrong := range []string{"", "shop.example/checkout", "ftp://shop.example", "://"} {
		_, err = spantest.Get(t.Context(), nil, wrong, 1)
		require.ErrorContains(t, err, "not a URL such as", wrong)
	}
	for _, perSecond := range []float64{0, -1, math.NaN(), math.Inf(1), 1e12} {
		_, err = spantest.Start(t.Context(), nil, address, perSecond)
		require.ErrorContains(t, err, "requests a second cannot be sent", "%g", perSecond)
	}
	_, err = spantest.Jaeger("http://127.0.0.1:1", spantest.WithSourceClient(nil)).Spans(t.Context(), spantest.Query{TraceIDs: []string{"1"}})
	require.ErrorContains(t, err, "refused", "a nil client is the default one")
}

// Await gives up at the deadline of the context, and the doctor is asked after it.
func TestDoctorIsAskedAfterTheDeadline(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "istio-lightstep"), []byte("#!/bin/sh\necho \"finding of $*\"\nexit 1\n"), 0o700))
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	assert.Equal(t, "finding of doctor mesh -A\n", spantest.Doctor(t.Context(), "mesh", "-A"))
	over, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	assert.Equal(t, "finding of doctor mesh\n", spantest.Doctor(over, "mesh"))
	canceled, stop := context.WithCancel(t.Context())
	stop()
	assert.Contains(t, spantest.Doctor(canceled, "mesh"), "does not run: context canceled")
}
