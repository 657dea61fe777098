package migrate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// routed is a mesh with a ServiceEntry and a DestinationRule for LightStep's
// host, and what stands beside them.
const routed = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  meshConfig:
    defaultProviders: {tracing: [lightstep]}
    extensionProviders:
    - name: lightstep
      lightstep: {service: ingest.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ls, namespace: istio-system}
spec: {hosts: [ingest.lightstep.com], ports: [{number: 443, name: tls, protocol: TLS}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ls, namespace: istio-system}
spec: {host: ingest.lightstep.com, trafficPolicy: {tls: {mode: SIMPLE}}}
---
`

// othersUse are objects by which something else than the mesh's spans goes to
// LightStep's host, and what the report calls them.
var othersUse = map[string]string{
	"VirtualService shop/out names this host": `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: out, namespace: shop}
spec: {hosts: [ingest.lightstep.com], tls: [{match: [{port: 443, sniHosts: [ingest.lightstep.com]}], route: [{destination: {host: egress}}]}]}`,
	"VirtualService shop/wild names this host": `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: wild, namespace: shop}
spec: {hosts: ["*.lightstep.com"], tls: [{match: [{port: 443}], route: [{destination: {host: egress}}]}]}`,
	"Gateway istio-system/egress names this host": `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: istio-system}
spec: {servers: [{hosts: ["*/ingest.lightstep.com"], port: {number: 443, name: tls, protocol: TLS}}]}`,
	"Sidecar shop/default names this host": `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec: {egress: [{hosts: [istio-system/ingest.lightstep.com]}]}`,
	"ServiceEntry shop/own names this host": `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: own, namespace: shop}
spec: {hosts: [ingest.lightstep.com], exportTo: ["."], ports: [{number: 443, name: tls, protocol: TLS}]}`,
	"DestinationRule shop/own names this host": `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: own, namespace: shop}
spec: {host: ingest.lightstep.com}`,
	"TLSRoute shop/out names this host": `
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TLSRoute
metadata: {name: out, namespace: shop}
spec: {hostnames: [ingest.lightstep.com], rules: [{backendRefs: [{name: egress, port: 443}]}]}`,
	"HTTPRoute shop/out names this host": `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: out, namespace: shop}
spec: {rules: [{backendRefs: [{group: networking.istio.io, kind: Hostname, name: ingest.lightstep.com, port: 443}]}]}`,
	"TCPRoute istio-system/out refers to ServiceEntry istio-system/ls": `
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TCPRoute
metadata: {name: out, namespace: istio-system}
spec: {parentRefs: [{group: networking.istio.io, kind: ServiceEntry, name: ls}]}`,
	"AuthorizationPolicy istio-system/out refers to ServiceEntry istio-system/ls": `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: out, namespace: istio-system}
spec: {targetRefs: [{group: networking.istio.io, kind: ServiceEntry, name: ls}]}`,
	"EnvoyFilter shop/out names this host": `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: out, namespace: shop}
spec: {configPatches: [{applyTo: CLUSTER, match: {cluster: {name: "outbound|443||ingest.lightstep.com"}}, patch: {operation: MERGE, value: {}}}]}`,
	"Deployment shop/app names this host": `
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: shop}
spec: {template: {spec: {containers: [{name: app, env: [{name: OTEL_EXPORTER_OTLP_ENDPOINT, value: "https://ingest.lightstep.com:443"}]}]}}}`,
	"DestinationRule istio-system/subsets stays": `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: subsets, namespace: istio-system}
spec: {host: ingest.lightstep.com, subsets: [{name: blue, labels: {a: b}}]}`,
	"ServiceEntry istio-system/ports stays": `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ports, namespace: istio-system}
spec: {hosts: [ingest.lightstep.com], ports: [{number: 443, name: tls, protocol: TLS}, {number: 80, name: http, protocol: HTTP}]}`,
	"something in mine.yaml names this host": `
egress: {allowed: [ingest.lightstep.com]}`,
	"the part of mine.yaml that could not be read names this host": `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: {{ .Release.Name }}, namespace: shop}
spec: {hosts: [ingest.lightstep.com]}`,
}

// TestWhatOthersUseStays: an object that leads to LightStep's host, and that
// anything else uses, is never deleted.
func TestWhatOthersUseStays(t *testing.T) {
	for why, object := range othersUse {
		t.Run(why, func(t *testing.T) {
			said := reportOf(t, routed+object, migrate.Options{To: "1.28"})
			require.NotContains(t, said, "kubectl delete serviceentry")
			require.NotContains(t, said, "kubectl delete destinationrule")
			require.Contains(t, said, "ServiceEntry istio-system/ls is left: "+why+", and may need it")
			require.Contains(t, said, "DestinationRule istio-system/ls is left: "+why+", and may need it")
		})
	}
}

// TestWhatNothingElseUsesGoes: what has no use of the host is no reason to keep
// the objects.
func TestWhatNothingElseUsesGoes(t *testing.T) {
	for name, object := range map[string]string{
		"nothing":      "",
		"another host": "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: shop}\nspec: {hosts: [api.ingest.lightstep.com, \"*\", \"*.example.com\"]}",
		"a target of the same name in another namespace": "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: out, namespace: shop}\n" +
			"spec: {targetRefs: [{group: networking.istio.io, kind: ServiceEntry, name: ls}]}",
		"the mesh config in a ConfigMap": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: |\n    extensionProviders:\n" +
			"    - name: lightstep\n      lightstep: {service: ingest.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}\n",
	} {
		t.Run(name, func(t *testing.T) {
			said := reportOf(t, routed+object, migrate.Options{To: "1.28"})
			require.Contains(t, said, "kubectl delete serviceentry ls")
			require.Contains(t, said, "kubectl delete destinationrule ls")
		})
	}
	said := reportOf(t, routed, migrate.Options{To: "1.28", Unseen: []string{"virtualservices: permission denied"}})
	require.NotContains(t, said, "kubectl delete serviceentry", "what could not be looked at may use it")
}

// TestEntryOfSeveralHostsStays: one host that something else uses is enough, as
// is a provider of LightStep's that stays.
func TestEntryOfSeveralHostsStays(t *testing.T) {
	const two = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  meshConfig:
    extensionProviders:
    - {name: a, lightstep: {service: a.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}}
    - {name: b, lightstep: {service: b.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}}
    defaultProviders: {tracing: [a]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ls, namespace: istio-system}
spec: {hosts: [a.lightstep.com, b.lightstep.com], ports: [{number: 443, name: tls, protocol: TLS}]}
---
`
	require.Contains(t, reportOf(t, two, migrate.Options{To: "1.28"}), "kubectl delete serviceentry ls")
	for _, object := range []string{
		"apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: out, namespace: shop}\nspec: {hosts: [b.lightstep.com]}",
		"apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: t, namespace: shop}\nspec: {tracing: [{providers: [{name: b}]}]}",
	} {
		require.NotContains(t, reportOf(t, two+object, migrate.Options{To: "1.28"}), "kubectl delete serviceentry")
	}
}

func reportOf(t *testing.T, text string, o migrate.Options) string {
	t.Helper()
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, o)
	require.NoError(t, err)
	require.True(t, result.Found)
	return result.Report()
}
