package conformance_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/relay"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// relay runs the container that the collector sends to, and has it send to the
// fakes in the place of the backends of these names.
func (c *collecting) relay(t *testing.T, backends map[string]*fakeBackend) {
	t.Helper()
	require.NotEmpty(t, c.relays, "there is no such container")
	options, err := relay.ReadOptions([]byte(strings.ReplaceAll(c.relays, backendsFolder, c.mounts)))
	require.NoError(t, err)
	require.Len(t, options.Backends, len(backends))
	for i := range options.Backends {
		to := &options.Backends[i]
		backend := backends[to.Name]
		require.NotNil(t, backend, to.Name)
		require.Equal(t, backend.plain, to.Plaintext, to.Name)
		to.Listen = ports.Address(t)
		if to.CAFile == "" && !to.Plaintext {
			to.CAFile = filepath.Join(t.TempDir(), "ca.crt")
			require.NoError(t, os.WriteFile(to.CAFile, backend.authority, 0o600))
		}
		name := fmt.Sprintf("otlp_%s/%s", to.Protocol, to.Name)
		if to.Protocol == "grpc" {
			to.Endpoint = backend.address
			c.configs = append(c.configs, fmt.Sprintf("yaml:exporters::%s::endpoint: %s", name, to.Listen))
			continue
		}
		c.configs = append(c.configs, fmt.Sprintf("yaml:exporters::%s::proxy_url: http://%s", name, to.Listen))
		for _, key := range []string{"endpoint", "traces_endpoint"} {
			if endpoint, ok := c.exporter(t, name)[key].(string); ok {
				parsed, err := url.Parse(endpoint)
				require.NoError(t, err)
				parsed.Host = backend.address
				c.configs = append(c.configs, fmt.Sprintf("yaml:exporters::%s::%s: %s", name, key, parsed))
			}
		}
	}
	runRelay(t, t.TempDir(), options)
}

const refusedBackends = `
istio: {version: "1.31.0"}
collector: {retryRefused: {enabled: true}}
backends:
  honeycomb: {preset: honeycomb, headers: {x-honeycomb-team: {secret: {name: a, key: token}}}}
  grafana: {preset: grafana-cloud, endpoint: "https://otlp-gateway-prod-eu-west-2.grafana.net/otlp", headers: {authorization: {secret: {name: a, key: token}}}}
  own: {protocol: grpc, endpoint: "a.example.com:443", headers: {x-team: blue}, tls: {ca: {name: a}, client: {name: a}}}
  xray: {preset: aws-xray, tracesEndpoint: "https://xray.eu-west-1.amazonaws.com/v1/traces", auth: {sigv4auth: {region: eu-west-1, service: xray}}}
  agent: {protocol: http, endpoint: "http://agent.example.com:4318"}
  jaeger: {preset: jaeger, endpoint: "jaeger-collector.jaeger.svc:4317"}
`

// startRefused starts the collector, with the container beside it or without,
// and such backends: two refuse the token that it has.
func startRefused(t *testing.T, values string) (*collecting, keptSecrets, map[string]*fakeBackend) {
	t.Helper()
	authority, certificate := newCertificate(t)
	secrets := keptSecrets{"a": {"token": "a-wrong-one", "ca.crt": string(authority), "tls.crt": certificatePEM(certificate), "tls.key": keyPEM(t, certificate)}}
	c := collectFor(t, values, secrets)
	c.env = []string{"AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=" + secretKey}
	backends := map[string]*fakeBackend{}
	for name, asks := range map[string]asked{
		"honeycomb": {protocol: "grpc", header: "x-honeycomb-team", value: "hcaik_a-key", encoding: "gzip", unauthorized: true},
		"grafana":   {protocol: "http", path: "/otlp/v1/traces", header: "authorization", value: "Basic hcaik_a-key", encoding: "gzip", unauthorized: true},
		"own":       {protocol: "grpc", header: "x-team", value: "blue", client: true, encoding: "none"},
		"xray":      {protocol: "http", path: "/v1/traces", encoding: "gzip", signed: true},
		"agent":     {protocol: "http", path: "/v1/traces", plain: true},
		"jaeger":    {protocol: "grpc", plain: true},
	} {
		backends[name] = startFakeAt(t, asks, ports.Address(t), authority, certificate)
	}
	if c.relays != "" {
		c.relay(t, backends)
	} else {
		for name, backend := range backends {
			c.lead(t, backend, name)
		}
	}
	c.start(t)
	return c, secrets, backends
}

// TestBackendsThatRefuse has two backends refuse a token, by gRPC and by HTTP:
// the others get every span meanwhile, and these once the token is right, with
// nothing restarted.
func TestBackendsThatRefuse(t *testing.T) {
	c, secrets, backends := startRefused(t, refusedBackends)
	const traces = 200
	c.sendTraces(t, 0, traces)
	for _, name := range []string{"own", "xray", "agent", "jaeger"} {
		t.Run(name, func(t *testing.T) { wantTraces(t, backends[name], traces) })
	}
	for _, name := range []string{"honeycomb", "grafana"} {
		require.Eventually(t, func() bool { return backends[name].refusals() > 1 }, 60*time.Second, 50*time.Millisecond, "%s: it is sent again", name)
		require.Zero(t, backends[name].traces())
	}
	secrets["a"]["token"] = "hcaik_a-key"
	c.mount(t)
	for _, name := range []string{"honeycomb", "grafana"} {
		t.Run(name, func(t *testing.T) { wantTraces(t, backends[name], traces) })
	}
}

// TestBackendsThatRefuseWithoutARelay shows what the container is for.
func TestBackendsThatRefuseWithoutARelay(t *testing.T) {
	c, secrets, backends := startRefused(t, strings.Replace(refusedBackends, "enabled: true", "enabled: false", 1))
	c.sendTraces(t, 0, 10)
	for _, name := range []string{"honeycomb", "grafana"} {
		require.Eventually(t, func() bool { return backends[name].refusals() > 0 }, 60*time.Second, 50*time.Millisecond)
	}
	wantTraces(t, backends["jaeger"], 10)
	secrets["a"]["token"] = "hcaik_a-key"
	c.mount(t)
	for _, name := range []string{"honeycomb", "grafana"} {
		require.Eventually(t, func() bool {
			c.sendTraces(t, 100, 1)
			return backends[name].traces() > 0
		}, 60*time.Second, 200*time.Millisecond, "the new token")
		assert.Less(t, backends[name].traces(), 11, "those from before are gone")
	}
}
