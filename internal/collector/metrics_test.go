package collector_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
)

func read(t *testing.T, text string) *collector.Metrics {
	t.Helper()
	metrics, err := collector.ReadMetrics(strings.NewReader(text))
	require.NoError(t, err)
	return metrics
}

// Collectors 0.155.0 and 0.165.0 with the chart's queue in bytes, a second
// backend and a debug exporter wrote these, after two spans that neither backend
// took: with the chart's settings, and with units, types and scopes in the names.
func TestMetricsOfARealCollector(t *testing.T) {
	t.Parallel()
	for file, counted := range map[string]struct{ uptime, queued float64 }{
		"0.155-plain.txt": {5.039172262, 144}, "0.155-units.txt": {5.006086995, 144},
		"0.165-plain.txt": {4.20542329, 148}, "0.165-units.txt": {4.073968146, 148},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("testdata", file))
			require.NoError(t, err)
			metrics := read(t, string(text))
			assert.Equal(t, &collector.Metrics{Accepted: 2, Uptime: counted.uptime, Exporters: map[string]collector.Counts{
				collector.Exporter: {Queue: collector.Queue{Known: true, Size: counted.queued, Capacity: 1e8}},
				"otlp_grpc/second": {Queue: collector.Queue{Known: true, Size: 1, Capacity: 1000}},
				"debug":            {Sent: 2},
			}}, metrics)
			assert.Equal(t, []string{collector.Exporter, "otlp_grpc/second"}, metrics.Queues(collector.Exporter), "debug has no queue")
		})
	}
}

// Names of other versions and settings mean the same.
func TestMetricsByEveryName(t *testing.T) {
	t.Parallel()
	for _, suffixes := range [][2]string{{"", ""}, {"_total", ""}, {"__spans_", "__batches_"}, {"__spans__total", "__batch_"}} {
		counter, gauge := suffixes[0], suffixes[1]
		text := strings.NewReplacer("COUNTER", counter, "GAUGE", gauge).Replace(`# HELP otelcol_exporter_queue_sizeGAUGE Current size of the retry queue (in batches)
# TYPE otelcol_exporter_queue_sizeGAUGE gauge
otelcol_exporter_queue_sizeGAUGE{data_type="traces",exporter="otlp_grpc/lightstep",service_version="0.155.0"} 12
otelcol_exporter_queue_sizeGAUGE{data_type="metrics",exporter="otlp_grpc/lightstep"} 5
otelcol_exporter_queue_sizeGAUGE{data_type="traces",exporter="otlp_grpc/tap"} 9
otelcol_exporter_queue_capacityGAUGE{data_type="traces",exporter="otlp_grpc/lightstep"} 10000
# TYPE otelcol_exporter_sent_spansCOUNTER counter
otelcol_exporter_sent_spansCOUNTER{exporter="otlp_grpc/lightstep"} 90
otelcol_exporter_sent_spansCOUNTER{exporter="otlp_grpc/second"} 7
otelcol_exporter_send_failed_spansCOUNTER{exporter="otlp_grpc/lightstep"} 2
otelcol_exporter_enqueue_failed_spansCOUNTER{exporter="otlp_grpc/lightstep"} 1
otelcol_receiver_accepted_spansCOUNTER{receiver="otlp",transport="grpc"} 100
otelcol_receiver_accepted_spansCOUNTER{receiver="zipkin",transport="http"} 1
otelcol_receiver_refused_spansCOUNTER{receiver="otlp",transport="grpc"} 3
`)
		metrics := read(t, text)
		assert.InDelta(t, 101, metrics.Accepted, 0, suffixes)
		assert.InDelta(t, 3, metrics.Refused, 0, suffixes)
		assert.Equal(t, collector.Counts{
			Sent: 90, SendFailed: 2, EnqueueFailed: 1, Queue: collector.Queue{Known: true, Size: 12, Capacity: 10000},
		}, metrics.Exporters[collector.Exporter], suffixes)
		assert.InDelta(t, 3, metrics.Exporters[collector.Exporter].Lost(), 0)
		assert.Equal(t, []string{collector.Exporter}, metrics.Queues(collector.Exporter), "the tap's queue is waited for by nobody")
	}
}

// A queue that the metrics do not have is no empty queue.
func TestAQueueThatIsNotSaidIsUnknown(t *testing.T) {
	t.Parallel()
	metrics := read(t, "otelcol_process_uptime 5\n")
	assert.Equal(t, []string{collector.Exporter}, metrics.Queues(collector.Exporter))
	assert.False(t, metrics.Exporters[collector.Exporter].Queue.Known)
	assert.Equal(t, "unknown", metrics.Exporters[collector.Exporter].Queue.String())
}

// The unit is requests, items or bytes, and the metrics do not say which.
func TestAQueueIsTakenForNoUnit(t *testing.T) {
	t.Parallel()
	for want, queue := range map[string]collector.Queue{
		"empty":          {Known: true, Capacity: 1e8},
		"under 1 % full": {Known: true, Size: 144, Capacity: 1e8},
		"85 % full":      {Known: true, Size: 8500, Capacity: 10000},
		"not empty":      {Known: true, Size: 3},
	} {
		assert.Equal(t, want, queue.String())
	}
}

func TestMetricsAreRefused(t *testing.T) {
	t.Parallel()
	series := `otelcol_exporter_sent_spans{exporter="` + strings.Repeat("x", 1000) + `"} 1` + "\n"
	for name, c := range map[string]struct{ text, want string }{
		"a page":         {"<html>\n<body>\n", "not the metrics of an OpenTelemetry Collector"},
		"nothing":        {"", "not the metrics of an OpenTelemetry Collector"},
		"another's":      {"go_goroutines 5\n", "not the metrics of an OpenTelemetry Collector"},
		"no number":      {"otelcol_exporter_queue_size{exporter=\"a\"} many\n", "read the collector's metrics"},
		"cut":            {`otelcol_exporter_queue_size{exporter="otlp_grpc/light`, "read the collector's metrics"},
		"one long line":  {"otelcol_exporter_queue_size" + strings.Repeat("x", 1<<20), "token too long"},
		"too many spans": {strings.Repeat(series, 1100), "more than 1048576 bytes are about spans"},
		"endless":        {"otelcol_process_uptime 5\n" + strings.Repeat(strings.Repeat("a", 60<<10)+" 1\n", 1100), "longer than 67108864 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := collector.ReadMetrics(strings.NewReader(c.text))
			assert.ErrorContains(t, err, c.want)
		})
	}
	// What is not about spans may be long: it is not kept.
	long := strings.Repeat("http_server_duration_bucket{peer=\""+strings.Repeat("1", 100)+"\"} 1\n", 100_000)
	assert.InDelta(t, 1, read(t, long+series).Exporters[strings.Repeat("x", 1000)].Sent, 0)
}

func FuzzReadMetrics(f *testing.F) {
	f.Add([]byte("otelcol_exporter_sent_spans{exporter=\"otlp_grpc/lightstep\"} 90\n"))
	f.Add([]byte("otelcol_exporter_queue_size__batches_{exporter=\"a\"} 0x1p4\n"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		metrics, err := collector.ReadMetrics(strings.NewReader(string(answer)))
		if err == nil && len(metrics.Queues(collector.Exporter)) == 0 {
			t.Fatal("no queue to wait for")
		}
	})
}
