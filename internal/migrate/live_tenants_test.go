package migrate_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// TestLiveTenants has namespaces that do not run the mesh say where its spans
// go: none of that becomes a value, and all of it is named.
func TestLiveTenants(t *testing.T) {
	_, alone := migrateLive(t, liveObjects(t, ""), "1.28")
	_, result := migrateLive(t, liveObjects(t, `
apiVersion: networking.istio.io/v1beta1
kind: ServiceEntry
metadata: {name: aa, namespace: a-team}
spec:
  hosts: [ingest.lightstep.com]
  ports: [{number: 4317, name: grpc, protocol: GRPC}]
  endpoints: [{address: evil.example.com}]
---
apiVersion: networking.istio.io/v1beta1
kind: ServiceEntry
metadata: {name: zz, namespace: z-team}
spec:
  hosts: [ingest.lightstep.com]
  exportTo: ["."]
  ports: [{number: 4317, name: grpc, protocol: GRPC}]
  endpoints: [{address: evil.example.com}]
---
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: {name: zz, namespace: z-team}
spec:
  host: ingest.lightstep.com
  exportTo: ["."]
  trafficPolicy: {tls: {mode: DISABLE, sni: evil.example.com}}
`), "1.28")
	assert.Equal(t, string(alone.Values), string(result.Values))
	assert.Equal(t, string(alone.Secret), string(result.Secret))
	report := result.Report()
	for _, named := range []string{"ServiceEntry a-team/aa is for", "ServiceEntry z-team/zz is for", "DestinationRule z-team/zz is for"} {
		assert.Contains(t, report, named)
	}
	assert.NotContains(t, report, "kubectl delete serviceentry aa")
	assert.NotContains(t, report, "zz -n z-team")
}

// TestLiveTenantsTexts has a ConfigMap beside the collector hold texts that are
// objects and settings of Istio elsewhere: none of them counts here.
func TestLiveTenantsTexts(t *testing.T) {
	mine, err := os.ReadFile("testdata/live/mesh.yaml")
	require.NoError(t, err)
	const providers = "    extensionProviders:\n"
	require.Equal(t, 1, strings.Count(string(mine), providers))
	with := func(more string) *mesh.Recorded {
		// So that ConfigMaps of that namespace are looked through.
		text := strings.Replace(string(mine), providers, providers+
			"    - name: authz\n      envoyExtAuthzHttp: {service: oauth2-proxy.obs.svc.cluster.local, port: 80}\n", 1)
		recorded, err := mesh.ReadRecorded(strings.NewReader(text + "---\n" + more))
		require.NoError(t, err)
		return recorded
	}
	_, alone := migrateLive(t, with(""), "1.28")
	for name, text := range map[string]string{
		"an object":        `exporters: lightstep\n---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: e, namespace: istio-system}\nspec: {hosts: [ingest.lightstep.com], ports: [{number: 443, name: tls}], endpoints: [{address: evil.example.com}]}\n`,
		"the same, \\r":    `exporters: lightstep\r---\rapiVersion: networking.istio.io/v1\rkind: ServiceEntry\rmetadata: {name: e, namespace: istio-system}\rspec: {hosts: [ingest.lightstep.com], ports: [{number: 443, name: tls}], endpoints: [{address: evil.example.com}]}\r`,
		"an IstioOperator": `# exporters: lightstep\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec: {values: {global: {tracer: {lightstep: {address: \"evil.example.com:443\", accessToken: evil7b1e4c}}}}}\n`,
		"values of Istio":  `# exporters: lightstep\nglobal: {tracer: {lightstep: {address: \"evil.example.com:443\", accessToken: evil7b1e4c}}}\npilot: {traceSampling: 3}\n`,
		"JSON patches":     `# exporters: lightstep\n- op: add\n  path: /spec/meshConfig/extensionProviders/0\n  value: {name: evil, lightstep: {service: evil.example.com, port: 443, accessToken: evil7b1e4c}}\n- {op: add, path: /spec/meshConfig/rootNamespace, value: evil}\n`,
		"a text in a text": `exporters: {lightstep: {note: \"global: {tracer: {lightstep: {address: 'evil.example.com:443'}}}\\npilot: {traceSampling: 3}\\n\"}}\n`,
	} {
		t.Run(name, func(t *testing.T) {
			_, result := migrateLive(t, with("\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: zzz, namespace: obs}\ndata:\n  x: \""+text+"\"\n"), "1.28")
			assert.Equal(t, string(alone.Values), string(result.Values))
			assert.Equal(t, string(alone.Secret), string(result.Secret))
		})
	}
}

// TestLiveTenantsAnnotation has a workload of a mesh of another backend send to
// LightStep: the mesh keeps what it has.
func TestLiveTenantsAnnotation(t *testing.T) {
	recorded, err := mesh.ReadRecorded(strings.NewReader(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system, labels: {app: istiod, istio.io/rev: default}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    defaultProviders: {tracing: [zip]}
    extensionProviders:
    - name: zip
      zipkin: {service: zipkin.obs.svc.cluster.local, port: 9411}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: team}
spec:
  template:
    metadata:
      annotations:
        proxy.istio.io/config: |
          tracing:
            lightstep:
              address: evil.example.com:443
              accessToken: tenant7b1e4c5209
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata:
  name: forged
  namespace: team
  labels: {app.kubernetes.io/name: istio-lightstep, helm.sh/chart: istio-lightstep-9.9.9}
spec:
  tracing:
  - providers: [{name: zip}]
    randomSamplingPercentage: 77
`))
	require.NoError(t, err)
	_, result := migrateLive(t, recorded, "1.28")
	assert.Contains(t, string(result.Values), "telemetry:\n  enabled: false\n")
	assert.NotContains(t, string(result.Values), "rootNamespace")
	assert.NotContains(t, string(result.Values), "77")
	assert.Contains(t, result.Report(), "only what Deployment team/app configures sends to LightStep")
	for _, d := range result.Documents {
		assert.Equal(t, strings.Contains(d.Name, "deployment.team.app"), d.Changed(), d.Name)
	}
}

// TestLiveTenantsTokens: a token goes to no address but its own. Of several workloads the
// values have neither where they do not agree.
func TestLiveTenantsTokens(t *testing.T) {
	const plane = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system, labels: {app: istiod, istio.io/rev: default}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "accessLogFile: /dev/stdout"}
`
	const shop = `tracing: {lightstep: {address: "shop.example.com:443", accessToken: shop7b1e4c5209}, tlsSettings: {mode: SIMPLE}}`
	for name, c := range map[string]struct {
		tracing []string
		address string
	}{
		"one":                     {[]string{shop}, "shop.example.com:443"},
		"all agree":               {[]string{shop, shop}, "shop.example.com:443"},
		"one says less":           {[]string{shop, `tracing: {lightstep: {address: "shop.example.com:443"}, tlsSettings: {mode: DISABLE}}`}, "shop.example.com:443"},
		"another address":         {[]string{shop, `tracing: {lightstep: {address: "evil.example.com:443"}}`}, ""},
		"another token":           {[]string{shop, `tracing: {lightstep: {address: "shop.example.com:443", accessToken: evil7b1e4c5209}}`}, ""},
		"another way, TLS":        {[]string{shop, `tracing: {lightstep: {address: "shop.example.com:443", accessToken: shop7b1e4c5209}, tlsSettings: {mode: DISABLE}}`}, ""},
		"token and address apart": {[]string{`tracing: {lightstep: {accessToken: shop7b1e4c5209}}`, `tracing: {lightstep: {address: "evil.example.com:443"}}`}, ""},
		"addresses alone":         {[]string{`tracing: {lightstep: {address: "shop.example.com:443"}}`, `tracing: {lightstep: {address: "evil.example.com:443"}}`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			// The order of names does not decide.
			for _, names := range [][]string{{"app-0", "app-1"}, {"app-1", "app-0"}} {
				objects := plane
				for i, tracing := range c.tracing {
					objects += "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + names[i] + ", namespace: team}\n" +
						"spec:\n  template:\n    metadata:\n      annotations:\n        proxy.istio.io/config: |\n          " + tracing + "\n"
				}
				recorded, err := mesh.ReadRecorded(strings.NewReader(objects))
				require.NoError(t, err)
				_, result := migrateLive(t, recorded, "1.28")
				assert.NotContains(t, result.Report(), "shop7b1e4c5209")
				if c.address != "" {
					assert.Contains(t, string(result.Values), "address: "+c.address)
					assert.Contains(t, string(result.Secret), "shop7b1e4c5209")
					assert.NotContains(t, string(result.Values), "secure: false")
					assert.NotContains(t, result.Report(), "do not agree")
					continue
				}
				assert.NotContains(t, string(result.Values), "example.com")
				assert.Empty(t, string(result.Secret))
				assert.Regexp(t, `do not agree: Deployment team/app-0 \(live/deployment\.team\.app-0\.yaml:\d+\), Deployment team/app-1 \(`, result.Report())
			}
		})
	}
}
