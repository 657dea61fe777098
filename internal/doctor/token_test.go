package doctor

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/charts"
)

// TestOperatorIsThatOfTheRules: the chart judges headers in values by the same form.
func TestOperatorIsThatOfTheRules(t *testing.T) {
	t.Parallel()
	text, err := charts.FS.ReadFile("istio-lightstep/files/rules.yaml")
	require.NoError(t, err)
	var rules struct {
		Operators struct{ Form string }
	}
	require.NoError(t, yaml.Unmarshal(text, &rules))
	assert.Equal(t, rules.Operators.Form, operator.String())
}

// TestWhatProxiesSendOfASecret: istiod gives them the value as it is, and Envoy reads
// a % in it where it does so in headers of spans.
func TestWhatProxiesSendOfASecret(t *testing.T) {
	t.Parallel()
	const (
		grpc  = `grpc: {initialMetadata: [{name: %s, envName: ISTIO_LIGHTSTEP_ACCESS_TOKEN}]}`
		http  = `http: {path: /v1/traces, headers: [{name: %s, envName: ISTIO_LIGHTSTEP_ACCESS_TOKEN}]}`
		token = "lightstep-access-token"
	)
	const operator = "contains a % that Envoy reads as the start of an operator"
	for _, c := range []struct{ istio, by, header, value, want string }{
		{"1.31.0", grpc, token, "abc", ""},
		{"1.31.0", grpc, token, "a bc", "contains a line break or a space"},
		{"1.31.0", grpc, "authorization", "Basic abc", ""},
		{"1.31.0", grpc, "authorization", "Basic abc\n", "contains a line break or a space"},
		{"1.31.0", grpc, token, "a%bc", operator},
		{"1.31.0", grpc, token, "a%%bc", ""},
		{"1.31.0", grpc, "x-pod", "%ENVIRONMENT(POD_NAME)%", ""},
		{"1.31.0", http, "authorization", "a%bc", operator},
		{"1.28.2", grpc, token, "a%bc", operator},
		{"1.28.2", http, token, "a%bc", ""},
	} {
		provider := fmt.Sprintf("extensionProviders: [{name: istio-lightstep, opentelemetry: {service: satellite.istio-lightstep.internal, port: 4317, "+c.by+"}}]", c.header)
		got := found(t, "direct", []change{
			{Patch: "ConfigMap istio-system/istio-lightstep", With: map[string]any{"data": map[string]any{"mesh": provider}}},
			{Patch: "Deployment istio-system/istiod", With: istiod(c.istio)},
			{Patch: "Secret istio-system/istio-lightstep-access-token", With: map[string]any{"data": map[string]any{"token": base64.StdEncoding.EncodeToString([]byte(c.value))}}},
		}, nil)
		if c.want == "" {
			assert.Empty(t, got, "%+v", c)
			continue
		}
		require.Len(t, got, 1, "%+v", c)
		assert.Equal(t, "LS-TOKEN-CHARACTERS", got[0].ID)
		assert.Contains(t, got[0].Reason, c.want)
		assert.NotContains(t, got[0].Reason, "a%bc")
	}
}

// istiod is a patch of a Deployment that reads the token.
func istiod(version string) map[string]any {
	container := map[string]any{"name": "discovery", "image": "docker.io/istio/pilot:" + version, "env": []any{
		map[string]any{"name": "SHARED_MESH_CONFIG", "value": "istio-lightstep"},
		map[string]any{"name": "ISTIO_LIGHTSTEP_ACCESS_TOKEN", "valueFrom": map[string]any{
			"secretKeyRef": map[string]any{"name": "istio-lightstep-access-token", "key": "token"},
		}},
	}}
	return map[string]any{"spec": map[string]any{"template": map[string]any{"spec": map[string]any{"containers": []any{container}}}}}
}
