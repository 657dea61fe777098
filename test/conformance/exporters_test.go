package conformance_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// TestSecondBackendAway has a second backend that is not there. Nobody is told
// that spans were refused, the first backend has them at once, and the second
// one as soon as it is there.
func TestSecondBackendAway(t *testing.T) {
	folder := t.TempDir()
	first, second := newSatellite(t, folder, false), newSatellite(t, t.TempDir(), false)
	first.start(t)
	for _, exporter := range []string{"otlp_grpc/second", "otlp/second"} {
		t.Run(exporter, func(t *testing.T) {
			collector := startCollectorWith(t, t.TempDir(), first.address, false, []render.Source{render.SetJSON(fmt.Sprintf(
				`collector.exporters={%q: {"endpoint": %q, "tls": {"insecure": true}, "headers": {"lightstep-access-token": "${env:LIGHTSTEP_ACCESS_TOKEN}"}}}`,
				exporter, second.address,
			))})
			var spans []string
			for i := range 1200 { // A collector's own queue takes 1,000 calls.
				spans = append(spans, fmt.Sprintf("%s %d", exporter, i))
				collector.send(t, spans[i])
			}
			for _, span := range spans {
				first.wantSpan(t, span, tokenMarker)
			}
			second.start(t)
			for _, span := range spans {
				second.wantSpan(t, span, tokenMarker)
			}
			second.server.Stop()
		})
	}
}

// TestCollectorTakesExporters has the real collector read exporters with what
// the chart adds to them.
func TestCollectorTakesExporters(t *testing.T) {
	c := &conformance{run: run{Version: "1.31.0", Delivery: "collector", Mesh: meshShared}}
	for name, values := range map[string]string{
		"otlp":                     `collector.exporters={"otlp": {"endpoint": "a:4317"}}`,
		"otlp_grpc":                `collector.exporters={"otlp_grpc/a": {"endpoint": "a:4317"}}`,
		"otlphttp":                 `collector.exporters={"otlphttp/a": {"endpoint": "http://a:4318"}}`,
		"otlp_http":                `collector.exporters={"otlp_http/a": {"endpoint": "http://a:4318"}}`,
		"another":                  `collector.exporters={"debug": {"verbosity": "basic"}}`,
		"a queue in requests":      `collector.exporters={"otlp/a": {"endpoint": "a:4317", "sending_queue": {"queue_size": 600}}}`,
		"a queue in items":         `collector.exporters={"otlp/a": {"endpoint": "a:4317", "sending_queue": {"sizer": "items", "queue_size": 50000}}}`,
		"a queue of few bytes":     `collector.exporters={"otlp/a": {"endpoint": "a:4317", "sending_queue": {"sizer": "bytes", "queue_size": 2700000}}}`,
		"a queue in memory":        `collector.exporters={"otlp/a": {"endpoint": "a:4317", "sending_queue": {"storage": null}}}`,
		"a queue of its own":       `collector.exporters={"otlp/a": {"endpoint": "a:4317", "sending_queue": null}}`,
		"no queue":                 `collector.exporters={"otlp/a": {"endpoint": "a:4317", "sending_queue": {"enabled": false}}}`,
		"batches of spans":         `collector.exporters={"otlp/a": {"endpoint": "a:4317", "sending_queue": {"batch": {"min_size": 5000}}}}`,
		"no batches":               `collector.exporters={"otlp/a": {"endpoint": "a:4317", "sending_queue": {"batch": null}}}`,
		"the smallest queue":       `collector.queue.bytes=2700000`,
		"a large queue":            `collector={"queue": {"bytes": "6Ti"}, "persistence": {"size": "10Ti"}}`,
		"a queue without a volume": `collector.persistence.enabled=false`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.NoError(t, validateConfig(t, renderedCollector(t, c, render.SetJSON(values))))
		})
	}
	for _, compression := range []string{"none", "gzip", "snappy", "zstd"} {
		t.Run(compression, func(t *testing.T) {
			t.Parallel()
			assert.NoError(t, validateConfig(t, renderedCollector(t, c, render.Set("collector.compression="+compression))))
		})
	}
}

// renderedCollector gives the collector's configuration as rendered.
func renderedCollector(t *testing.T, c *conformance, values ...render.Source) string {
	t.Helper()
	objects, err := c.render(t, "cluster", values...).Objects()
	require.NoError(t, err)
	for _, object := range objects {
		if text, ok := at(object.Object, "data", collectorConfig).(string); ok {
			return text
		}
	}
	t.Fatal("no collector was rendered")
	return ""
}
