package conformance_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// keptSecrets are Secrets of a test: their values by name and key.
type keptSecrets map[string]map[string]string

// collecting is a collector with backends, before its start.
type collecting struct {
	configuredCollector
	rendered string // its configuration, with the files where this test has them
	relays   string // that of the container beside it; empty: none
	mounts   string // the folder of these files
	sources  map[string][][3]string
	secrets  keptSecrets
	reloader []string // arguments of the container that has the files read again
	pad      int      // bytes more in the name of each span
}

// collectFor renders a collector for values, puts their Secrets where it looks
// for them, and moves its ports and folders.
func collectFor(t *testing.T, values string, secrets keptSecrets) *collecting {
	t.Helper()
	c := renderFor(t, values, secrets)
	c.configure(t)
	return c
}

// renderFor renders a collector for values.
func renderFor(t *testing.T, values string, secrets keptSecrets) *collecting {
	t.Helper()
	objects, err := rendered(t, values).Objects()
	require.NoError(t, err)

	c := &collecting{mounts: t.TempDir(), secrets: secrets, sources: map[string][][3]string{}}
	for _, object := range objects {
		if text, ok := at(object.Object, "data", collectorConfig).(string); ok {
			c.rendered = text
		}
		if text, ok := at(object.Object, "data", collector.RelayConfig).(string); ok {
			c.relays = text
		}
		if container := named(at(object.Object, "spec", "template", "spec", "containers"), "reload"); container != nil {
			for _, argument := range container["args"].([]any) {
				c.reloader = append(c.reloader, argument.(string))
			}
		}
		volumes, _ := at(object.Object, "spec", "template", "spec", "volumes").([]any)
		for _, volume := range volumes {
			name, _ := at(volume, "name").(string)
			sources, _ := at(volume, "projected", "sources").([]any)
			for _, source := range sources {
				items, ours := at(source, "secret", "items").([]any)
				if !ours { // a volume of the values' own
					continue
				}
				require.Len(t, items, 1)
				c.sources[strings.TrimPrefix(name, "backend-")] = append(c.sources[strings.TrimPrefix(name, "backend-")], [3]string{
					at(source, "secret", "name").(string), at(items[0], "key").(string), at(items[0], "path").(string),
				})
			}
		}
	}
	return c
}

// configure puts the Secrets where the collector looks for them, and moves its
// ports and folders.
func (c *collecting) configure(t *testing.T) {
	t.Helper()
	c.mount(t)
	c.rendered = strings.ReplaceAll(c.rendered, backendsFolder, c.mounts)
	c.receiver, c.health = ports.Address(t), ports.Address(t)
	c.configs = []string{
		writeConfig(t, c.rendered),
		"yaml:receivers::otlp::protocols::grpc::endpoint: " + c.receiver,
		"yaml:extensions::health_check::endpoint: " + c.health,
		"yaml:extensions::file_storage::directory: " + filepath.Join(t.TempDir(), "queue"),
		"yaml:service::telemetry::metrics::level: none",
	}
	if strings.Contains(c.rendered, "otlp/drained:") {
		c.configs = append(c.configs, "yaml:receivers::otlp/drained::protocols::grpc::endpoint: "+ports.Address(t))
	}
}

// mount writes the Secrets as the kubelet does: the files of a projected volume
// are links through one, ..data, which alone is put in the place of the former.
func (c *collecting) mount(t *testing.T) {
	t.Helper()
	for backend, files := range c.sources {
		folder := filepath.Join(c.mounts, backend)
		version := filepath.Join(folder, fmt.Sprintf("..version-%d", time.Now().UnixNano()))
		require.NoError(t, os.MkdirAll(version, 0o700))
		for _, file := range files {
			value, ok := c.secrets[file[0]][file[1]]
			require.True(t, ok, "no Secret %s with key %s", file[0], file[1])
			require.NoError(t, os.WriteFile(filepath.Join(version, file[2]), []byte(value), 0o600))
		}
		data := filepath.Join(folder, "..data")
		former, _ := os.Readlink(data) // There is none at first.
		require.NoError(t, os.Symlink(filepath.Base(version), data+"_tmp"))
		require.NoError(t, os.Rename(data+"_tmp", data))
		if former != "" {
			require.NoError(t, os.RemoveAll(filepath.Join(folder, former)))
			continue
		}
		for _, file := range files {
			require.NoError(t, os.Symlink(filepath.Join("..data", file[2]), filepath.Join(folder, file[2])))
		}
	}
}

// exporter gives an exporter of the configuration.
func (c *collecting) exporter(t *testing.T, name string) map[string]any {
	t.Helper()
	var config map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(c.rendered), &config))
	exporter, ok := at(config, "exporters", name).(map[string]any)
	require.True(t, ok, "no exporter %s", name)
	return exporter
}

// lead has the exporter of a backend send to a fake in the place of its
// endpoint, with all else of that as it is rendered, and trust the fake's CA
// where it has none of its own.
func (c *collecting) lead(t *testing.T, backend *fakeBackend, named string) {
	t.Helper()
	name := fmt.Sprintf("otlp_%s/%s", backend.protocol, named)
	exporter, address := c.exporter(t, name), backend.address
	if _, own := at(exporter, "tls", "ca_file").(string); !own && !backend.plain {
		file := filepath.Join(t.TempDir(), "ca.crt")
		require.NoError(t, os.WriteFile(file, backend.authority, 0o600))
		c.configs = append(c.configs, fmt.Sprintf("yaml:exporters::%s::tls::ca_file: %s", name, file))
	}
	for _, key := range []string{"endpoint", "traces_endpoint"} {
		endpoint, ok := exporter[key].(string)
		if !ok {
			continue
		}
		led := address
		if strings.Contains(endpoint, "://") {
			parsed, err := url.Parse(endpoint)
			require.NoError(t, err)
			parsed.Host = address
			led = parsed.String()
		}
		c.configs = append(c.configs, fmt.Sprintf("yaml:exporters::%s::%s: %s", name, key, led))
	}
}

// sendTraces sends so many traces of five spans each, as proxies do.
func (c *collecting) sendTraces(t *testing.T, first, count int) {
	t.Helper()
	connection, err := grpc.NewClient(c.receiver, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer func() { assert.NoError(t, connection.Close()) }()
	client := collectortrace.NewTraceServiceClient(connection)
	for i := range count {
		var spans []*tracev1.Span
		for s := range 5 {
			spans = append(spans, &tracev1.Span{
				TraceId: fmt.Appendf(nil, "trace %010d", first+i), SpanId: fmt.Appendf(nil, "span %03d", s), Name: "a span of a proxy" + strings.Repeat("s", c.pad),
			})
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // A collector that has ended is never ready.
		_, err := client.Export(ctx, &collectortrace.ExportTraceServiceRequest{ResourceSpans: []*tracev1.ResourceSpans{{
			ScopeSpans: []*tracev1.ScopeSpans{{Spans: spans}},
		}}}, grpc.WaitForReady(true))
		cancel()
		require.NoError(t, err)
	}
}

// wantTraces waits until a backend has all of so many traces.
func wantTraces(t *testing.T, backend *fakeBackend, count int) {
	t.Helper()
	assert.Eventually(t, func() bool { return backend.traces() >= count }, 60*time.Second, 50*time.Millisecond)
	require.Empty(t, backend.wrong(), "what was wrong, first")
	require.Equal(t, count, backend.traces())
}

// rendered renders values for a release of the usual name.
func rendered(t *testing.T, values string) *render.Result {
	t.Helper()
	result, err := renderText(t, values)
	require.NoError(t, err)
	return result
}

// renderText renders values that may be refused.
func renderText(t *testing.T, values string) (*render.Result, error) {
	t.Helper()
	renderer, err := render.New()
	require.NoError(t, err)
	read, err := render.ReadValues(render.Bytes("backends.yaml", []byte(values)))
	require.NoError(t, err)
	return renderer.Render(t.Context(), read)
}
