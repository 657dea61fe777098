package tap_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	resourcev1 "go.opentelemetry.io/proto/otlp/resource/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
)

func attributes(pairs ...string) []*commonv1.KeyValue {
	var all []*commonv1.KeyValue
	for i := 0; i < len(pairs); i += 2 {
		value := &commonv1.AnyValue{Value: &commonv1.AnyValue_StringValue{StringValue: pairs[i+1]}}
		all = append(all, &commonv1.KeyValue{Key: pairs[i], Value: value})
	}
	return all
}

func request(service string, spans ...*tracev1.Span) *collectortrace.ExportTraceServiceRequest {
	return &collectortrace.ExportTraceServiceRequest{ResourceSpans: []*tracev1.ResourceSpans{{
		Resource:   &resourcev1.Resource{Attributes: attributes("service.name", service)},
		ScopeSpans: []*tracev1.ScopeSpans{{Spans: spans}},
	}}}
}

func numbered(n int) *tracev1.Span {
	return &tracev1.Span{TraceId: []byte("0123456789abcdef"), SpanId: fmt.Appendf(nil, "%08d", n), Name: fmt.Sprint(n)}
}

func ask(t *testing.T, from *tap.Tap, query string) (tap.Head, []tap.Span) {
	t.Helper()
	answer := httptest.NewRecorder()
	from.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, tap.Path+query, nil))
	require.Equal(t, http.StatusOK, answer.Code, answer.Body)
	head, spans, err := tap.Read(answer.Body.Bytes())
	require.NoError(t, err)
	return head, spans
}

// TestASpanPrintsNothingButText: what it says comes from workloads, and is shown
// on terminals.
func TestASpanPrintsNothingButText(t *testing.T) {
	t.Parallel()
	kept := tap.New(10)
	span := numbered(1)
	span.Name = "a\x1b[31m\n\u202eb c\xff"
	_, err := kept.Export(t.Context(), request("shop\r", span))
	require.NoError(t, err)
	_, spans := ask(t, kept, "")
	require.Len(t, spans, 1)
	assert.Equal(t, "a\ufffd[31m\ufffd\ufffdb c\ufffd", spans[0].Name)
	assert.Equal(t, "shop\ufffd", spans[0].Service)
}

func names(spans []tap.Span) []string {
	all := []string{}
	for _, s := range spans {
		all = append(all, s.Name)
	}
	return all
}

// TestASpanIsKeptWithoutItsContent shows what is kept: not the URL, nor any
// other tag.
func TestASpanIsKeptWithoutItsContent(t *testing.T) {
	t.Parallel()
	kept := tap.New(10)
	span := numbered(1)
	span.ParentSpanId, span.Kind, span.StartTimeUnixNano, span.EndTimeUnixNano = []byte("parent-1"), tracev1.Span_SPAN_KIND_CLIENT, 5, 7
	span.Attributes = attributes(
		"http.url", "http://reviews/?secret", "node_id", "sidecar~10.0.0.1~productpage-v1-1.default~default.svc.cluster.local",
		"guid:x-request-id", "r", "guid:x-client-trace-id", "c", "upstream_cluster.name", "outbound|9080||reviews", "istio.canonical_revision", "v1",
	)
	_, err := kept.Export(t.Context(), request("productpage.default", span))
	require.NoError(t, err)
	head, spans := ask(t, kept, "")
	assert.Equal(t, tap.Head{Next: 1}, head)
	assert.Equal(t, []tap.Span{{
		Trace: "30313233343536373839616263646566", ID: "3030303030303031", Parent: "706172656e742d31", Kind: tap.Client, Name: "1",
		Service: "productpage.default", Node: "sidecar~10.0.0.1~productpage-v1-1.default~default.svc.cluster.local", Revision: "v1",
		Request: "r", Client: "c", Upstream: "outbound|9080||reviews", Start: 5, End: 7,
	}}, spans)
}

func TestSpansAreToldOnceAndInOrder(t *testing.T) {
	t.Parallel()
	kept := tap.New(3)
	export := func(numbers ...int) {
		for _, n := range numbers {
			_, err := kept.Export(t.Context(), request("s", numbered(n)))
			require.NoError(t, err)
		}
	}
	head, spans := ask(t, kept, "")
	assert.Zero(t, head)
	assert.Empty(t, spans)
	export(1, 2)
	head, spans = ask(t, kept, "?after=0")
	assert.Equal(t, tap.Head{Next: 2}, head)
	assert.Equal(t, []string{"1", "2"}, names(spans))
	export(3)
	_, spans = ask(t, kept, "?after=2")
	assert.Equal(t, []string{"3"}, names(spans))
	export(4, 5, 6, 7)
	head, spans = ask(t, kept, "?after=3")
	assert.Equal(t, tap.Head{Next: 7, Lost: 1}, head, "what was overwritten is told")
	assert.Equal(t, []string{"5", "6", "7"}, names(spans))
	_, spans = ask(t, kept, "?after=900")
	assert.Equal(t, []string{"5", "6", "7"}, names(spans), "the number of a tap before this one")
}

func TestAnAnswerIsBounded(t *testing.T) {
	t.Parallel()
	kept := tap.New(tap.Kept)
	for n := range tap.Kept {
		span := numbered(n)
		span.Name = strings.Repeat("é", 1000)
		_, err := kept.Export(t.Context(), request("s", span))
		require.NoError(t, err)
	}
	answer := httptest.NewRecorder()
	kept.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, tap.Path, nil))
	assert.Less(t, answer.Body.Len(), 32<<20)
	head, spans, err := tap.Read(answer.Body.Bytes())
	require.NoError(t, err)
	assert.True(t, head.More)
	assert.Len(t, spans, int(head.Next))
}

// TestSpansWithoutIDsAreLeftOut would else make every answer unreadable.
func TestSpansWithoutIDsAreLeftOut(t *testing.T) {
	t.Parallel()
	kept := tap.New(10)
	self := numbered(1)
	self.ParentSpanId = self.SpanId
	_, err := kept.Export(t.Context(), request("s", &tracev1.Span{Name: "none"}, &tracev1.Span{TraceId: make([]byte, 16), SpanId: make([]byte, 8)}, self, nil))
	require.NoError(t, err)
	_, spans := ask(t, kept, "")
	assert.Empty(t, spans)
}

func TestOtherRequestsAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, target string
		code           int
	}{
		{http.MethodGet, "/", http.StatusNotFound},
		{http.MethodPost, tap.Path, http.StatusNotFound},
		{http.MethodGet, tap.Path + "?after=x", http.StatusBadRequest},
	} {
		answer := httptest.NewRecorder()
		tap.New(1).ServeHTTP(answer, httptest.NewRequest(c.method, c.target, nil))
		assert.Equal(t, c.code, answer.Code, c.target)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"", "s3cret", "{", "{}\n{", "{}\n{}", `{}` + "\n" + `{"trace":"a","id":"b","parent":"b"}`, "[]", `{"next":-1}`} {
		_, _, err := tap.Read([]byte(answer))
		require.ErrorIs(t, err, tap.ErrAnswer, answer)
		assert.NotContains(t, err.Error(), "s3cret")
	}
}

// FuzzRead shows that whatever an answer holds, what is read of it can stand in
// a tree, and is read again as it was written.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"next":1}` + "\n" + `{"trace":"a","id":"b","start":1,"end":2}`))
	f.Add([]byte("{}\n{\"trace\":\"a\",\"id\":\"\xff\"}"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		head, spans, err := tap.Read(answer)
		if err != nil {
			require.ErrorIs(t, err, tap.ErrAnswer)
			return
		}
		var again strings.Builder
		lines := json.NewEncoder(&again)
		require.NoError(t, lines.Encode(head))
		for _, s := range spans {
			require.NotEmpty(t, s.ID)
			require.NotEqual(t, s.ID, s.Parent)
			require.NoError(t, lines.Encode(s))
		}
		head2, spans2, err := tap.Read([]byte(again.String()))
		require.NoError(t, err)
		require.Equal(t, head, head2)
		require.Equal(t, spans, spans2)
	})
}
