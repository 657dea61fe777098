package migrate_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
