package document_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
)

const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: istiod}
spec:
  source:
    chart: istiod
    helm:
      values: |
        global:
          proxy: {tracer: lightstep}
`

// sampled are documents that set the sampling to 5, each with the place of it.
var sampled = map[string]struct{ text, path, at string }{
	"a mesh config in its ConfigMap": {`apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |-
    # of istiod
    defaultConfig:
      tracing:
        sampling: 5
`, "meshConfig.defaultConfig.tracing.sampling", "9:9"},
	"a mesh config in quotes": {`apiVersion: v1
kind: ConfigMap
metadata: {name: istio-1-26}
data:
  mesh: "defaultConfig:\n  tracing:\n    sampling: 5\n"
`, "meshConfig.defaultConfig.tracing.sampling", "5:3"},
	"what kubectl prints of ConfigMaps": {`apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: others}
  data: {app.yaml: "global: {a: 1}\nb: 2\n"}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: istio-lightstep, labels: {app.kubernetes.io/name: istio-lightstep, helm.sh/chart: istio-lightstep-1.0.0}}
  data: {mesh: "extensionProviders: [{name: istio-lightstep}]"}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: istio}
  data:
    mesh: |
      defaultConfig: {tracing: {sampling: 5}}
`, "meshConfig.defaultConfig.tracing.sampling", "17:33"},
	"a HelmChart of k3s": {`apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: mesh}
spec:
  chart: https://charts.example/istiod-1.26.2.tgz
  valuesContent: |-
    pilot:
      traceSampling: 5
`, "values.pilot.traceSampling", "8:7"},
	"a HelmChart of k3s with set": {`apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: mesh}
spec:
  chart: istiod
  set: {pilot.traceSampling: "5"}
  valuesContent: |-
    pilot:
      traceSampling: 7
      cni: {enabled: true}
`, "values.pilot.traceSampling", "6:9"},
	"a HelmChartConfig": {`apiVersion: helm.cattle.io/v1
kind: HelmChartConfig
metadata: {name: istiod}
spec:
  valuesContent: |
    pilot: {traceSampling: 5}
`, "values.pilot.traceSampling", "6:13"},
	"a HelmChartConfig over its HelmChart": {`apiVersion: helm.cattle.io/v1
kind: HelmChartConfig
metadata: {name: mesh, namespace: kube-system}
spec:
  valuesContent: |
    pilot: {traceSampling: 5}
---
apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: mesh, namespace: kube-system}
spec:
  chart: istiod
  valuesContent: |-
    pilot:
      traceSampling: 7
      cni: {enabled: true}
`, "values.pilot.traceSampling", "6:13"},
	"a HelmChart with set, below a HelmChartConfig": {`apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: mesh}
spec:
  chart: istiod
  set: {pilot.traceSampling: "5"}
  valuesContent: |-
    pilot: {traceSampling: 7}
---
apiVersion: helm.cattle.io/v1
kind: HelmChartConfig
metadata: {name: mesh}
spec:
  valuesContent: |
    pilot: {traceSampling: 6}
`, "values.pilot.traceSampling", "6:9"},
	"an Application with a text": {
		strings.Replace(application, "proxy: {tracer: lightstep}", "tag: 1.26.2\n        pilot: {traceSampling: 5}", 1),
		"values.pilot.traceSampling", "11:17",
	},
	"an Application with parameters over its values": {`apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: istiod}
spec:
  sources:
  - {repoURL: https://charts.example, chart: base}
  - repoURL: https://charts.example
    chart: istiod
    helm:
      parameters:
      - {name: pilot.traceSampling, value: "5"}
      values: |
        pilot: {traceSampling: 7}
`, "values.pilot.traceSampling", "11:9"},
	"an Application with parameters alone": {`apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: istiod}
spec:
  source:
    chart: istiod
    helm:
      parameters:
      - name: pilot.traceSampling
        value: "5"
`, "values.pilot.traceSampling", "9:9"},
	"an Application whose values are replaced": {`apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: istiod}
spec:
  source:
    chart: istiod
    helm:
      values: |
        pilot: {traceSampling: 7}
      valuesObject:
        pilot: {traceSampling: 5}
`, "values.pilot.traceSampling", "11:17"},
	"an ApplicationSet": {`apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: istiod}
spec:
  generators: [{clusters: {}}]
  template:
    spec:
      source:
        path: charts/istio-discovery
        helm:
          values: |
            global: {multiCluster: {clusterName: "{{name}}"}}
            pilot: {traceSampling: 5}
`, "values.pilot.traceSampling", "13:21"},
	"values in a ConfigMap, as Flux takes them": {`apiVersion: v1
kind: ConfigMap
metadata: {name: istiod-values}
data:
  values.yaml: |
    meshConfig:
      defaultConfig: {tracing: {sampling: 5}}
`, "meshConfig.defaultConfig.tracing.sampling", "7:33"},
	"a helmfile with set": {`releases:
- name: mesh
  chart: istio/istiod
  set: [{name: pilot.traceSampling, value: 5}]
  values:
  - pilot: {traceSampling: 6}
  - pilot: {traceSampling: 7}
`, "values.pilot.traceSampling", "4:9"},
}

// TestTextsAreRead: settings in texts and lists are read as those in maps, and
// stand where they do in the file.
func TestTextsAreRead(t *testing.T) {
	for name, c := range sampled {
		t.Run(name, func(t *testing.T) {
			d, err := document.Normalise([]byte(c.text))
			require.NoError(t, err)
			assert.InDelta(t, 5, d.Value["sampling"], 0)
			line, column := d.Position(c.path)
			assert.Equal(t, c.at, place(line, column))
			assert.Empty(t, d.Problems)
		})
	}
	d, err := document.Normalise([]byte(sampled["a mesh config in its ConfigMap"].text))
	require.NoError(t, err)
	assert.Equal(t, "istio-system", d.Value["istiodNamespace"])
}

func TestTextsAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		strings.Replace(application, "{tracer: lightstep}", "{tracer: a, tracer: b}", 1):                                                                                                      "10:30 LS-DOCUMENT-DUPLICATE-KEY duplicate key",
		strings.Replace(application, "{tracer: lightstep}", "{tracer:", 1):                                                                                                                    "10:0 LS-DOCUMENT-YAML in this text: not valid YAML",
		strings.Replace(application, "proxy: {tracer: lightstep}", "proxy: {tracer: x}\n        {{ if .a }}", 1):                                                                              "give what the template renders",
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio}\ndata:\n  mesh: |\n    a: [\n":                                                                                              "LS-DOCUMENT-YAML in this text: not valid YAML",
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio}\ndata:\n  mesh: |\n    enableTracing: []\n":                                                                                 "", // of another type
		application + "---\n" + strings.Replace(application, "istiod}", "istiod-canary}", 1):                                                                                                  "values of Istio stand in 2 places",
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {app.kubernetes.io/name: istio-lightstep, helm.sh/chart: istio-lightstep-1.0.0}}\ndata: {mesh: \"rootNamespace: a\"}\n": "found: ConfigMap",
	} {
		d, err := document.Normalise([]byte(text))
		if want == "" {
			require.NoError(t, err, text)
			require.Len(t, d.Problems, 1)
			assert.Equal(t, "6:20", place(d.Problems[0].Line, d.Problems[0].Column))
			continue
		}
		var refused *document.Error
		require.True(t, errors.As(err, &refused), text)
		p := refused.Problem
		assert.Contains(t, place(p.Line, p.Column)+" "+p.ID+" "+p.Reason+"; "+p.Fix, want)
	}
}

// TestIstiosOwnZipkin: of a mesh config that Istio's chart wrote, the tracer that
// nobody asked for is no other tracer.
func TestIstiosOwnZipkin(t *testing.T) {
	const text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio}\ndata:\n  mesh: |\n    defaultConfig:\n      discoveryAddress: istiod:15012\n      tracing: {zipkin: {address: ADDRESS}}\n"
	for address, left := range map[string]int{"zipkin.istio-system:9411": 0, "zipkin.obs.svc:9411": 1} {
		d, err := document.Normalise([]byte(strings.Replace(text, "ADDRESS", address, 1)))
		require.NoError(t, err)
		config := d.Value["meshConfig"].(map[string]any)["defaultConfig"].(map[string]any)
		assert.Equal(t, "istiod:15012", config["discoveryAddress"])
		assert.Len(t, config["tracing"], left)
	}
}

// TestObjectsBeside: Telemetries, EnvoyFilters and annotations of pods are read
// with a control plane's document, and without one.
func TestObjectsBeside(t *testing.T) {
	const objects = `apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: quiet, namespace: shop}
spec: {tracing: [{disableSpanReporting: true}]}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: own, namespace: istio-system}
spec:
  configPatches:
  - applyTo: NETWORK_FILTER
    patch:
      operation: MERGE
      value:
        typed_config:
          tracing: {provider: {name: envoy.tracers.zipkin}}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: other, namespace: istio-system}
spec: {configPatches: [{patch: {value: {name: tracing}}}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations:
        proxy.istio.io/config: '{tracing: {lightstep: {address: "a:1"}}}'
`
	for _, text := range []string{objects, objects + "---\nmeshConfig: {accessLogFile: /dev/stdout}\n"} {
		d, err := document.Normalise([]byte(text))
		require.NoError(t, err)
		assert.Len(t, d.Value["objects"], 3)
		assert.Equal(t, []any{"lightstep"}, d.Value["annotationTracers"])
		require.Contains(t, d.Telemetries, "shop/quiet")
		assert.Len(t, d.Telemetries, 1)
		line, column := d.Position("document.objects[1].spec.configPatches[0].patch.value.typed_config.tracing")
		assert.Equal(t, "16:11", place(line, column))
		line, _ = d.Position("document.annotationTracers[0]")
		assert.Equal(t, 30, line)
		d.Add("telemetries", map[string]any{"of": "off"}, d.Telemetries["shop/quiet"])
		line, column = d.Position("document.telemetries[0].of")
		assert.Equal(t, "1:1", place(line, column))
	}
	_, err := document.Normalise([]byte("apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: a}\n"))
	require.NoError(t, err, "it was looked at")
}

func place(line, column int) string { return fmt.Sprintf("%d:%d", line, column) }
