package conformance_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/otelcol"
)

// ownExporters are settings of further exporters of OTLP over gRPC, laid over
// an endpoint: what is accepted of them must start a collector.
var ownExporters = []string{
	// Compressions.
	`{"compression": ""}`, `{"compression": "none"}`, `{"compression": "gzip"}`, `{"compression": "snappy"}`, `{"compression": "zstd"}`,
	`{"compression": null}`, `{"compression": "zlib"}`, `{"compression": "deflate"}`, `{"compression": "x-snappy-framed"}`,
	`{"compression": "lz4"}`, `{"compression": "GZIP"}`, `{"compression": "br"}`, `{"compression": 5}`, `{"compression": true}`,
	// Queues.
	`{"sending_queue": null}`, `{"sending_queue": {}}`, `{"sending_queue": []}`, `{"sending_queue": "x"}`, `{"sending_queue": true}`,
	`{"sending_queue": {"enabled": false}}`, `{"sending_queue": {"enabled": "false"}}`, `{"sending_queue": {"enabled": 0}}`,
	`{"sending_queue": {"queue_size": 600}}`, `{"sending_queue": {"queue_size": null}}`, `{"sending_queue": {"queue_size": 0}}`,
	`{"sending_queue": {"queue_size": -1}}`, `{"sending_queue": {"queue_size": 1.5}}`, `{"sending_queue": {"queue_size": "100"}}`,
	`{"sending_queue": {"queue_size": 1e15}}`, `{"sending_queue": {"queue_size": 1e18}}`, `{"sending_queue": {"queue_size": 1e19}}`,
	`{"sending_queue": {"queue_size": 9223372036854775807}}`, `{"sending_queue": {"queue_size": 9223372036854775808}}`,
	`{"sending_queue": {"sizer": null}}`, `{"sending_queue": {"sizer": "bytes"}}`, `{"sending_queue": {"sizer": "items"}}`,
	`{"sending_queue": {"sizer": "spans"}}`, `{"sending_queue": {"sizer": 5}}`, `{"sending_queue": {"sizer": ""}}`,
	`{"sending_queue": {"sizer": "bytes", "queue_size": null}}`, `{"sending_queue": {"sizer": "items", "queue_size": null}}`,
	`{"sending_queue": {"sizer": "bytes", "queue_size": 10}}`, `{"sending_queue": {"sizer": "bytes", "queue_size": 2700000}}`,
	`{"sending_queue": {"sizer": "bytes", "queue_size": 300000000}}`, `{"sending_queue": {"sizer": "bytes", "queue_size": 100000000000000}}`,
	`{"sending_queue": {"sizer": "items", "queue_size": 10}}`, `{"sending_queue": {"sizer": "requests", "queue_size": 600}}`,
	`{"sending_queue": {"sizer": null, "queue_size": 600}}`, `{"sending_queue": {"storage": "other"}}`, `{"sending_queue": {"storage": 1}}`,
	`{"sending_queue": {"storage": null}}`, `{"sending_queue": {"storage": null, "sizer": "bytes"}}`, `{"sending_queue": {"wait_for_result": true}}`,
	`{"sending_queue": {"wait_for_result": false}}`, `{"sending_queue": {"num_consumers": 0}}`, `{"sending_queue": {"num_consumers": 5}}`,
	`{"sending_queue": {"num_consumers": null}}`, `{"sending_queue": {"num_consumers": "5"}}`, `{"sending_queue": {"block_on_overflow": 1}}`,
	`{"sending_queue": {"block_on_overflow": true}}`, `{"sending_queue": {"size": 5}}`,
	// Batches.
	`{"sending_queue": {"batch": null}}`, `{"sending_queue": {"batch": {}}}`, `{"sending_queue": {"batch": []}}`, `{"sending_queue": {"batch": true}}`,
	`{"sending_queue": {"batch": {"max_size": 10}}}`, `{"sending_queue": {"batch": {"min_size": 10}}}`, `{"sending_queue": {"batch": {"max_size": 0}}}`,
	`{"sending_queue": {"batch": {"max_size": -1}}}`, `{"sending_queue": {"batch": {"max_size": 1.5}}}`, `{"sending_queue": {"batch": {"max_size": "10"}}}`,
	`{"sending_queue": {"batch": {"max_size": null, "min_size": null}}}`, `{"sending_queue": {"batch": {"max_size": null}}}`,
	`{"sending_queue": {"batch": {"min_size": null}}}`, `{"sending_queue": {"batch": {"min_size": 20, "max_size": 10}}}`,
	`{"sending_queue": {"batch": {"min_size": 20, "max_size": 0}}}`, `{"sending_queue": {"batch": {"min_size": 1e18}}}`,
	`{"sending_queue": {"batch": {"max_size": 1e18}}}`, `{"sending_queue": {"batch": {"sizer": "bytes"}}}`, `{"sending_queue": {"batch": {"sizer": "items"}}}`,
	`{"sending_queue": {"batch": {"sizer": "requests"}}}`, `{"sending_queue": {"batch": {"sizer": null}}}`, `{"sending_queue": {"batch": {"sizer": "bytes", "max_size": 10}}}`,
	`{"sending_queue": {"batch": {"sizer": "bytes", "min_size": 10000}}}`, `{"sending_queue": {"batch": {"sizer": "bytes", "min_size": 100000000000000}}}`,
	`{"sending_queue": {"sizer": "requests", "queue_size": 600, "batch": {"max_size": 10}}}`,
	`{"sending_queue": {"sizer": "requests", "queue_size": 600, "batch": {"min_size": 10}}}`,
	`{"sending_queue": {"sizer": "items", "queue_size": 3000, "batch": {"max_size": 30000}}}`,
	`{"sending_queue": {"sizer": "items", "queue_size": 3000, "batch": {"min_size": 30000}}}`,
	`{"sending_queue": {"sizer": "items", "queue_size": 3000, "batch": {"sizer": "bytes"}}}`,
	`{"sending_queue": {"sizer": "bytes", "queue_size": 2700000, "batch": {"sizer": "items"}}}`,
	`{"sending_queue": {"sizer": "bytes", "queue_size": 2700000, "batch": {"min_size": 3000000}}}`,
	`{"sending_queue": {"sizer": "bytes", "queue_size": 2700000, "batch": {"max_size": 3000000}}}`,
	`{"sending_queue": {"sizer": "bytes", "batch": {"min_size": 100000000000000}}}`, `{"sending_queue": {"sizer": "bytes", "queue_size": null, "batch": {"min_size": null, "max_size": 10}}}`,
	`{"sending_queue": {"queue_size": 600, "batch": {"min_size": 1000}}}`, `{"sending_queue": {"batch": {"flush_timeout": "1s"}}}`,
	`{"sending_queue": {"batch": {"flush_timeout": "0s"}}}`, `{"sending_queue": {"batch": {"flush_timeout": "-1s"}}}`, `{"sending_queue": {"batch": {"flush_timeout": "soon"}}}`,
	`{"sending_queue": {"batch": {"flush_timeout": null}}}`, `{"sending_queue": {"batch": {"size": 5}}}`,
	`{"sending_queue": {"storage": null, "batch": {"sizer": "bytes", "min_size": 10000000000}}}`,
	// Trying again.
	`{"retry_on_failure": null}`, `{"retry_on_failure": {}}`, `{"retry_on_failure": true}`, `{"retry_on_failure": {"enabled": false}}`, `{"retry_on_failure": {"enabled": "no"}}`,
	`{"retry_on_failure": {"max_elapsed_time": "3s"}}`, `{"retry_on_failure": {"max_elapsed_time": "500ms"}}`, `{"retry_on_failure": {"max_elapsed_time": "0s"}}`,
	`{"retry_on_failure": {"max_elapsed_time": 0}}`, `{"retry_on_failure": {"max_elapsed_time": "5m"}}`, `{"retry_on_failure": {"max_elapsed_time": "-1s"}}`,
	`{"retry_on_failure": {"max_elapsed_time": "3s", "max_interval": "10s"}}`, `{"retry_on_failure": {"max_elapsed_time": "3s", "initial_interval": "10s"}}`,
	`{"retry_on_failure": {"max_elapsed_time": "3s", "max_interval": "2s", "initial_interval": "1s"}}`, `{"retry_on_failure": {"max_elapsed_time": "3s", "max_interval": null}}`,
	`{"retry_on_failure": {"max_elapsed_time": "10s", "max_interval": null}}`, `{"retry_on_failure": {"max_elapsed_time": "2s", "initial_interval": null}}`,
	`{"retry_on_failure": {"multiplier": 2}}`, `{"retry_on_failure": {"multiplier": -1}}`, `{"retry_on_failure": {"multiplier": "2"}}`,
	`{"retry_on_failure": {"randomization_factor": 0.5}}`, `{"retry_on_failure": {"randomization_factor": 2}}`, `{"retry_on_failure": {"randomization_factor": -0.1}}`,
	`{"retry_on_failure": {"max_retries": 5}}`,
	// TLS, and levels of a compression.
	`{"tls": {"min_version": "1.3", "max_version": "1.2"}}`, `{"tls": {"max_version": "1.1"}}`, `{"tls": {"min_version": "1.0", "max_version": "1.1"}}`,
	`{"tls": {"min_version": "1.3"}}`, `{"tls": {"ca_file": "/a", "ca_pem": "b"}}`, `{"tls": {"cert_file": "/a"}}`, `{"tls": {"key_file": "/a"}}`,
	`{"tls": {"cert_file": "/a", "cert_pem": "b", "key_file": "/a"}}`, `{"tls": {"cipher_suites": ["TLS_RSA_WITH_RC4_128_SHA"]}}`,
	`{"tls": {"ca_pem": "/a"}}`, `{"tls": {"cert_pem": "/a", "key_file": "/a"}}`,
	`{"compression": "gzip", "compression_params": {"level": 9}}`, `{"compression": "gzip", "compression_params": {"level": 10}}`,
	`{"compression": "zstd", "compression_params": {"level": 22}}`, `{"compression": "snappy", "compression_params": {"level": 1}}`,
	`{"compression": "lz4", "compression_params": {"level": -1}}`, `{"compression": "x-snappy-framed", "compression_params": {"level": 0}}`,
	// Keys.
	`{"headers": {"a": "b"}}`, `{"endpont": "a:1"}`, `{"traces_endpoint": "http://a"}`, `{"timeouts": "5s"}`, `{"endpont": null}`,
}

// TestWhatIsRefusedStartsNoCollector: what the rules on keys and compressions
// refuse the real collector refuses too, by itself. The rules on queues and
// batches refuse more: what would start, and lose spans.
func TestWhatIsRefusedStartsNoCollector(t *testing.T) {
	stricter := []string{
		`"wait_for_result": true`, `"queue_size": 1.5`, `"queue_size": 1e15`, `"queue_size": 1e18`, `"queue_size": 9223372036854775807`, `"queue_size": null}}`, `"sizer": "items"}}`,
		`"sizer": "bytes", "queue_size"`, `"sizer": "items", "queue_size": 10}`, `"storage": `, `"min_size": 1e18`, `"max_size": 1e18`, `"min_size": 100000000000000`, `"num_consumers"`,
	}
	refusals := 0
	for _, kind := range [][2]string{{"otlp_grpc/a", "a:4317"}, {"otlp_http/a", "http://a:4318"}} {
		for _, own := range ownExporters {
			_, err := collectorConfigWith(t, kind, own)
			var refused *render.ProblemsError
			if !errors.As(err, &refused) {
				continue
			}
			lax := false
			for _, part := range stricter {
				lax = lax || strings.Contains(own, part)
			}
			if lax {
				continue
			}
			refusals++
			t.Run(kind[0]+" "+own, func(t *testing.T) {
				var settings map[string]any
				require.NoError(t, json.Unmarshal([]byte(own), &settings))
				settings["endpoint"] = kind[1]
				text, err := json.Marshal(settings)
				require.NoError(t, err)
				assertRefused(t, fmt.Sprintf(`{receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0"}}}}, exporters: {%q: %s},
service: {telemetry: {metrics: {level: none}}, pipelines: {traces: {receivers: [otlp], exporters: [%q]}}}}`, kind[0], text, kind[0]))
			})
		}
	}
	assert.Greater(t, refusals, 40)
}

// assertRefused wants the collector not to take a configuration: validate says
// so, or else it ends as soon as it starts.
func assertRefused(t *testing.T, config string) {
	t.Helper()
	var refusal *otelcol.Refusal
	if errors.As(validateConfig(t, config), &refusal) {
		return
	}
	collector, err := otelcol.Open()
	require.NoError(t, err)
	process, err := collector.Start(t.Context(), nil, writeConfig(t, config))
	require.NoError(t, err)
	select {
	case <-process.Exited():
	case <-time.After(20 * time.Second):
		t.Errorf("the collector runs with it: %s", process.Stop())
	}
}

// collectorConfigWith renders a further exporter of a name and endpoint.
func collectorConfigWith(t *testing.T, kind [2]string, own string) (string, error) {
	t.Helper()
	var settings map[string]any
	require.NoError(t, json.Unmarshal([]byte(own), &settings))
	settings["endpoint"] = kind[1]
	text, err := json.Marshal(map[string]any{kind[0]: settings})
	require.NoError(t, err)
	values, err := render.ReadValues(
		render.Set("istio.version=1.31.0,accessTokenFrom.name=token,global.tracer.lightstep.address=satellite.lightstep:9292"),
		render.SetJSON("collector.exporters="+string(text)))
	require.NoError(t, err)
	renderer, err := render.New()
	require.NoError(t, err)
	result, err := renderer.Render(t.Context(), values)
	if err != nil {
		return "", err
	}
	objects, err := result.Objects()
	require.NoError(t, err)
	for _, object := range objects {
		if config, ok := at(object.Object, "data", collectorConfig).(string); ok {
			return config, nil
		}
	}
	t.Fatal("no collector was rendered")
	return "", nil
}
