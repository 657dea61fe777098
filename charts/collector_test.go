package charts_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// configuration is the collector's, as far as its parts name each other.
type configuration struct {
	Receivers, Processors, Extensions, Exporters map[string]any
	Service                                      struct {
		Extensions []string
		Telemetry  map[string]any
		Pipelines  map[string]struct{ Receivers, Processors, Exporters []string }
	}
}

func TestCollectorConfigurationHangsTogether(t *testing.T) {
	helm := helms(t)["HELM3"]
	for _, values := range []string{"zipkin", "collector", "collector-public-ca"} {
		for _, secure := range []string{"true", "false"} {
			t.Run(values+" secure="+secure, func(t *testing.T) {
				objects, failure := template(t, helm, "istio-lightstep", "-f", "istio-lightstep/ci/"+values+"-values.yaml",
					"--set", "global.tracer.lightstep.secure="+secure, "--set", "collector.exporters.debug.verbosity=basic")
				require.Empty(t, failure)
				var config configuration
				text := field(t, objects["ConfigMap platform-istio-lightstep-collector"], "data", "config.yaml")
				require.NoError(t, yaml.UnmarshalStrict([]byte(text), &config))

				traces := config.Service.Pipelines["traces"]
				assert.Len(t, config.Service.Pipelines, 1)
				assert.ElementsMatch(t, slices.Collect(maps.Keys(config.Receivers)), traces.Receivers)
				assert.ElementsMatch(t, slices.Collect(maps.Keys(config.Processors)), traces.Processors)
				assert.ElementsMatch(t, slices.Collect(maps.Keys(config.Exporters)), traces.Exporters)
				assert.ElementsMatch(t, slices.Collect(maps.Keys(config.Extensions)), config.Service.Extensions)
				assert.Equal(t, "memory_limiter", traces.Processors[0], "it refuses before anything else takes memory")
				assert.Contains(t, traces.Exporters, "debug")

				exporter := config.Exporters["otlp_grpc/lightstep"].(map[string]any)
				assert.Regexp(t, `^(ingest\.lightstep\.com:443|lightstep-satellite\.lightstep:9292)$`, exporter["endpoint"])
				if exporter["endpoint"] == "ingest.lightstep.com:443" {
					assert.Equal(t, "gzip", exporter["compression"])
				} else {
					assert.Equal(t, "none", exporter["compression"], "satellites need not know gzip, and a batch that one refuses is dropped")
				}
				queue := exporter["sending_queue"].(map[string]any)
				assert.Equal(t, true, queue["enabled"])
				assert.Contains(t, config.Extensions, queue["storage"])
				if auth, found := exporter["auth"].(map[string]any); found {
					assert.Contains(t, config.Extensions, auth["authenticator"])
				} else {
					assert.Equal(t, "false", secure, "the token travels somehow")
				}
				assert.Equal(t, true, exporter["retry_on_failure"].(map[string]any)["enabled"])

				ports := containerPorts(t, objects["StatefulSet platform-istio-lightstep-collector"])
				assert.Equal(t, map[string]any{"endpoint": "0.0.0.0:13133"}, config.Extensions["health_check"])
				assert.EqualValues(t, 13133, ports["health"])
				readers, _, err := unstructured.NestedSlice(config.Service.Telemetry, "metrics", "readers")
				require.NoError(t, err)
				served, _, err := unstructured.NestedFieldNoCopy(readers[0].(map[string]any), "pull", "exporter", "prometheus", "port")
				require.NoError(t, err)
				assert.Equal(t, served, ports["metrics"])
			})
		}
	}
}

// containerPorts are the ports of a workload's first container, by name.
func containerPorts(t *testing.T, workload *unstructured.Unstructured) map[string]any {
	t.Helper()
	require.NotNil(t, workload)
	containers, found, err := unstructured.NestedSlice(workload.Object, "spec", "template", "spec", "containers")
	require.NoError(t, err)
	require.True(t, found)
	ports := map[string]any{}
	for _, port := range containers[0].(map[string]any)["ports"].([]any) {
		ports[port.(map[string]any)["name"].(string)] = port.(map[string]any)["containerPort"]
	}
	return ports
}

// A pod reads its configuration, CA and environment at its start alone.
func TestCollectorRestartsForWhatItReadsAtItsStart(t *testing.T) {
	chart := parent(t)
	const secure = "global.tracer.lightstep.cacertPath=/etc/lightstep/cacert.pem,istio-lightstep.cacert.pem="
	const clear = "global.tracer.lightstep.secure=false,global.tracer.lightstep.accessToken="
	certificate := func(body string) string {
		return secure + "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n"
	}
	helm := helms(t)["HELM3"]
	pod := func(values string) map[string]string {
		objects, failure := template(t, helm, chart, "--set", values)
		require.Empty(t, failure)
		annotations, _, err := unstructured.NestedStringMap(objects["StatefulSet platform-istio-lightstep-collector"].Object, "spec", "template", "metadata", "annotations")
		require.NoError(t, err)
		return annotations
	}
	for name, change := range map[string]struct {
		before, after string
		restarts      bool
	}{
		"configuration":       {"istio-lightstep.collector.queue.bytes=1Gi", "istio-lightstep.collector.queue.bytes=512Mi", true},
		"CA":                  {certificate("AAAA"), certificate("BBBB"), true},
		"token sent in clear": {clear + "one", clear + "two", true},
		"number of replicas":  {"istio-lightstep.collector.replicas=2", "istio-lightstep.collector.replicas=3", false},
		"nothing":             {clear + "one", clear + "one", false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, change.restarts, !maps.Equal(pod(change.before), pod(change.after)))
		})
	}
}
