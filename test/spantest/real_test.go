//go:build unix

package spantest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// answers is where what a real Jaeger answered is kept.
const answers = "testdata/jaeger"

// missing is the id of a trace that no Jaeger has.
const missing = "0123456789abcdef0123456789abcdef"

// realJaeger is one that runs, with its traces in memory.
type realJaeger struct{ url, otlp string }

const jaegerConfig = `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines: {traces: {receivers: [otlp], exporters: [jaeger_storage_exporter]}}
  telemetry: {metrics: {level: none}, logs: {level: warn}}
extensions:
  jaeger_storage: {backends: {memory: {memory: {max_traces: 1000}}}}
  jaeger_query: {storage: {traces: memory}, http: {endpoint: %q}, grpc: {endpoint: %q}}
receivers: {otlp: {protocols: {http: {endpoint: %q}}}}
exporters: {jaeger_storage_exporter: {trace_storage: memory}}
`

// startJaeger runs the program until the test ends.
func startJaeger(t *testing.T, program string) realJaeger {
	t.Helper()
	query, otlp := held(t), held(t)
	file := filepath.Join(t.TempDir(), "jaeger.yaml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, jaegerConfig, query, held(t), otlp), 0o600))
	command := exec.CommandContext(t.Context(), program, "--config", file)
	command.Env = append(os.Environ(), "OTEL_TRACES_SAMPLER=always_off")
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	command.Stdout, command.Stderr = log, log
	require.NoError(t, command.Start())
	t.Cleanup(func() { _ = command.Wait() })
	require.Eventually(t, func() bool {
		answer, err := http.Get("http://" + query + "/api/services")
		return err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
	}, time.Minute, 200*time.Millisecond, "Jaeger does not start")
	return realJaeger{"http://" + query, "http://" + otlp}
}

// take sends it what the shop made, as OTLP, and has the shop forget it.
func (j realJaeger) take(t *testing.T, s *shop) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := strconv.FormatInt(time.Now().UnixNano(), 10)
	kinds := map[string]int{"Server": 2, "Client": 3}
	var resources []object
	for _, span := range s.spans {
		attributes := []object{}
		for key, value := range span.Attributes {
			attributes = append(attributes, object{"key": key, "value": object{"stringValue": value}})
		}
		resources = append(resources, object{
			"resource": object{"attributes": []object{{"key": "service.name", "value": object{"stringValue": span.Service}}}},
			"scopeSpans": []object{{"spans": []object{{
				"traceId": span.TraceID, "spanId": span.ID, "parentSpanId": span.Parent, "name": span.Name, "kind": kinds[span.Kind],
				"startTimeUnixNano": now, "endTimeUnixNano": now, "attributes": attributes,
			}}}},
		})
	}
	answer, err := http.Post(j.otlp+"/v1/traces", "application/json", bytes.NewReader(marshal(t, object{"resourceSpans": resources})))
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	s.spans = nil
}

// keep writes what it answers to a question, for TestWhatARealJaegerAnswered.
func (j realJaeger) keep(t *testing.T, name, path string, query url.Values) {
	t.Helper()
	answer, err := http.Get(j.url + path + "?" + query.Encode())
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, text, "", " "))
	require.NoError(t, os.WriteFile(filepath.Join(answers, name+".json"), append(bytes.TrimSpace(indented.Bytes()), '\n'), 0o644))
}

var checkoutTree = spantest.Span("edge", spantest.Span("checkout", spantest.Span("stock").With("http.status_code", "200").Times(2, 2)).
	Named("CHECKOUT.shop.*").OfKind("Server"))

// TestRealJaeger reads from the Jaeger of $JAEGER: `make spantest-jaeger` builds one. It
// keeps what that answers, so that every other run reads it too.
func TestRealJaeger(t *testing.T) {
	program := os.Getenv("JAEGER")
	if program == "" {
		t.Skip("make spantest-jaeger runs it")
	}
	j, s := startJaeger(t, program), &shop{}
	gateway, source := serve(t, s), spantest.Jaeger(j.url+"/")

	// Before a span came, and from another path.
	spans, err := source.Spans(t.Context(), spantest.Query{TraceIDs: []string{missing}})
	require.NoError(t, err)
	assert.Empty(t, spans)
	_, err = spantest.Jaeger(j.url+"/elsewhere").Spans(t.Context(), spantest.Query{TraceIDs: []string{missing}})
	require.ErrorIs(t, err, spantest.ErrSource)

	sent, err := spantest.Get(t.Context(), nil, gateway, 20)
	require.NoError(t, err)
	j.take(t, s)
	report, err := quick.Await(within(t, time.Minute), source, sent, checkoutTree)
	require.NoError(t, err)
	assert.Equal(t, 140, report.Spans)
	trace := sent.Requests()[0].TraceID

	sent, err = spantest.Get(t.Context(), nil, gateway, 2, spantest.WithMarker())
	require.NoError(t, err)
	j.take(t, s)
	_, err = quick.Await(within(t, time.Minute), source, sent, checkoutTree)
	require.NoError(t, err)
	marker := sent.Requests()[0].Marker

	s.twice = true
	sent, err = spantest.Get(t.Context(), nil, gateway, 1)
	require.NoError(t, err)
	j.take(t, s)
	report, err = quick.Await(within(t, 3*time.Second), source, sent, checkoutTree)
	require.ErrorIs(t, err, spantest.ErrIncomplete)
	assert.Equal(t, 7, report.Doubled)
	s.twice = false

	s.lose = func(_ int, span spantest.RecordedSpan) bool { return span.Service == "stock.shop" }
	sent, err = spantest.Get(t.Context(), nil, gateway, 1)
	require.NoError(t, err)
	j.take(t, s)
	_, err = quick.Await(within(t, 3*time.Second), source, sent, checkoutTree)
	require.ErrorIs(t, err, spantest.ErrIncomplete)
	require.ErrorContains(t, err, "missing below checkout.shop Server")

	require.NoError(t, os.MkdirAll(answers, 0o755))
	j.keep(t, "services", "/api/services", nil)
	j.keep(t, "missing", "/api/traces/"+missing, nil)
	j.keep(t, "trace", "/api/traces/"+trace, nil)
	now := time.Now()
	j.keep(t, "search", "/api/traces", url.Values{
		"service": {"edge.ingress"}, "tags": {fmt.Sprintf(`{"guid:x-client-trace-id":%q}`, marker)}, "limit": {"20"}, "lookback": {"custom"},
		"start": {strconv.FormatInt(now.Add(-time.Hour).UnixMicro(), 10)}, "end": {strconv.FormatInt(now.Add(time.Minute).UnixMicro(), 10)},
	})
}

// TestWhatARealJaegerAnswered reads the answers that TestRealJaeger kept.
func TestWhatARealJaegerAnswered(t *testing.T) {
	t.Parallel()
	read := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join(answers, name+".json"))
		require.NoError(t, err)
		return text
	}
	var kept struct {
		Data []struct {
			TraceID string
			Spans   []struct {
				Tags []struct {
					Key   string
					Value any
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(read("trace"), &kept))
	trace := kept.Data[0].TraceID
	require.NoError(t, json.Unmarshal(read("search"), &kept))
	begun, marker := kept.Data[0].TraceID, ""
	for _, span := range kept.Data[0].Spans {
		for _, tag := range span.Tags {
			if tag.Key == "guid:x-client-trace-id" && tag.Value != "" {
				marker = fmt.Sprint(tag.Value)
			}
		}
	}
	require.NotEmpty(t, marker)
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/services":
			_, _ = w.Write(read("services"))
		case "/api/traces/" + trace:
			_, _ = w.Write(read("trace"))
		case "/api/traces", "/api/traces/" + strings.Repeat("0", 32-len(begun)) + begun: // it takes leading zeros away
			_, _ = w.Write(read("search"))
		default:
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write(read("missing"))
		}
	}))
	source := spantest.Jaeger(address)
	report, err := quick.Await(within(t, time.Minute), source, spantest.ByTraceID(trace), checkoutTree)
	require.NoError(t, err)
	assert.Equal(t, 7, report.Spans)
	report, err = quick.Await(within(t, time.Minute), source, spantest.ByMarker(marker), checkoutTree)
	require.NoError(t, err)
	assert.Equal(t, 7, report.Spans)
	report, err = quick.Await(within(t, 2*time.Second), source, spantest.ByTraceID(missing), checkoutTree)
	require.ErrorIs(t, err, spantest.ErrIncomplete)
	assert.Len(t, report.Absent(), 1)
}
