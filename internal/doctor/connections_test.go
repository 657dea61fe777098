package doctor

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestRulesThatLeaveSpansAlone: settings with which every span arrives.
func TestRulesThatLeaveSpansAlone(t *testing.T) {
	t.Parallel()
	rule := func(spec string) change {
		return change{Apply: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: mine, namespace: bookinfo}
spec: ` + spec}
	}
	overHTTP := change{Patch: "ConfigMap istio-system/istio-lightstep", With: map[string]any{"data": map[string]any{
		"mesh": "extensionProviders: [{name: istio-lightstep, opentelemetry: {service: istio-system/" + collectorHost + ", port: 4317, http: {path: /v1/traces}}}]",
	}}}
	httpPort := change{Patch: "Service istio-system/istio-lightstep-collector", With: map[string]any{"spec": map[string]any{
		"ports": []any{map[string]any{"name": "http-otlp", "port": 4317, "targetPort": "spans"}},
	}}}
	for name, changes := range map[string][]change{
		"wide limits":                {rule(`{host: "*.local", trafficPolicy: {connectionPool: {http: {http2MaxRequests: 1000, http1MaxPendingRequests: 100}}}}`)},
		"a subset of their own":      {rule(`{host: "*.local", subsets: [{name: a, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}]}`)},
		"another port":               {rule(`{host: "*.local", trafficPolicy: {portLevelSettings: [{port: {number: 443}, loadBalancer: {simple: PASSTHROUGH}}]}}`)},
		"a port's settings are all":  {rule(`{host: "*.local", trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}, portLevelSettings: [{port: {number: 4317}, loadBalancer: {simple: RANDOM}}]}}`)},
		"another host":               {rule(`{host: details, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}`)},
		"ours fits closer":           {{Apply: "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: default, namespace: istio-system}\nspec: {host: \"*.local\", trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}\n"}},
		"OTLP over HTTP":             {overHTTP, rule(`{host: "*.local", trafficPolicy: {connectionPool: {http: {useClientProtocol: true}}}}`)},
		"OTLP over HTTP, as it says": {overHTTP, httpPort},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, found(t, "collector", changes, nil))
		})
	}
}
