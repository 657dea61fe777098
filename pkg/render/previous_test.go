package render_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

const installed = `istio: {version: "1.30.0"}
global: {tracer: {lightstep: {address: "ingest.lightstep.com:443"}}}
accessTokenFrom: {name: token, key: key}
backends:
  a: {protocol: grpc, endpoint: "a.obs:4317", tls: {insecure: true}}
  b: {protocol: grpc, endpoint: "b.obs:4317", tls: {insecure: true}, drain: true}
`

// TestPrevious: what was installed is compared with the values as helm upgrade
// compares the cluster, whether the values of before are given or what they
// rendered.
func TestPrevious(t *testing.T) {
	t.Parallel()
	plain, err := render.New()
	require.NoError(t, err)
	manifests := renderedText(t, plain, installed)
	ofAnyIstio := strings.TrimPrefix(installed, "istio: {version: \"1.30.0\"}\n")
	for name, c := range map[string]struct {
		values string
		want   []string
	}{
		"the same":             {values: installed},
		"an endpoint changes":  {values: strings.ReplaceAll(installed, "a.obs", "c.obs")},
		"a backend is drained": {values: strings.ReplaceAll(installed, `a.obs:4317", `, `a.obs:4317", drain: true, `)},
		"a backend is removed": {
			values: installed + "  a: null\n",
			want:   []string{"error LS-BACKEND-QUEUE-STRANDED backends otlp_grpc/a"},
		},
		"a drained backend is removed": {
			values: installed + "  b: null\n",
			want:   []string{"warning LS-BACKEND-QUEUE-DRAINED backends otlp_grpc/b"},
		},
		"another protocol": {
			values: strings.ReplaceAll(installed, `a: {protocol: grpc, endpoint: "a.obs:4317"`, `a: {protocol: http, endpoint: "http://a.obs:4318"`),
			want:   []string{"error LS-BACKEND-QUEUE-STRANDED backends otlp_grpc/a"},
		},
		"LightStep is removed": {
			values: strings.ReplaceAll(strings.ReplaceAll(installed, "global: {tracer: {lightstep: {address: \"ingest.lightstep.com:443\"}}}\n", ""), "accessTokenFrom: {name: token, key: key}\n", ""),
			want:   []string{"error LS-BACKEND-QUEUE-STRANDED backends otlp_grpc/lightstep"},
		},
		"no volume": {
			values: installed + "collector: {persistence: {enabled: false}}\n",
			want:   []string{"error LS-COLLECTOR-VOLUME-CHANGED collector.persistence"},
		},
		"a larger volume": {
			values: installed + "collector: {persistence: {size: 5Gi}}\n",
			want:   []string{"error LS-COLLECTOR-VOLUME-CHANGED collector.persistence"},
		},
		"the same volume in another unit": {values: installed + "collector: {persistence: {size: 2048Mi}}\n"},
		"fewer collectors": {
			values: installed + "collector: {replicas: 1}\n",
			want:   []string{"warning LS-COLLECTOR-REPLICAS-FEWER collector.replicas"},
		},
		"more collectors": {values: installed + "collector: {replicas: 5}\n"},
		"given up":        {values: installed + "  a: null\ncollector: {queue: {abandon: [otlp_grpc/a]}}\n"},
		"another name": {
			values: installed + "fullnameOverride: traces\n",
			want: []string{
				"error LS-COLLECTOR-QUEUE-STRANDED fullnameOverride otlp_grpc/a", "error LS-COLLECTOR-QUEUE-STRANDED fullnameOverride otlp_grpc/lightstep",
				"warning LS-BACKEND-QUEUE-DRAINED backends otlp_grpc/b",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, before := range []string{installed, ofAnyIstio, manifests, aliased(manifests)} {
				r, err := render.New(render.WithPrevious("before.yaml", []byte(before)))
				require.NoError(t, err)
				v, err := render.ReadValues(layers(c.values)...)
				require.NoError(t, err)
				problems, err := r.Check(t.Context(), v)
				require.NoError(t, err)
				var got []string
				for _, p := range problems {
					if p.ID == "LS-COLLECTOR-VOLUME-CHANGED" || p.ID == "LS-COLLECTOR-REPLICAS-FEWER" {
						got = append(got, string(p.Severity)+" "+p.ID+" "+p.Path)
						continue
					}
					if strings.Contains(p.ID, "-QUEUE-") {
						_, exporter, _ := strings.Cut(p.Reason, "otlp_grpc/")
						exporter, _, _ = strings.Cut(exporter, " ")
						got = append(got, string(p.Severity)+" "+p.ID+" "+p.Path+" otlp_grpc/"+strings.TrimRight(exporter, ","))
						if p.Severity == problem.SeverityError {
							assert.Contains(t, p.Reason, "former collectors")
						}
					}
				}
				assert.ElementsMatch(t, c.want, got, "%v", problems)
				told := slices.ContainsFunc(problems, func(p problem.Problem) bool {
					return p.ID == "LS-PREVIOUS-ALIAS" && strings.Contains(p.Reason, "canary")
				})
				assert.Equal(t, before == aliased(manifests), told, "the alias is told where there is one: %v", problems)
				_, err = r.Render(t.Context(), v)
				assert.Equal(t, problem.HasErrors(problems), err != nil, "Render refuses it too: %v", err)
			}
		})
	}
}

// layers are values, and over them as a second file what removes a backend.
func layers(values string) []render.Source {
	rest, over, found := strings.Cut(values, installed)
	if !found {
		return []render.Source{render.Bytes("values.yaml", []byte(values))}
	}
	if strings.HasPrefix(over, "  ") {
		over = "backends:\n" + over
	}
	return []render.Source{render.Bytes("values.yaml", []byte(rest+installed)), render.Bytes("over.yaml", []byte(over))}
}

func renderedText(t *testing.T, r *render.Renderer, values string) string {
	t.Helper()
	v, err := render.ReadValues(render.Bytes("values.yaml", []byte(values)))
	require.NoError(t, err)
	result, err := r.Render(t.Context(), v)
	require.NoError(t, err)
	return string(result.YAML())
}

func TestPreviousIsRefused(t *testing.T) {
	t.Parallel()
	plain, err := render.New()
	require.NoError(t, err)
	manifests := renderedText(t, plain, installed)
	for text, want := range map[string]string{
		"a: [\n": "before.yaml",
		"kind: Service\napiVersion: v1\nmetadata: {name: a}\n":                             "before.yaml: it has no object of this chart",
		"istio: {version: \"1.30.0\"}\n":                                                   "before.yaml, the values of before: global.tracer.lightstep.address",
		strings.ReplaceAll(manifests, `"istio-lightstep"`, `"traces"`):                     "before.yaml: it is of another release, traces: give its name",
		strings.ReplaceAll(manifests, `namespace: "istio-system"`, `namespace: "tracing"`): "before.yaml: it is of another namespace, tracing: give that one",
		manifests + "\n---\n" + aliased(manifests):                                         "before.yaml: it has collectors of several aliases of this chart, canary, istio-lightstep",
		without(manifests, "kind: StatefulSet\n"):                                          "before.yaml: of the collectors it has not both the StatefulSet and the ConfigMap",
		without(manifests, "  config.yaml: |"):                                             "before.yaml: of the collectors it has not both the StatefulSet and the ConfigMap",
	} {
		_, err := render.New(render.WithPrevious("before.yaml", []byte(text)))
		require.ErrorContains(t, err, want)
	}
	for _, none := range [][]byte{nil, {}} { // as a failed `git show` gives
		_, err = render.New(render.WithPrevious("before.yaml", none))
		require.ErrorContains(t, err, "before.yaml, the values of before: global.tracer.lightstep.address: ")
	}
}

// aliased gives manifests as a parent chart with an alias for this one renders them.
func aliased(manifests string) string {
	name := regexp.MustCompile(`(?m)^( *)app.kubernetes.io/name: istio-lightstep$`)
	manifests = name.ReplaceAllString(manifests, "${1}app.kubernetes.io/name: canary\n${1}istio-lightstep.io/alias-of: istio-lightstep")
	return strings.ReplaceAll(manifests, "istio-lightstep-collector", "istio-lightstep-canary-collector")
}

// without gives manifests without the documents that have a text.
func without(manifests, text string) string {
	documents := strings.Split(manifests, "\n---\n")
	return strings.Join(slices.DeleteFunc(documents, func(d string) bool { return strings.Contains(d, text) }), "\n---\n")
}
