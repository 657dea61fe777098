package migrate_test

import (
	"bytes"
	"errors"
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

// move migrates sources on to a backend.
func move(t *testing.T, to string, b migrate.Backend, sources ...migrate.Source) *migrate.Result {
	t.Helper()
	result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: to, Dir: "out", Backend: &b})
	require.NoError(t, err)
	return result
}

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

// TestSamplingIsKept: a move changes how many requests are traced in no stage,
// also where nothing but Istio's default says it.
func TestSamplingIsKept(t *testing.T) {
	const set = "    defaultConfig: {tracing: {sampling: 10}}\n"
	document := strings.NewReplacer("defaultConfig: {tracing: {sampling: 10}}", "defaultConfig: {}")
	mesh := `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  profile: PROFILE
  meshConfig:
    defaultProviders: {tracing: [lightstep]}
` + set + `    extensionProviders:
    - name: lightstep
      lightstep: {service: ingest.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}
`
	for _, c := range []struct{ mesh, sampling, said string }{
		{mesh, "10", "→ `pilot.traceSampling`"},
		{document.Replace(mesh), "1", "Istio's default applied: 1 % with its charts. The values keep it"},
		{strings.ReplaceAll(document.Replace(mesh), "PROFILE", "demo"), "100", "Istio's default applied: 100 % with its profile demo"},
	} {
		source := migrate.Source{Name: "mine.yaml", Data: []byte(strings.ReplaceAll(c.mesh, "PROFILE", "default"))}
		for _, alone := range []bool{false, true} {
			result := move(t, "1.28", migrate.Backend{Name: "honeycomb", Alone: alone}, source)
			assert.Contains(t, result.Report(), c.said)
			for _, values := range [][]byte{result.Values, result.Drained, result.After} {
				if values != nil {
					assert.Contains(t, string(values), "traceSampling: "+c.sampling+"\n")
				}
			}
		}
	}
}

// TestBackendOfWhichLittleIsKnown: what the user has to fill in is refused until
// it is filled in.
func TestBackendOfWhichLittleIsKnown(t *testing.T) {
	source := migrate.Source{Name: "mine.yaml", Data: []byte(changed)}
	for _, c := range []struct {
		of      migrate.Backend
		refused string // by this rule
		has     []string
	}{
		{migrate.Backend{Name: "mine"}, "LS-BACKEND-ENDPOINT-PLACEHOLDER", []string{"mine:", "protocol: grpc", "endpoint: <host>:4317"}},
		{migrate.Backend{Name: "mine", Protocol: "http"}, "LS-BACKEND-ENDPOINT-PLACEHOLDER", []string{"protocol: http", "endpoint: https://<host>"}},
		{migrate.Backend{Name: "mine", Endpoint: "spans.example.com:4317"}, "", []string{"protocol: grpc", "endpoint: spans.example.com:4317"}},
		{migrate.Backend{Name: "dynatrace"}, "LS-BACKEND-ENDPOINT-PLACEHOLDER", []string{"preset: dynatrace", "name: dynatrace"}},
		{migrate.Backend{Name: "tempo", Endpoint: "tempo.tempo.svc:4317"}, "", []string{"preset: tempo"}},
		{migrate.Backend{Name: "datadog", Protocol: "grpc", Endpoint: "otlp.datadoghq.com:4317"}, "LS-BACKEND-PROTOCOL-PRESET", nil},
		{migrate.Backend{Name: "datadog"}, "LS-BACKEND-ENDPOINT-PLACEHOLDER", []string{"preset: datadog", "tracesEndpoint: <your endpoint, such as https://otlp.datadoghq.com/v1/traces>"}},
		{migrate.Backend{Name: "datadog", Endpoint: "https://otlp.datadoghq.com/v1/traces"}, "", []string{"preset: datadog", "tracesEndpoint: https://otlp.datadoghq.com/v1/traces"}},
		{migrate.Backend{Name: "mine", Protocol: "http", Endpoint: "https://a.example.com/v1/traces"}, "", []string{"tracesEndpoint: https://a.example.com/v1/traces"}},
		{migrate.Backend{Name: "google-cloud"}, "", []string{"preset: google-cloud"}},
	} {
		result := move(t, "1.28", c.of, source)
		var refused []string
		for _, p := range result.Problems {
			if p.Severity == problem.SeverityError {
				refused = append(refused, p.ID)
			}
		}
		assert.Equal(t, c.refused, strings.Join(slices.Compact(refused), " "), "%+v", c.of)
		for _, text := range c.has {
			assert.Contains(t, string(result.Values), text, "%+v", c.of)
		}
	}
	assert.Contains(t, move(t, "1.28", migrate.Backend{Name: "google-cloud"}, source).Report(), "no test of this project sends to Google Cloud")
}

// TestBackendThatCannotBe is refused before anything is read.
func TestBackendThatCannotBe(t *testing.T) {
	for _, b := range []migrate.Backend{{Name: "Grafana Cloud"}, {Name: strings.Repeat("a", 31)}, {Name: "tap"}, {Name: "mine", Protocol: "zipkin"}} {
		_, err := migrate.Migrate(t.Context(), nil, migrate.Options{To: "1.28", Backend: &b})
		var refused *render.ProblemsError
		require.ErrorAs(t, err, &refused, "%+v", b)
		assert.True(t, strings.HasPrefix(refused.Problems[0].File, "--"), "%+v: %v", b, err)
	}
	_, err := migrate.Migrate(t.Context(), nil, migrate.Options{To: "1.28", Backend: &migrate.Backend{Name: "lightstep"}})
	require.Error(t, err)
	assert.False(t, errors.As(err, new(*render.ProblemsError)))
}

// TestStepsOfAMoveInTheInstallersWords: of each installer the steps have the order
// of a move, and with a repository of its own the cluster is changed by commits
// alone.
func TestStepsOfAMoveInTheInstallersWords(t *testing.T) {
	order := []string{"doctor compare", "values-drain.yaml", "otelcol_exporter_queue_size", "values-after.yaml", "lightstep.cacert", "migrate --verify"}
	for name, by := range map[string]string{"49-sail": "sail", "56-flux": "flux", "57-argo": "argocd", "103-k3s": "k3s", "36-provider-1.20": "istioctl", "14-istiod-values": "helm"} {
		for _, to := range []string{"1.28", "1.14"} {
			for _, s := range readShapes(t) {
				if !strings.Contains(s.file, "/"+name+".") || by == "sail" && to == "1.14" {
					continue
				}
				result := move(t, to, migrate.Backend{Name: "honeycomb"}, s.sources...)
				var commands, whole bytes.Buffer
				for _, step := range result.Steps {
					commands.WriteString(step.Run + "\n")
					whole.WriteString(step.Text + "\n" + step.Run + "\n")
				}
				at := 0
				for _, part := range order {
					next := strings.Index(whole.String()[at:], part)
					require.GreaterOrEqual(t, next, 0, "%s to %s: %s is not there, or too early:\n%s", name, to, part, whole.String())
					at += next
				}
				if by != "flux" && by != "argocd" {
					assert.Contains(t, commands.String(), `helm upgrade --install istio-lightstep "$CHART"`, name)
					continue
				}
				_, afterSecret, _ := strings.Cut(commands.String(), "rm out/secret.yaml")
				for line := range strings.Lines(afterSecret) {
					for _, change := range []string{"kubectl apply", "kubectl delete", "kubectl create", "kubectl patch", "helm install", "helm upgrade"} {
						assert.NotContains(t, line, change, name)
					}
				}
				assert.GreaterOrEqual(t, strings.Count(afterSecret, "\ncommit '"), 3, name)
			}
		}
	}
}
