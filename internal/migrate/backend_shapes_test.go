//go:build !race

package migrate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"mvdan.cc/sh/v3/syntax"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// exporting is the exporters of a collector, and the names of those that the spans
// of proxies come to.
type exporting struct {
	all map[string]any
	fed []string
}

// seen are the values that were rendered: many shapes come to the same.
var seen = map[string]exporting{}

// exporters gives the exporters of the collector that values are rendered to.
func exporters(t *testing.T, text []byte) (all map[string]any, fed []string) {
	t.Helper()
	known, rendered := seen[string(text)]
	if !rendered {
		known.all, known.fed = renderExporters(t, text)
		seen[string(text)] = known
	}
	return known.all, known.fed
}

func renderExporters(t *testing.T, text []byte) (all map[string]any, fed []string) {
	t.Helper()
	renderer, err := render.New()
	require.NoError(t, err)
	values, err := render.ReadValues(render.Bytes("values.yaml", text))
	require.NoError(t, err)
	rendered, err := renderer.Render(t.Context(), values)
	require.NoError(t, err, "%s", text)
	objects, err := rendered.Objects()
	require.NoError(t, err)
	for _, o := range objects {
		data, _, _ := unstructured.NestedStringMap(o.Object, "data")
		for _, config := range data {
			if o.GetKind() != "ConfigMap" || !strings.Contains(config, "exporters:") {
				continue
			}
			var c struct {
				Exporters map[string]any
				Service   struct {
					Pipelines map[string]struct{ Receivers, Exporters []string }
				}
			}
			require.NoError(t, yaml.Unmarshal([]byte(config), &c))
			for _, p := range c.Service.Pipelines {
				if slices.ContainsFunc(p.Receivers, func(r string) bool { return r == "otlp" || r == "zipkin" }) {
					fed = append(fed, p.Exporters...)
				}
			}
			return c.Exporters, fed
		}
	}
	t.Fatalf("there is no collector:\n%s", text)
	return nil, nil
}

// TestBackendInEveryShape moves every shape of the corpus on to a backend: both
// take the spans first, LightStep's exporter is the same while its queue is
// emptied, and after that nothing of LightStep is rendered.
func TestBackendInEveryShape(t *testing.T) {
	moved := 0
	for _, s := range readShapes(t) {
		if s.values != "fine" {
			continue
		}
		result := move(t, s.to, migrate.Backend{Name: "honeycomb"}, s.sources...)
		if !result.Found { // only workloads of an old Istio: these keep what they have
			continue
		}
		name := s.file
		for _, p := range result.Problems {
			require.False(t, p.Severity == problem.SeverityError && !strings.HasPrefix(p.Path, "document."), "%s: %v", name, p)
		}
		both, fed := exporters(t, result.Values)
		assert.Subset(t, fed, []string{"otlp_grpc/honeycomb", "otlp_grpc/lightstep"}, name)
		drained, fed := exporters(t, result.Drained)
		assert.Contains(t, fed, "otlp_grpc/honeycomb", name)
		assert.NotContains(t, fed, "otlp_grpc/lightstep", name)
		assert.Equal(t, withoutSizes(both["otlp_grpc/lightstep"]), withoutSizes(drained["otlp_grpc/lightstep"]), "%s: the exporter that empties the queue is the one that filled it", name)
		after, fed := exporters(t, result.After)
		assert.Contains(t, fed, "otlp_grpc/honeycomb", name)
		assert.NotContains(t, after, "otlp_grpc/lightstep", name)
		assert.NotContains(t, strings.ReplaceAll(string(result.After), "istio-lightstep", ""), "lightstep", name)
		for _, step := range result.Steps {
			_, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(step.Run), name)
			require.NoError(t, err, "%s\n%s", name, step.Run)
			require.NotContains(t, step.Text+step.Run, "<no value>", name)
		}
		moved++
	}
	assert.Greater(t, moved, 60)
}

// withoutSizes gives an exporter without what differs by what else there is: how
// files of the token and the CA are called, and the share of the queue.
func withoutSizes(exporter any) map[string]any {
	settings, _ := exporter.(map[string]any)
	return map[string]any{
		"endpoint": settings["endpoint"], "compression": settings["compression"], "insecure": within(settings, "tls", "insecure"),
		"name": within(settings, "tls", "server_name_override"), "ca": within(settings, "tls", "ca_file") != nil, "storage": within(settings, "sending_queue", "storage"),
	}
}

func within(settings map[string]any, path ...string) any {
	found, _, _ := unstructured.NestedFieldNoCopy(settings, path...)
	return found
}

// TestBackendAlone: nothing goes to LightStep any more, and nothing of it is made.
func TestBackendAlone(t *testing.T) {
	for _, s := range readShapes(t) {
		if s.values != "fine" {
			continue
		}
		result := move(t, s.to, migrate.Backend{Name: "honeycomb", Alone: true}, s.sources...)
		if !result.Found {
			continue
		}
		all, _ := exporters(t, result.Values)
		assert.NotContains(t, all, "otlp_grpc/lightstep", s.file)
		assert.Nil(t, result.Secret, s.file)
		assert.Nil(t, result.TokenValues, s.file)
		assert.Nil(t, result.Drained, s.file)
		assert.Nil(t, result.After, s.file)
		for _, f := range result.Findings {
			assert.False(t, f.Outcome == migrate.Moved && strings.Contains(f.To, "lightstep"), "%s: %s", s.file, f)
			ofLightStep := strings.Contains(f.To, "lightstep") || strings.HasPrefix(f.To, "accessTokenFrom") || strings.HasPrefix(f.To, "cacert")
			assert.False(t, f.Outcome == migrate.ByHand && f.File == "" && ofLightStep, "%s: %s", s.file, f)
		}
		assert.NotContains(t, result.Report(), "doctor compare", s.file)
		assert.Contains(t, result.Report(), "migrate --verify", s.file)
	}
}

// TestBackendOnEveryIstio: up to 1.14 the collector takes Zipkin's spans.
func TestBackendOnEveryIstio(t *testing.T) {
	for minor := 4; minor <= 32; minor++ {
		to := fmt.Sprintf("1.%d.0", minor)
		result := move(t, to, migrate.Backend{Name: "grafana-cloud", Endpoint: "https://otlp-gateway-prod-eu-west-2.grafana.net/otlp"},
			migrate.Source{Name: "mine.yaml", Data: []byte(changed)})
		for _, p := range result.Problems {
			assert.NotEqual(t, problem.SeverityError, p.Severity, "%s: %v", to, p)
		}
		require.NotEmpty(t, result.Steps, to)
		assert.NotNil(t, result.Secret, "%s: the collector has the token from a Secret", to)
		assert.Nil(t, result.TokenValues, to)
		for _, values := range [][]byte{result.Values, result.Drained, result.After} {
			all, fed := exporters(t, values)
			assert.Contains(t, fed, "otlp_http/grafana-cloud", to)
			assert.Contains(t, all, "otlp_http/grafana-cloud", to)
		}
	}
}
