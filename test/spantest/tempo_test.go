package spantest_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// tempo answers as Grafana Tempo's HTTP API is documented, and refuses what that would
// refuse or read otherwise: a query that is not TraceQL, times that are not seconds, no
// tenant. It is a server of this test: no real Tempo is run.
type tempo struct {
	*shop
	t *testing.T
	// tenant is the one whose traces it has; "" where tenants are not told apart.
	tenant string
	// late is how often a trace is not found before it is.
	late  int
	asked map[string]int
}

// traceQL is a filter by one attribute of spans, whose name is quoted as names with other
// characters than letters must be.
var traceQL = regexp.MustCompile(`^\{\s*span\.("[^"]+"|[A-Za-z_.]+)\s*=\s*"([^"\\]*)"\s*\}$`)

func (b *tempo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tenant != "" && r.Header.Get("X-Scope-Orgid") == "" {
		http.Error(w, "no org id", http.StatusUnauthorized)
		return
	}
	theirs := b.tenant == "" || r.Header.Get("X-Scope-Orgid") == b.tenant
	id, isTrace := strings.CutPrefix(r.URL.Path, "/api/traces/")
	switch {
	case r.URL.Path == "/api/echo":
		_, _ = w.Write([]byte("echo"))
	case isTrace:
		b.trace(w, r, id, theirs)
	case r.URL.Path == "/api/search":
		b.search(w, r.URL.Query(), theirs)
	default:
		http.NotFound(w, r)
	}
}

// trace answers with OTLP as JSON, or as protobuf to who asks for that: not here.
func (b *tempo) trace(w http.ResponseWriter, r *http.Request, id string, theirs bool) {
	assert.Equal(b.t, "application/json", r.Header.Get("Accept"))
	assert.Empty(b.t, r.URL.RawQuery, "a range of time may leave spans out")
	raw, err := hex.DecodeString(id)
	if err != nil || len(raw) > 16 {
		http.Error(w, "invalid trace id", http.StatusBadRequest)
		return
	}
	b.asked[id]++
	var spans []spantest.RecordedSpan
	merged := map[string]bool{} // Tempo keeps one span of each id and kind
	for _, s := range b.spans {
		if key := s.ID + s.Kind; theirs && s.TraceID == id && !merged[key] && b.asked[id] > b.late {
			merged[key] = true
			spans = append(spans, s)
		}
	}
	if len(spans) == 0 {
		w.WriteHeader(http.StatusNotFound) // without a body
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(marshal(b.t, tempoBatches(b.t, spans)))
}

// tempoBatches are a batch for each resource; ids are of base64, as protobuf's JSON has
// bytes, integers are text, and a kind is its name.
func tempoBatches(t *testing.T, spans []spantest.RecordedSpan) any {
	t.Helper()
	id := func(text string) string {
		raw, err := hex.DecodeString(text)
		require.NoError(t, err)
		return base64.StdEncoding.EncodeToString(raw)
	}
	text := func(key, value string) object {
		return object{"key": key, "value": object{"stringValue": value}}
	}
	var batches []object
	for _, s := range spans {
		attributes := []object{
			{"key": "response_size", "value": object{"intValue": "5183"}},
			{"key": "upstream.retried", "value": object{"boolValue": true}},
			{"key": "names", "value": object{"arrayValue": object{"values": []object{{"stringValue": "a"}}}}},
		}
		for key, value := range s.Attributes {
			attributes = append(attributes, text(key, value))
		}
		batches = append(batches, object{
			"resource": object{"attributes": []object{text("k8s.pod.name", "p"), text("service.name", s.Service)}},
			"scopeSpans": []object{{"scope": object{"name": "envoy"}, "spans": []object{{
				"traceId": id(s.TraceID), "spanId": id(s.ID), "parentSpanId": id(s.Parent), "name": s.Name,
				"kind": "SPAN_KIND_" + strings.ToUpper(s.Kind), "startTimeUnixNano": "1684778327699392724",
				"endTimeUnixNano": "1684778327800000000", "attributes": attributes, "status": object{},
			}}}},
		})
	}
	return object{"batches": batches}
}

// search answers with the traces that have such a span: not with all of their spans.
func (b *tempo) search(w http.ResponseWriter, query url.Values, theirs bool) {
	filter := traceQL.FindStringSubmatch(query.Get("q"))
	start, startErr := strconv.ParseInt(query.Get("start"), 10, 64)
	end, endErr := strconv.ParseInt(query.Get("end"), 10, 64)
	limit, limitErr := strconv.Atoi(query.Get("limit"))
	switch now := time.Now().Unix(); {
	case filter == nil:
		http.Error(w, "invalid TraceQL query: parse error", http.StatusBadRequest)
		return
	case startErr != nil || endErr != nil || limitErr != nil || limit < 1:
		http.Error(w, "invalid start, end or limit", http.StatusBadRequest)
		return
	case start >= end:
		http.Error(w, "http parameter start must be before end", http.StatusBadRequest)
		return
	// The default of max_duration is 168 hours.
	case end-start > 168*3600:
		http.Error(w, "range specified by start and end exceeds 168h0m0s", http.StatusBadRequest)
		return
	case start > now || end < now:
		b.t.Errorf("the range of time is another one: %d to %d, and it is %d", start, end, now)
	}
	found := []object{}
	for _, s := range b.spans {
		if theirs && s.Attributes[strings.Trim(filter[1], `"`)] == filter[2] && len(found) < limit {
			found = append(found, object{
				"traceID": strings.TrimLeft(s.TraceID, "0"), "rootServiceName": s.Service, "rootTraceName": s.Name,
				"startTimeUnixNano": "1684778327699392724", "durationMs": 557,
				"spanSets": []object{{"matched": 1, "spans": []object{{"spanID": s.ID, "startTimeUnixNano": "1", "durationNanos": "2"}}}},
			})
		}
	}
	answer := object{"metrics": object{"totalBlocks": 13}}
	if len(found) > 0 {
		answer["traces"] = found
	}
	_, _ = w.Write(marshal(b.t, answer))
}

func TestTempo(t *testing.T) {
	t.Parallel()
	b := &tempo{shop: &shop{}, t: t, tenant: "shop", late: 2, asked: map[string]int{}}
	gateway, address := serve(t, b.shop), serve(t, b)
	theirs := spantest.Tempo(address, spantest.WithSourceHeader("X-Scope-OrgID", "shop"))

	sent, err := spantest.Get(t.Context(), nil, gateway, 20)
	require.NoError(t, err)
	report, err := quick.Await(within(t, time.Minute), theirs, sent, checkoutTree)
	require.NoError(t, err, "a trace comes after it was asked for")
	assert.Equal(t, 140, report.Spans)
	assert.Equal(t, "true", report.Results[0].Spans[0].Attributes["upstream.retried"])
	assert.Equal(t, "5183", report.Results[0].Spans[0].Attributes["response_size"])

	sent, err = spantest.Get(t.Context(), nil, gateway, 30, spantest.WithMarker())
	require.NoError(t, err)
	_, err = quick.Await(within(t, time.Minute), theirs, sent, checkoutTree)
	require.NoError(t, err, "traces that the gateway began")

	_, err = quick.Await(within(t, time.Hour), spantest.Tempo(address), sent, checkoutTree)
	require.ErrorIs(t, err, spantest.ErrSource)
	require.ErrorContains(t, err, "401: no org id")
	other := spantest.Tempo(address, spantest.WithSourceHeader("X-Scope-OrgID", "another"))
	report, err = quick.Await(within(t, 2*time.Second), other, sent, checkoutTree)
	require.ErrorIs(t, err, spantest.ErrIncomplete)
	assert.Len(t, report.Absent(), 30)
	_, err = quick.Await(within(t, time.Hour), spantest.Tempo(address+"/tempo", spantest.WithSourceHeader("X-Scope-OrgID", "shop")), sent, checkoutTree)
	require.ErrorContains(t, err, "Tempo does not answer at this address")

	// A marker of somebody's own with a quote in it does not end the query's text.
	_, err = theirs.Spans(t.Context(), spantest.Query{Markers: []string{`a" } || { true`}})
	require.ErrorContains(t, err, "status 400")
}

// A Tempo merges spans of one id, so what came twice is not seen there.
func TestTempoShowsNoDoubledSpans(t *testing.T) {
	t.Parallel()
	b := &tempo{shop: &shop{twice: true}, t: t, asked: map[string]int{}}
	sent, err := spantest.Get(t.Context(), nil, serve(t, b.shop), 2)
	require.NoError(t, err)
	report, err := quick.Await(within(t, time.Minute), spantest.Tempo(serve(t, b)), sent, checkoutTree)
	require.NoError(t, err)
	assert.Zero(t, report.Doubled)
}
