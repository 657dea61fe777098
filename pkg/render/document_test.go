package render_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

const telemetriesBeside = `apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: quiet, namespace: shop}
spec: {selector: {matchLabels: {app: cart}}, tracing: [{disableSpanReporting: true}]}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: default, namespace: pay}
spec: {tracing: [{providers: [{name: zipkin}]}]}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: few, namespace: blog}
spec: {tracing: [{randomSamplingPercentage: 1}]}
`

// TestCheckWith: documents of all kinds in which people have Istio's settings are
// judged, each problem at its place in the file.
func TestCheckWith(t *testing.T) {
	t.Parallel()
	r, err := render.New()
	require.NoError(t, err)
	for name, c := range map[string]struct {
		text string
		set  []string
		want []string
	}{
		"a mesh config in its ConfigMap": {
			text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: mesh}\ndata:\n  mesh: |\n    enableTracing: false\n",
			want: []string{"3:36 LS-DOCUMENT-NAMESPACE", "6:5 LS-DOCUMENT-TRACING-OFF"},
		},
		"a default provider of tracing in the mesh's ConfigMap": {
			text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: |\n    defaultProviders: {tracing: [mine], metrics: [mine]}\n",
			want: []string{"6:34 LS-DOCUMENT-DEFAULT-PROVIDER"},
		},
		"a default provider of tracing in parameters of an Application": {
			text: "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: istiod}\nspec:\n  source:\n    chart: istiod\n    helm:\n      parameters:\n      - {name: 'meshConfig.defaultProviders.tracing[0]', value: mine}\n",
			want: []string{"9:9 LS-DOCUMENT-DEFAULT-PROVIDER"},
		},
		"a default provider of tracing that is the one of this release, by its name": {
			text: "defaultProviders: {tracing: [mine], metrics: [other]}\n",
			set:  []string{"fullnameOverride=mine"},
		},
		"a HelmChart of k3s": {
			text: "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: istiod}\nspec:\n  chart: istiod\n  valuesContent: |\n    global: {proxy: {tracer: lightstep}}\n",
			want: []string{"7:22 LS-DOCUMENT-TRACER-LIGHTSTEP"},
		},
		"an Application with parameters": {
			text: "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: istiod}\nspec:\n  source:\n    chart: istiod\n    helm:\n      parameters:\n      - {name: global.proxy.tracer, value: lightstep}\n",
			want: []string{"9:9 LS-DOCUMENT-TRACER-LIGHTSTEP"},
		},
		"a tracer in values that istioctl does not validate": {
			text: "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  values: {global: {proxy: {tracer: none}}}\n  unvalidatedValues:\n    global: {proxy: {tracer: lightstep}}\n",
			want: []string{"6:22 LS-DOCUMENT-TRACER-LIGHTSTEP"},
		},
		"a provider in values that istioctl does not validate, before that of the mesh config": {
			text: "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  unvalidatedValues:\n    meshConfig:\n      extensionProviders: [{name: ls, lightstep: {service: s, port: 443}}]\n  meshConfig: {extensionProviders: [{name: mine, zipkin: {service: z, port: 9411}}]}\n",
			set:  []string{"istio.version=1.28.0"},
			want: []string{"6:39 LS-DOCUMENT-PROVIDER-PANICS"},
		},
		"values that are not validated, in the defaults of an IstioControlPlane, and what is no map": {
			text: "apiVersion: install.istio.io/v1alpha2\nkind: IstioControlPlane\nspec:\n  unvalidatedValues:\n    defaults: {global: {proxy: {tracer: lightstep}}}\n    meshConfig: text\n",
			want: []string{"5:33 LS-DOCUMENT-TRACER-LIGHTSTEP", "6:17 LS-DOCUMENT-TYPE"},
		},
		"Telemetries": {
			text: telemetriesBeside,
			want: []string{"1:1 LS-DOCUMENT-TELEMETRY-OFF", "6:1 LS-DOCUMENT-TELEMETRY-ELSEWHERE"},
		},
		"Telemetries, and the control plane's document is what the values give": {
			text: telemetriesBeside, set: []string{"output=istiodValues"},
			want: []string{"1:1 LS-DOCUMENT-TELEMETRY-OFF", "6:1 LS-DOCUMENT-TELEMETRY-ELSEWHERE"},
		},
		"Telemetries of a mesh that gets none": {text: telemetriesBeside, set: []string{"istio.version=1.14.0"}},
		"a Telemetry of no namespace, and one that starts no traces": {
			text: "apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: a}\nspec: {tracing: [{disableSpanReporting: true}]}\n---\n" +
				"apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: a, namespace: shop}\nspec: {tracing: [{randomSamplingPercentage: 0}]}\n",
			want: []string{"1:1 LS-DOCUMENT-TELEMETRY-NAMESPACE", "6:1 LS-DOCUMENT-TELEMETRY-UNSAMPLED"},
		},
		"an older Telemetry of the mesh": {
			text: "apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: mesh-default, namespace: istio-system}\nspec: {metrics: [{providers: [{name: prometheus}]}]}\n",
			want: []string{"1:1 LS-DOCUMENT-TELEMETRY-OLDER"},
		},
		"the Telemetry of this release, as it is installed": {
			text: "apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: istio-lightstep, namespace: istio-system}\nspec: {tracing: [{providers: [{name: old}]}]}\n",
		},
		"a Telemetry that Istio refuses": {
			text: "apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: a, namespace: b}\nspec: {tracing: {a: b}}\n",
			want: []string{"0:0 LS-DOCUMENT-TYPE"},
		},
		"an EnvoyFilter": {
			text: "apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: own, namespace: istio-system}\nspec:\n  configPatches: [{patch: {value: {typed_config: {tracing: {random_sampling: {value: 1}}, " +
				"'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager}}}}]\n",
			want: []string{"5:51 LS-BESIDE-ENVOYFILTER"},
		},
		"a Sidecar, and an object that changes nothing": {
			text: "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default, namespace: shop}\nspec: {egress: [{hosts: [./*]}]}\n---\n" +
				"apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: a, namespace: shop}\nspec: {}\n",
			want: []string{"1:1 LS-BESIDE-SIDECAR-NAMESPACE"},
		},
		"a Telemetry for a gateway": {
			text: "apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: a, namespace: shop}\nspec: {targetRefs: [{kind: Gateway, name: g}], tracing: [{disableSpanReporting: true}]}\n",
			want: []string{"1:1 LS-BESIDE-TELEMETRY-OFF"},
		},
		"an IstioOperator without an istiod, of another revision, with a variable": {
			text: "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  revision: stable\n  components:\n    pilot:\n      enabled: false\n" +
				"      k8s:\n        env:\n        - {name: SHARED_MESH_CONFIG, value: istio-lightstep}\n        - {name: PILOT_FILTER_GATEWAY_CLUSTER_CONFIG, value: \"true\"}\n",
			set:  []string{"istio.version=1.24.0,istio.revision=canary,fullnameOverride=istio-lightstep"},
			want: []string{"10:45 LS-DOCUMENT-NO-ISTIOD", "11:62 LS-DOCUMENT-GATEWAY-FILTER"},
		},
		"values of a revision that is written as a number, with another domain": {
			text: "revision: 1\npilot:\n  env: {PILOT_FILTER_GATEWAY_CLUSTER_CONFIG: true}\nglobal: {proxy: {clusterDomain: corp.local}}\n",
			set:  []string{"istio.version=1.24.0,istio.revision=canary"},
			want: []string{"1:11 LS-DOCUMENT-REVISION", "3:46 LS-DOCUMENT-GATEWAY-FILTER", "4:18 LS-DOCUMENT-CLUSTER-DOMAIN"},
		},
		"the mesh ConfigMap of a revision": {
			text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-stable, namespace: istio-system, labels: {istio.io/rev: stable}}\ndata:\n  mesh: |\n    enableTracing: true\n",
			set:  []string{"istio.revision=canary"},
			want: []string{"3:80 LS-DOCUMENT-REVISION"},
		},
		"a Deployment with nothing to check": {
			text: "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\n",
			want: []string{"0:0 LS-DOCUMENT-KIND"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sources := []render.Source{
				render.Set("istio.version=1.26.2,global.tracer.lightstep.address=ingest.lightstep.com:443"),
				render.Set("accessTokenFrom.name=token,accessTokenFrom.key=key"),
			}
			for _, s := range c.set {
				sources = append(sources, render.Set(s))
			}
			v, err := render.ReadValues(sources...)
			require.NoError(t, err)
			problems, err := r.Check(t.Context(), v, render.WithDocument("mine.yaml", []byte(c.text)))
			require.NoError(t, err)
			var got []string
			for _, p := range problems {
				if p.File == "mine.yaml" && p.ID != "LS-DOCUMENT-UNSHARED" { // of most, and the corpus has it
					got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.ID))
				}
			}
			assert.ElementsMatch(t, c.want, got, "%v", problems)
		})
	}
}
