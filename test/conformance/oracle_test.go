package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// The tests in this file are of the tools that other tests lean on: each must
// accept what Istio accepts and refuse what Istio refuses, or those prove
// nothing.

func TestMeshConfigMergesDocuments(t *testing.T) {
	forEachRelease(t, func(t *testing.T, tools istio.Tools) {
		t.Helper()
		output, err := tools.MeshConfig(t.Context(),
			[]byte("rootNamespace: first\nenableTracing: false\n"), []byte("enableTracing: true\n"))
		require.NoError(t, err)
		var mesh map[string]any
		require.NoError(t, yaml.Unmarshal(output, &mesh))
		assert.Equal(t, "first", mesh["rootNamespace"])
		assert.Equal(t, true, mesh["enableTracing"])
		assert.EqualValues(t, 15001, mesh["proxyListenPort"], "a default of Istio's own")
	})
}

func TestMeshConfigRefuses(t *testing.T) {
	cases := []struct {
		name, since, document, message string
	}{
		{
			name: "unknown field", since: "1.4",
			document: "noSuchField: true\n",
			message:  "noSuchField",
		}, {
			name: "unknown field of the proxy config", since: "1.4",
			document: "defaultConfig: {tracing: {noSuchField: true}}\n",
			message:  "noSuchField",
		}, {
			name: "address with a scheme", since: "1.4",
			document: "defaultConfig: {tracing: {lightstep: {address: 'https://a.b:443', accessToken: x}}}\n",
			message:  "too many colons",
		}, {
			name: "cacertPath where it is gone", since: "1.6",
			document: "defaultConfig: {tracing: {lightstep: {address: 'a.b:443', accessToken: x, cacertPath: /a}}}\n",
			message:  "cacertPath",
		}, {
			name: "provider that Istio would only log about", since: "1.10",
			document: "extensionProviders: [{name: bad, lightstep: {service: bad_host, port: 443, accessToken: x}}]\n",
			message:  "invalid extension provider bad",
		},
	}
	forEachRelease(t, func(t *testing.T, tools istio.Tools) {
		t.Helper()
		for _, test := range cases {
			if !since(tools, test.since) {
				continue
			}
			t.Run(test.name, func(t *testing.T) {
				_, err := tools.MeshConfig(t.Context(), []byte(test.document))
				var refusal *istio.Refusal
				require.ErrorAs(t, err, &refusal)
				assert.Contains(t, refusal.Message, test.message)
			})
		}
	})
}

func TestValidateLightstepAnswersPerCollector(t *testing.T) {
	const address = "lightstep-satellite.lightstep:9292"
	collectors := []istio.LightstepCollector{
		{Address: address, AccessToken: tokenMarker, Secure: true, CacertPath: "/etc/lightstep/cacert.pem"},
		{Address: address},
		{Address: "satellite_1:9292", AccessToken: tokenMarker},
		{Address: address, AccessToken: tokenMarker, Secure: true},
		{Address: "[::1]:9292", AccessToken: tokenMarker},
	}
	forEachRelease(t, func(t *testing.T, tools istio.Tools) {
		t.Helper()
		answers, err := tools.ValidateLightstep(t.Context(), collectors)
		require.NoError(t, err)
		assert.Empty(t, answers[0])
		assert.Contains(t, answers[1], "access token is required")
		assert.Contains(t, answers[2], "not a valid hostname")
		if since(tools, "1.6") {
			assert.Empty(t, answers[3])
		} else {
			assert.Contains(t, answers[3], "cacertPath is required")
		}
		assert.Empty(t, answers[4])
	})
}
