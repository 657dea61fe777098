package satellite

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster/clustertest"
)

// receiver is what a backend's collector takes, and from whom.
type receiver struct {
	Endpoint string
	Path     string `json:"traces_url_path"`
	Auth     struct{ Authenticator string }
}

// runningBackend are the objects of a backend whose pods run.
const runningBackend = `
apiVersion: v1
kind: Namespace
metadata: {name: b}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: backend, namespace: b}
spec: {replicas: 1}
status: {replicas: 1, updatedReplicas: 1, availableReplicas: 1}
`

// What a backend hands spans on to is changed, and put back; the rest of what it asks for stays.
func TestABackendHandsSpansOn(t *testing.T) {
	t.Parallel()
	server, cluster := clustertest.New(t, runningBackend)
	b := &Backend{Recorder: Recorder{Namespace: "b", cluster: cluster}, shape: Shape{Name: "b", Path: "/p", Scheme: "Basic", Token: "t"}}
	for to, endpoint := range map[string]string{"elsewhere:1": "elsewhere:1", "": "recorder:4317"} {
		require.NoError(t, b.HandOn(t.Context(), to))
		var secret struct{ StringData map[string]string }
		require.NoError(t, json.Unmarshal([]byte(server.Objects(t)["/api/v1/namespaces/b/secrets/backend"]), &secret))
		var config struct {
			Exporters map[string]struct{ Endpoint string }
		}
		require.NoError(t, yaml.Unmarshal([]byte(secret.StringData["config.yaml"]), &config))
		assert.Equal(t, endpoint, config.Exporters["otlp_grpc"].Endpoint)
		assert.Contains(t, secret.StringData["config.yaml"], "/p/v1/traces")
	}
	writes := server.Writes()
	require.Len(t, writes, 4)
	assert.Contains(t, writes[1], "deployments/backend", "its pods start again")
}

// What refuses gzip listens at the backend's port and leads to it, by the same path.
func TestABackendBehindWhatRefusesGzip(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shape          Shape
		port, endpoint string
	}{
		{Shape{Name: "b", Path: "/p"}, "4318", "http://nogzip.b.svc:4318/p"},
		{Shape{Name: "b"}, "4317", "nogzip.b.svc:4317"},
	} {
		assert.Equal(t, c.endpoint, c.shape.at("nogzip"))
		objects, err := cluster.Decode(c.shape.withoutGzip("proxy:1"))
		require.NoError(t, err)
		var kinds []string
		for _, o := range objects {
			text, err := o.MarshalJSON()
			require.NoError(t, err)
			kinds = append(kinds, o.GetKind())
			assert.Contains(t, string(text), c.port)
			assert.NotContains(t, string(text), "PORT")
			assert.NotContains(t, string(text), "PROXY")
		}
		assert.Equal(t, []string{"ConfigMap", "Deployment", "Service"}, kinds)
	}
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
