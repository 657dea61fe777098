package charts_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// TestExportersQueueAlike: further exporters of OTLP wait, batch and try again
// as the chart's own does, unless their owner says otherwise.
func TestExportersQueueAlike(t *testing.T) {
	type settings = map[string]any
	without := func(from settings, keys ...string) settings {
		left := settings{}
		for key, value := range from {
			left[key] = value
		}
		for _, key := range keys {
			delete(left, key)
		}
		return left
	}
	with := func(from settings, key string, value any) settings {
		changed := without(from)
		changed[key] = value
		return changed
	}

	batch := settings{"sizer": "bytes", "min_size": 262144.0, "max_size": 4063232.0, "flush_timeout": "200ms"}
	queue := settings{"enabled": true, "storage": "file_storage", "sizer": "bytes", "queue_size": 429496729.0, "num_consumers": 20.0, "batch": batch}
	shared := settings{
		"endpoint": "a:1", "timeout": "30s", "compression": "none", "sending_queue": queue,
		"retry_on_failure": settings{"enabled": true, "initial_interval": "1s", "max_interval": "5s", "max_elapsed_time": "0s"},
	}
	grpc := with(shared, "keepalive", settings{"time": "10s", "timeout": "5s"})
	http := with(with(with(shared, "endpoint", "http://a:1"), "http2_read_idle_timeout", "10s"), "http2_ping_timeout", "5s")
	alone := with(queue, "queue_size", 858993459.0) // the only queue on the volume beside ours is ours

	for name, c := range map[string]struct {
		id       string
		own, out settings
	}{
		"otlp":      {"otlp", settings{}, grpc},
		"otlp_grpc": {"otlp_grpc/a", settings{}, grpc},
		"otlphttp":  {"otlphttp/a", settings{}, http},
		"otlp_http": {"otlp_http", settings{}, http},
		"one that may not batch": {"zipkin", settings{"format": "json"}, settings{
			"endpoint": "http://a:1", "format": "json", "sending_queue": without(queue, "batch"), "retry_on_failure": shared["retry_on_failure"],
		}},
		"of a like name":         {"otlparrow", settings{}, settings{"endpoint": "a:1"}},
		"owner's timeout":        {"otlp", settings{"timeout": "5s"}, with(grpc, "timeout", "5s")},
		"owner's gzip":           {"otlp", settings{"compression": "gzip"}, with(grpc, "compression", "gzip")},
		"no compression of ours": {"otlp", settings{"compression": nil}, without(grpc, "compression")},
		"deep":                   {"otlp", settings{"retry_on_failure": settings{"max_elapsed_time": "60s"}}, with(grpc, "retry_on_failure", settings{"enabled": true, "initial_interval": "1s", "max_interval": "5s", "max_elapsed_time": "60s"})},
		"null":                   {"otlp", settings{"keepalive": nil}, shared},
		"null within":            {"otlp", settings{"keepalive": settings{"time": nil}}, with(grpc, "keepalive", settings{"timeout": "5s"})},
		"no batch":               {"otlp", settings{"sending_queue": settings{"batch": nil}}, with(grpc, "sending_queue", without(queue, "batch"))},
		"no queue of ours":       {"otlp", settings{"sending_queue": nil}, without(grpc, "sending_queue")},
		"switched off":           {"otlp", settings{"sending_queue": settings{"enabled": false}}, with(grpc, "sending_queue", with(alone, "enabled", false))},
		"in memory":              {"otlp", settings{"sending_queue": settings{"storage": nil}}, with(grpc, "sending_queue", with(without(queue, "storage"), "queue_size", 134217728.0))},
		// The collector's own units are requests, and items in a batch.
		"requests":       {"otlp", settings{"sending_queue": settings{"queue_size": 5000}}, with(grpc, "sending_queue", with(with(queue, "sizer", "requests"), "queue_size", 5000.0))},
		"items":          {"otlp", settings{"sending_queue": settings{"sizer": "items", "queue_size": 5000}}, with(grpc, "sending_queue", with(with(queue, "sizer", "items"), "queue_size", 5000.0))},
		"batch of items": {"otlp", settings{"sending_queue": settings{"batch": settings{"min_size": 500}}}, with(grpc, "sending_queue", with(queue, "batch", settings{"sizer": "items", "min_size": 500.0, "max_size": 4000.0, "flush_timeout": "200ms"}))},
		"batch of bytes": {"otlp", settings{"sending_queue": settings{"sizer": "bytes", "batch": settings{"min_size": 500}}}, with(grpc, "sending_queue", with(queue, "batch", settings{"sizer": "bytes", "min_size": 500.0, "max_size": 4063232.0, "flush_timeout": "200ms"}))},
		"smaller bytes":  {"otlp", settings{"sending_queue": settings{"batch": settings{"sizer": "bytes", "max_size": 1000000}}}, with(grpc, "sending_queue", with(queue, "batch", with(batch, "max_size", 1000000.0)))},
		"few bytes":      {"otlp", settings{"sending_queue": settings{"sizer": "bytes", "queue_size": 2700000}}, with(grpc, "sending_queue", with(queue, "queue_size", 2700000.0))},
		"flushed later":  {"otlp", settings{"sending_queue": settings{"batch": settings{"flush_timeout": "1s"}}}, with(grpc, "sending_queue", with(queue, "batch", with(batch, "flush_timeout", "1s")))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, helm := range helms(t) {
				values, err := yaml.Marshal(settings{"collector": settings{"exporters": settings{c.id: with(c.own, "endpoint", c.out["endpoint"])}}})
				require.NoError(t, err)
				file := filepath.Join(t.TempDir(), "values.yaml")
				require.NoError(t, os.WriteFile(file, values, 0o600))
				objects, failure := template(t, helm, "istio-lightstep", "-f", "istio-lightstep/ci/collector-values.yaml", "-f", file)
				require.Empty(t, failure)
				var config configuration
				require.NoError(t, yaml.UnmarshalStrict([]byte(field(t, objects["ConfigMap platform-istio-lightstep-collector"], "data", "config.yaml")), &config))
				assert.Equal(t, c.out, config.Exporters[c.id])
				assert.Contains(t, config.Service.Pipelines["traces"].Exporters, c.id)
			}
		})
	}
}

// TestExportersQueueByFlag: a number of --set is an integer to Helm, and one of a file is not. A batch that is larger than
// its queue keeps the collector from starting.
func TestExportersQueueByFlag(t *testing.T) {
	t.Parallel()
	const queue = "collector.exporters.otlp/x.sending_queue."
	const file, set = "istio-lightstep/ci/collector-values.yaml", "collector.exporters.otlp/x.endpoint=a:1," + queue + "sizer=bytes," + queue + "queue_size=2700000"
	printed := map[string]map[string]*unstructured.Unstructured{}
	for variable, helm := range helms(t) {
		objects, failure := template(t, helm, "istio-lightstep", "-f", file, "--set", set)
		require.Empty(t, failure, variable)
		printed[variable] = objects
	}
	values, err := render.ReadValues(render.File(file), render.Set(set))
	require.NoError(t, err)
	renderer, err := render.New(render.WithRelease("platform", "istio-system"))
	require.NoError(t, err)
	result, err := renderer.Render(t.Context(), values)
	require.NoError(t, err)
	printed["Go"] = objectsIn(t, result.YAML())

	for by, objects := range printed {
		var config configuration
		require.NoError(t, yaml.UnmarshalStrict([]byte(field(t, objects["ConfigMap platform-istio-lightstep-collector"], "data", "config.yaml")), &config))
		sending := config.Exporters["otlp/x"].(map[string]any)["sending_queue"].(map[string]any)
		assert.EqualValues(t, 2700000, sending["queue_size"], by)
		assert.EqualValues(t, 262144, sending["batch"].(map[string]any)["min_size"], by)
	}
}
