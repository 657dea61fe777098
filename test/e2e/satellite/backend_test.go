package satellite

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster/clustertest"
)

// receiver is what a backend's collector takes, and from whom.
type receiver struct {
	Endpoint string
	Path     string `json:"traces_url_path"`
	Auth     struct{ Authenticator string }
}

// What a backend asks for is in its Secret, and where it is found in its endpoint.
func TestABackendTakesItsOwnShape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shape              Shape
		endpoint, protocol string
		takes              receiver
	}{
		{
			Shape{Name: "a", Path: "/api/default", Scheme: "Basic", Token: `t"+/=`},
			"http://backend.a.svc:4318/api/default", "http",
			receiver{"0.0.0.0:4318", "/api/default/v1/traces", struct{ Authenticator string }{"bearertokenauth"}},
		},
		{Shape{Name: "b"}, "backend.b.svc:4317", "grpc", receiver{Endpoint: "0.0.0.0:4317"}},
	} {
		assert.Equal(t, c.endpoint, c.shape.Endpoint())
		server, cluster := clustertest.New(t, "")
		b := &Backend{Recorder: Recorder{Namespace: c.shape.Name, cluster: cluster}, shape: c.shape}
		require.NoError(t, b.configure(t.Context()))
		var secret struct{ StringData map[string]string }
		require.NoError(t, json.Unmarshal([]byte(server.Objects(t)["/api/v1/namespaces/"+c.shape.Name+"/secrets/backend"]), &secret))
		var config struct {
			Receivers struct {
				OTLP struct{ Protocols map[string]receiver }
			}
			Extensions map[string]struct {
				Header, Scheme string
				Tokens         []string
			}
		}
		require.NoError(t, yaml.Unmarshal([]byte(secret.StringData["config.yaml"]), &config))
		assert.Equal(t, map[string]receiver{c.protocol: c.takes}, config.Receivers.OTLP.Protocols)
		if c.shape.Token == "" {
			assert.Empty(t, config.Extensions)
			continue
		}
		assert.Equal(t, "Authorization", config.Extensions["bearertokenauth"].Header)
		assert.Equal(t, c.shape.Scheme, config.Extensions["bearertokenauth"].Scheme)
		assert.Equal(t, []string{c.shape.Token}, config.Extensions["bearertokenauth"].Tokens)
	}
}
