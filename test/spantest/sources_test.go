package spantest_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

type object = map[string]any

// backend answers as the query API of a backend, of what a shop has.
type backend struct {
	*shop
	trace, byMarker func(spans []spantest.RecordedSpan) any
	// path is that of a trace, search that of a search.
	path, search string
	searches     []string
	open         bool // to who does not name a tenant
}

func (b *backend) of(keep func(spantest.RecordedSpan) bool) []spantest.RecordedSpan {
	b.mu.Lock()
	defer b.mu.Unlock()
	var spans []spantest.RecordedSpan
	for _, s := range b.spans {
		if keep(s) {
			spans = append(spans, s)
		}
	}
	return spans
}

func (b *backend) handler(t *testing.T) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !b.open && r.Header.Get("X-Scope-Orgid") != "shop" {
			http.Error(w, "who is it?", http.StatusUnauthorized)
			return
		}
		if id, ok := strings.CutPrefix(r.URL.Path, b.path); ok {
			spans := b.of(func(s spantest.RecordedSpan) bool { return s.TraceID == id })
			if len(spans) == 0 {
				http.NotFound(w, r)
				return
			}
			_, _ = w.Write(marshal(t, b.trace(spans)))
			return
		}
		if r.URL.Path == "/api/echo" || r.URL.Path == "/api/v2/services" {
			_, _ = fmt.Fprint(w, "echo")
			return
		}
		if r.URL.Path == "/api/services" {
			_, _ = w.Write(marshal(t, object{"data": []string{"edge.ingress", "stock.shop"}}))
			return
		}
		if assert.Equal(t, b.search, r.URL.Path) {
			query := r.URL.Query()
			asked := query.Get("q") + query.Get("tags") + query.Get("annotationQuery")
			b.mu.Lock()
			b.searches = append(b.searches, asked+" of "+query.Get("service"))
			b.mu.Unlock()
			_, _ = w.Write(marshal(t, b.byMarker(b.of(func(s spantest.RecordedSpan) bool {
				m := s.Attributes["guid:x-client-trace-id"]
				return m != "" && strings.Contains(strings.NewReplacer(`"`, " ", "}", " ", "=", " ").Replace(asked)+" ", m+" ")
			}))))
		}
	})
}

func jaegerTrace(spans []spantest.RecordedSpan) any {
	processes, list := object{}, []object{}
	for _, s := range spans {
		processes["p "+s.Service] = object{"serviceName": s.Service, "tags": []object{
			{"key": "k8s.cluster.name", "type": "string", "value": "prod-" + s.Service}, {"key": "shard", "type": "int64", "value": 7},
		}}
		tags := []object{{"key": "span.kind", "type": "string", "value": strings.ToLower(s.Kind)}}
		for key, value := range s.Attributes {
			tags = append(tags, object{"key": key, "type": "string", "value": value})
		}
		list = append(list, object{
			"traceID": strings.TrimLeft(s.TraceID, "0"), "spanID": strings.TrimLeft(s.ID, "0"), "operationName": s.Name, "processID": "p " + s.Service, "tags": tags,
			"references": []object{{"refType": "CHILD_OF", "traceID": s.TraceID, "spanID": s.Parent}},
		})
	}
	return object{"data": []object{{"traceID": "1", "spans": list, "processes": processes}}}
}

func zipkinTrace(spans []spantest.RecordedSpan) any {
	list := []object{}
	for _, s := range spans {
		list = append(list, object{
			"traceId": s.TraceID, "id": s.ID, "parentId": s.Parent, "kind": strings.ToUpper(s.Kind), "name": strings.ToLower(s.Name),
			"localEndpoint": object{"serviceName": s.Service}, "tags": s.Attributes,
		})
	}
	return list
}

// tempoTrace has ids in base64 and the kinds' names, as Tempo answers.
func tempoTrace(spans []spantest.RecordedSpan) any {
	id := func(text string) string {
		bytes, _ := hex.DecodeString(text)
		return base64.StdEncoding.EncodeToString(bytes)
	}
	list := []object{}
	for _, s := range spans {
		attributes := []object{{"key": "retries", "value": object{"intValue": "3"}}}
		for key, value := range s.Attributes {
			attributes = append(attributes, object{"key": key, "value": object{"stringValue": value}})
		}
		list = append(list, object{
			"resource": object{"attributes": []object{{"key": "service.name", "value": object{"stringValue": s.Service}}}},
			"scopeSpans": []object{{"spans": []object{{
				"traceId": id(s.TraceID), "spanId": id(s.ID), "parentSpanId": id(s.Parent), "name": s.Name,
				"kind": "SPAN_KIND_" + strings.ToUpper(s.Kind), "attributes": attributes,
			}}}},
		})
	}
	return object{"batches": list}
}

func TestSources(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		backend backend
		source  func(string, ...spantest.SourceOption) spantest.Source
		asks    string
	}{
		"Jaeger": {
			backend{path: "/api/traces/", search: "/api/traces", trace: jaegerTrace, byMarker: jaegerTrace},
			spantest.Jaeger,
			`{"guid:x-client-trace-id":"MARKER"} of edge.ingress`,
		},
		"Zipkin": {
			backend{path: "/api/v2/trace/", search: "/api/v2/traces", trace: zipkinTrace, byMarker: func(spans []spantest.RecordedSpan) any {
				return []any{zipkinTrace(spans)}
			}}, spantest.Zipkin, `guid:x-client-trace-id=MARKER of `,
		},
		"Tempo": {
			backend{path: "/api/traces/", search: "/api/search", trace: tempoTrace, byMarker: func(spans []spantest.RecordedSpan) any {
				found := []object{}
				for _, s := range spans {
					found = append(found, object{"traceID": strings.TrimLeft(s.TraceID, "0")})
				}
				return object{"traces": found}
			}}, spantest.Tempo, `{ span."guid:x-client-trace-id" = "MARKER" } of `,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := c.backend
			b.shop = &shop{}
			gateway, address := serve(t, b.shop), serve(t, b.handler(t))
			source := c.source(address+"/", spantest.WithSourceHeader("X-Scope-OrgID", "shop"))
			tree := spantest.Span("edge", spantest.Span("checkout", spantest.Span("stock").With("http.status_code", "200").Times(2, 2)).
				Named("CHECKOUT.shop.*").OfKind("Server"))

			sent, err := spantest.Get(t.Context(), nil, gateway, 3)
			require.NoError(t, err)
			report, err := quick.Await(within(t, time.Minute), source, sent, tree)
			require.NoError(t, err)
			assert.Equal(t, 21, report.Spans)

			sent, err = spantest.Get(t.Context(), nil, gateway, 2, spantest.WithMarker())
			require.NoError(t, err)
			_, err = quick.Await(within(t, time.Minute), source, sent, tree)
			require.NoError(t, err)
			assert.Contains(t, b.searches, strings.ReplaceAll(c.asks, "MARKER", sent.Requests()[0].Marker))

			sent, err = spantest.Get(t.Context(), nil, gateway, 1, spantest.WithQueryMarker("m"))
			require.NoError(t, err)
			_, err = quick.Await(within(t, time.Minute), source, sent, tree)
			require.ErrorIs(t, err, spantest.ErrSource)
			require.ErrorContains(t, err, "use WithMarker")

			sent, err = spantest.Get(t.Context(), nil, gateway, 1)
			require.NoError(t, err)
			_, err = quick.Await(within(t, time.Minute), c.source(address), sent, tree)
			require.ErrorIs(t, err, spantest.ErrSource, "who may not read will not be let in later")
			assert.ErrorContains(t, err, "401")
			_, err = quick.Await(within(t, 2*time.Second), c.source("http://127.0.0.1:1"), sent, tree)
			require.ErrorIs(t, err, spantest.ErrIncomplete)
			require.ErrorContains(t, err, "refused", "it may come up yet")
			_, err = quick.Await(within(t, time.Hour), c.source("no address"), sent, tree)
			require.ErrorContains(t, err, "not a URL")
			_, err = quick.Await(within(t, time.Hour), c.source(serve(t, http.NotFoundHandler())), sent, tree)
			require.ErrorIs(t, err, spantest.ErrSource, "there is no such API, now or later")
			require.ErrorContains(t, err, name+" does not answer at this address")
		})
	}
}

// A source with a private CA.
func TestSourceWithAPrivateCA(t *testing.T) {
	t.Parallel()
	b := backend{shop: &shop{}, path: "/api/traces/", trace: jaegerTrace}
	server := httptest.NewTLSServer(b.handler(t))
	t.Cleanup(server.Close)
	source := spantest.Jaeger(server.URL, spantest.WithSourceClient(server.Client()), spantest.WithSourceHeader("X-Scope-OrgID", "shop"))
	sent, err := spantest.Get(t.Context(), nil, serve(t, b.shop), 1)
	require.NoError(t, err)
	_, err = quick.Await(within(t, time.Minute), source, sent, expected())
	require.NoError(t, err)
}

// pods answers as the Kubernetes API does, and forwards no port.
func pods(t *testing.T, status int, list any) *rest.Config {
	t.Helper()
	return &rest.Config{Host: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/namespaces/mesh/pods" {
			http.Error(w, "no forward", http.StatusForbidden)
			return
		}
		assert.Equal(t, "app.kubernetes.io/component=collector,app.kubernetes.io/instance=spans", r.URL.Query().Get("labelSelector"))
		w.WriteHeader(status)
		_, _ = w.Write(marshal(t, list))
	}))}
}

// What a tap answers is read on a real mesh, in the end-to-end tests.
func TestTapSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	pod := func(container string) object {
		return object{"items": []object{{
			"metadata": object{"name": "collector-0"}, "spec": object{"containers": []object{{"name": container}}}, "status": object{"phase": "Running"},
		}}}
	}
	cases := map[string]struct {
		status int
		pods   any
		says   string
	}{
		"no rights":  {http.StatusForbidden, object{}, "status 403"},
		"no pods":    {http.StatusOK, object{}, "set collector.tap.enabled to true"},
		"no tap":     {http.StatusOK, pod("collector"), "set collector.tap.enabled to true"},
		"no forward": {http.StatusOK, pod("tap"), "tap of pod mesh/collector-0: port forward"},
	}
	for name, c := range cases {
		_, err := spantest.Tap(pods(t, c.status, c.pods), "mesh", "spans").Spans(t.Context(), spantest.Query{})
		require.ErrorContains(t, err, c.says, name)
	}
	_, err := spantest.Tap(&rest.Config{}, "mesh", "spans").Spans(t.Context(), spantest.Query{Parameter: "m", Markers: []string{"1"}})
	require.ErrorIs(t, err, spantest.ErrSource)
}

// A Jaeger keeps what made a span apart from the span.
func TestJaegerTellsTheResource(t *testing.T) {
	t.Parallel()
	b := &backend{shop: &shop{}, trace: jaegerTrace, path: "/api/traces/", open: true}
	b.spans = []spantest.RecordedSpan{{TraceID: strings.Repeat("a", 32), ID: strings.Repeat("b", 16), Service: "stock.shop", Kind: spantest.KindServer}}
	server := httptest.NewServer(b.handler(t))
	t.Cleanup(server.Close)
	spans, err := spantest.Jaeger(server.URL).Spans(t.Context(), spantest.Query{TraceIDs: []string{strings.Repeat("a", 32)}})
	require.NoError(t, err)
	require.Len(t, spans, 1)
	assert.Equal(t, map[string]string{"k8s.cluster.name": "prod-stock.shop", "shard": "7"}, spans[0].Resource)
}
