package leftover

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// injector is the ConfigMap of an istiod, with this template and these values.
func injector(t *testing.T, name, template, values string) string {
	t.Helper()
	text, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": name, "namespace": "istio-system"},
		"data": map[string]any{"config": template, "values": values},
	})
	require.NoError(t, err)
	return string(text)
}

// asIstioHasIt is a part of Istio's template for sidecars.
const asIstioHasIt = `templates:
  sidecar: |
    spec:
      containers:
      - name: istio-proxy
        volumeMounts:
         {{- if and (eq .Values.global.proxy.tracer "lightstep") .ProxyConfig.GetTracing.GetTlsSettings }}
        - mountPath: {{ directory .ProxyConfig.GetTracing.GetTlsSettings.GetCaCertificates }}
          name: lightstep-certs
          {{- range $index, $value := .Other }}
          {{ $value }}
          {{- end }}
          readOnly: true
        {{- end }}
      volumes:
      {{- if eq .Values.global.proxy.tracer "lightstep" }}{{ with .Key }}
      - secret: {secretName: lightstep.cacert}
      {{ end }}{{ else if eq .Values.global.proxy.tracer "datadog" }}
      - name: {{ "{{" }}
      {{- else }}
      - name: other
      {{- end -}}
`

const defaultValues = `{
  "global": {
    "proxy": {"tracer": "zipkin"},
    "tracer": {
      "lightstep": {
        "accessToken": "",
        "address": "",
        "more": {"secure": false, "list": [], "none": null}
      }
    }
  }
}`

// TestWhatIstioItselfHasIsNoMention: every istiod to 1.31 has LightStep's volume in
// its templates, which counts only if it is the tracer.
func TestWhatIstioItselfHasIsNoMention(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"istio-sidecar-injector", "istio-sidecar-injector-1-31"} {
		assert.Empty(t, names(look(t, injector(t, name, asIstioHasIt, defaultValues))), name)
	}
	for says, c := range map[string][2]string{
		"data.values: global.proxy.tracer":     {asIstioHasIt, strings.Replace(defaultValues, "zipkin", "lightstep", 1)},
		"data.values: global.tracer.lightstep": {asIstioHasIt, strings.Replace(defaultValues, `"address": ""`, `"address": "satellite:443"`, 1)},
		"data.values, line 2":                  {asIstioHasIt, "tracer:\n  lightstep: {}\n"},
		"data.config, line 21":                 {strings.Replace(asIstioHasIt, "name: other", "name: lightstep", 1), defaultValues},
		"data.config, line 19":                 {strings.Replace(asIstioHasIt, `{{ "{{" }}`, "lightstep", 1), defaultValues},
		"data.config, line 23":                 {asIstioHasIt + "  other: lightstep\n", defaultValues},
		"data.config, line 7":                  {strings.Replace(asIstioHasIt, `(eq .Values.global.proxy.tracer "lightstep")`, `(ne .Values.global.proxy.tracer "lightstep")`, 1), defaultValues},
	} {
		found := names(look(t, injector(t, "istio-sidecar-injector", c[0], c[1])))
		require.NotEmpty(t, found, says)
		assert.Equal(t, "ConfigMap istio-system/istio-sidecar-injector: "+says, found[0])
	}
	assert.NotEmpty(t, names(look(t, injector(t, "templates", asIstioHasIt, ""))), "another's")
}

// TestTheChartsOwnWarningsAreNoMention: after the removal of LightStep's exporter they say
// that it was drained.
func TestTheChartsOwnWarningsAreNoMention(t *testing.T) {
	t.Parallel()
	const warnings = `
apiVersion: v1
kind: ConfigMap
metadata: {name: shop-warnings, namespace: istio-system, labels: {helm.sh/chart: %s-0.1.0}}
data: {warnings: "LS-BACKEND-QUEUE-DRAINED: backends: exporter otlp_grpc/lightstep was drained", %s: lightstep}
`
	assert.Empty(t, names(look(t, strings.ReplaceAll(fmt.Sprintf(warnings, "istio-lightstep", "x"), "x: lightstep", "x: y"))))
	assert.Equal(t, []string{"ConfigMap istio-system/shop-warnings: data.other"}, names(look(t, fmt.Sprintf(warnings, "istio-lightstep", "other"))))
	assert.Equal(t, []string{"ConfigMap istio-system/shop-warnings: data.other", "ConfigMap istio-system/shop-warnings: data.warnings"},
		names(look(t, fmt.Sprintf(warnings, "another", "other"))))
}

// What kubectl or istioctl keeps of an object that it applied is the object once more, on
// one line of JSON: Istio's own values for LightStep are none of it there either.
func TestWhatWasAppliedIsReadAsTheObject(t *testing.T) {
	t.Parallel()
	const installed = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata:
  name: installed-state
  namespace: istio-system
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"kind":"IstioOperator","spec":{"components":{"pilot":{"k8s":{"env":[{"name":"SHARED_MESH_CONFIG","value":"istio-lightstep"}]}}},"values":{"global":{"proxy":{"tracer":"TRACER"},"tracer":{"datadog":{},"lightstep":{},"zipkin":{}}}}}}
`
	const at = `IstioOperator istio-system/installed-state: metadata.annotations.kubectl\.kubernetes\.io/last-applied-configuration: spec.values.global.proxy.tracer`
	assert.Empty(t, names(look(t, strings.ReplaceAll(installed, "TRACER", "zipkin"))))
	assert.Equal(t, []string{at}, names(look(t, strings.ReplaceAll(installed, "TRACER", "lightstep"))))
}
