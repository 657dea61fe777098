package doctor

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

const untracedCollector = `
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: istio-lightstep-collector, namespace: istio-system}
spec:
  selector: {matchLabels: {app.kubernetes.io/component: collector}}
  tracing: [{disableSpanReporting: true}]
`

const strictMesh = `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: STRICT}}
`

// TestCollectorsWithSidecars: with collector.mtls the collectors have sidecars
// whose own tracing is off, and all of them must have one.
func TestCollectorsWithSidecars(t *testing.T) {
	t.Parallel()
	mutual := change{Patch: "DestinationRule istio-system/istio-lightstep-collector", With: map[string]any{
		"spec": map[string]any{"trafficPolicy": map[string]any{"tls": map[string]any{"mode": "ISTIO_MUTUAL"}}},
	}}
	sidecar := func(pod, outbound string) change {
		return change{Patch: "Pod istio-system/istio-lightstep-collector-" + pod, With: map[string]any{
			"metadata": map[string]any{"annotations": map[string]any{"traffic.sidecar.istio.io/includeOutboundIPRanges": outbound}},
			"spec": map[string]any{"containers": []any{
				map[string]any{"name": "collector", "image": "otel/opentelemetry-collector-contrib:0.155.0"},
				map[string]any{"name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.31.0", "args": []any{"proxy", "sidecar"}},
			}},
		}}
	}
	registered := []change{
		{Patch: "ConfigMap istio-system/istio", With: map[string]any{"data": map[string]any{"mesh": "outboundTrafficPolicy: {mode: REGISTRY_ONLY}"}}},
		{Patch: "Namespace lightstep", With: map[string]any{"metadata": map[string]any{"name": "elsewhere"}}},
	}
	untraced := change{Apply: untracedCollector}
	noAuto := change{Patch: "ConfigMap istio-system/istio", With: map[string]any{"data": map[string]any{"mesh": "enableAutoMtls: false"}}}
	strict := change{Apply: strictMesh}
	noRule := change{Delete: "DestinationRule istio-system/istio-lightstep-collector"}
	for name, c := range map[string]struct {
		changes []change
		ids     []string
	}{
		"all have one":                                 {[]change{mutual, untraced, sidecar("0", ""), sidecar("1", "")}, []string{}},
		"one has none":                                 {[]change{mutual, untraced, sidecar("0", "")}, []string{"LS-ROUTE-MTLS"}},
		"none has one":                                 {[]change{mutual, untraced}, []string{"LS-ROUTE-MTLS"}},
		"all are told to use mutual TLS":               {[]change{noAuto, strict, mutual, untraced, sidecar("0", ""), sidecar("1", "")}, []string{}},
		"nobody is told, and plaintext is taken":       {[]change{noAuto, noRule, untraced, sidecar("0", ""), sidecar("1", "")}, []string{}},
		"nobody is told, and no sidecar demands it":    {[]change{noAuto, noRule, strict}, []string{}},
		"proxies find out, and the sidecars demand it": {[]change{noRule, strict, untraced, sidecar("0", ""), sidecar("1", "")}, []string{}},
		"nothing leaves through it":                    {slices.Concat(registered, []change{mutual, untraced, sidecar("0", ""), sidecar("1", "")}), []string{}},
		"all leaves through it":                        {slices.Concat(registered, []change{mutual, untraced, sidecar("0", "*"), sidecar("1", "*")}), []string{"LS-ROUTE-REGISTRY-ONLY"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := recordedBase(t, "collector")
			for _, change := range c.changes {
				change.apply(t, r)
			}
			snapshot, d := examined(t, r)
			assert.Equal(t, c.ids, idsOf(d.Examine(snapshot, nil)))
		})
	}
}
