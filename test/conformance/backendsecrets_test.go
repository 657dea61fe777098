package conformance_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/reload"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// TestBackendSecrets: a Secret holds the bare token or the whole header, and
// each arrives whole; a new bare token is read with no restart.
func TestBackendSecrets(t *testing.T) {
	const values = `
istio: {version: "1.31.0"}
backends:
  bare: {protocol: http, endpoint: "https://a.example.com", headers: {authorization: {prefix: "Bearer ", secret: {name: a, key: bare}}}, tls: {ca: {name: a}}}
  whole: {protocol: http, endpoint: "https://a.example.com", headers: {authorization: {secret: {name: a, key: whole}}}, tls: {ca: {name: a}}}
  glued: {protocol: grpc, endpoint: "a.example.com:443", headers: {authorization: {prefix: "key=abc", secret: {name: a, key: glued}}}, tls: {ca: {name: a}}}
  plain: {protocol: grpc, endpoint: "a.example.com:4317", headers: {authorization: {prefix: "Bearer ", secret: {name: a, key: bare}}}, tls: {insecure: true}}
  number: {protocol: grpc, endpoint: "a.example.com:443", headers: {authorization: {secret: {name: a, key: number}}, x-second: {prefix: "", secret: {name: a, key: bare}}}, tls: {ca: {name: a}}}
  two: {protocol: http, endpoint: "https://a.example.com", headers: {authorization: {prefix: "Bearer ", secret: {name: a, key: bare}}, x-second: {prefix: "", secret: {name: a, key: glued}}}, tls: {ca: {name: a}}}
  two-whole: {protocol: grpc, endpoint: "a.example.com:443", headers: {authorization: {secret: {name: a, key: whole}}, x-second: {prefix: "key=", secret: {name: a, key: glued}}}, tls: {ca: {name: a}}}
  two-plain: {protocol: grpc, endpoint: "a.example.com:4317", headers: {authorization: {prefix: "Bearer ", secret: {name: a, key: bare}}, x-second: {secret: {name: a, key: whole}}}, tls: {insecure: true}}
`
	asks := map[string]asked{
		"bare":   {protocol: "http", path: "/v1/traces", header: "authorization", value: "Bearer abc123"},
		"whole":  {protocol: "http", path: "/v1/traces", header: "authorization", value: "Bearer abc123"},
		"glued":  {protocol: "grpc", header: "authorization", value: "key=abc123"},
		"plain":  {protocol: "grpc", header: "authorization", value: "Bearer abc123", plain: true},
		"number": {protocol: "grpc", header: "authorization", value: "0123", also: map[string]string{"x-second": "abc123"}},
		"two":    {protocol: "http", path: "/v1/traces", header: "authorization", value: "Bearer abc123", also: map[string]string{"x-second": "123"}},

		"two-whole": {protocol: "grpc", header: "authorization", value: "Bearer abc123", also: map[string]string{"x-second": "key=123"}},
		"two-plain": {protocol: "grpc", header: "authorization", value: "Bearer abc123", also: map[string]string{"x-second": "Bearer abc123"}, plain: true},
	}
	authority, certificate := newCertificate(t)
	backends := map[string]*fakeBackend{}
	secrets := keptSecrets{"a": {"bare": "abc123", "whole": "Bearer abc123", "glued": "123", "number": "0123", "ca.crt": string(authority)}}
	c := collectFor(t, values, secrets)
	for name, p := range asks {
		backends[name] = startFakeAt(t, p, ports.Address(t), authority, certificate)
		c.lead(t, backends[name], name)
	}
	c.start(t)
	c.sendTraces(t, 0, 20)
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) { wantTraces(t, backend, 20) })
	}

	secrets["a"]["bare"] = "new-token"
	c.mount(t)
	backends["bare"].ask("Bearer new-token")
	require.Eventually(t, func() bool {
		c.sendTraces(t, 20, 1)
		return backends["bare"].traces() == 21
	}, 30*time.Second, 200*time.Millisecond, "the new token")
}

// TestBackendCredentialInURL has the host and a part of the path of an endpoint
// come from variables, as from a Secret.
func TestBackendCredentialInURL(t *testing.T) {
	backend := startFake(t, asked{protocol: "http", path: "/otlp/s3cret/v1/traces", plain: true})
	c := collectFor(t, `
istio: {version: "1.31.0"}
backends: {a: {protocol: http, endpoint: "http://${env:HOST}/otlp/${env:KEY}"}}
collector: {env: [{name: HOST, valueFrom: {secretKeyRef: {name: a, key: host}}}, {name: KEY, valueFrom: {secretKeyRef: {name: a, key: key}}}]}
`, keptSecrets{})
	c.env = append(c.env, "HOST="+backend.address, "KEY=s3cret")
	c.start(t)
	c.sendTraces(t, 0, 10)
	wantTraces(t, backend, 10)
}

// TestBackendFilesAreReadAgain changes what the collector reads at its start
// alone: the whole value of a header, a resource attribute and the CA. The
// chart's container has it read them again, and what came meanwhile waits in the
// queue.
func TestBackendFilesAreReadAgain(t *testing.T) {
	const values = `
istio: {version: "1.31.0"}
backends:
  a: {protocol: http, endpoint: "https://a.example.com", headers: {authorization: {secret: {name: a, key: whole}}}, resource: {vendor.token: {secret: {name: a, key: token}}}, tls: {ca: {name: a}}}
`
	authority, certificate := newCertificate(t)
	secrets := keptSecrets{"a": {"whole": "Bearer old", "token": "old", "ca.crt": string(authority)}}
	asks := asked{protocol: "http", path: "/v1/traces", header: "authorization", value: "Bearer old"}
	c := collectFor(t, values, secrets)
	before := startFakeAt(t, asks, ports.Address(t), authority, certificate)
	c.lead(t, before, "a")
	c.start(t)
	c.sendTraces(t, 0, 1)
	wantTraces(t, before, 1)

	before.stop()
	authority, certificate = newCertificate(t)
	asks.value = "Bearer new"
	after := startFakeAt(t, asks, before.address, authority, certificate)
	secrets["a"]["whole"], secrets["a"]["token"], secrets["a"]["ca.crt"] = "Bearer new", "new", string(authority)
	c.mount(t)
	c.sendTraces(t, 1, 1)
	assert.Never(t, func() bool { return after.traces() > 0 }, 2*time.Second, 100*time.Millisecond, "read again unasked")

	options := reload.Options{Config: c.configs[0], Health: "http://" + c.health, Interval: 100 * time.Millisecond}
	for _, argument := range c.reloader {
		argument = strings.ReplaceAll(argument, backendsFolder, c.mounts)
		if file, ok := strings.CutPrefix(argument, "--cacert="); ok {
			options.CAs = append(options.CAs, file)
		}
		if file, ok := strings.CutPrefix(argument, "--value="); ok {
			options.Values = append(options.Values, file)
		}
	}
	require.Len(t, options.CAs, 1)
	require.Len(t, options.Values, 2)
	go reload.New(options, slog.New(slog.NewTextHandler(t.Output(), nil))).Run(t.Context())
	wantTraces(t, after, 1)
	c.sendTraces(t, 2, 1) // What waited had its attributes already.
	wantTraces(t, after, 2)
	var seen bytes.Buffer
	after.resources(&seen)
	assert.Contains(t, seen.String(), "vendor.token=new")
}

// TestBackendSecretText: the text of a Secret stays a text, whatever YAML takes
// it for.
func TestBackendSecretText(t *testing.T) {
	kept := map[string]string{"tilde": "~", "nothing": "null", "comment": "#abc", "date": "2026-01-02", "number": "012", "switch": "yes", "map": "a: b", "key": "? a"}
	var resource strings.Builder
	for name := range kept {
		fmt.Fprintf(&resource, "%s: {secret: {name: a, key: %s}}, ", name, name)
	}
	c := collectFor(t, `
istio: {version: "1.31.0"}
backends:
  a: {protocol: grpc, endpoint: "a.example.com:4317", tls: {insecure: true}, headers: {x-a: {secret: {name: a, key: comment}}}, resource: {`+resource.String()+`}}
`, keptSecrets{"a": kept})
	authority, certificate := newCertificate(t)
	backend := startFakeAt(t, asked{protocol: "grpc", plain: true, header: "x-a", value: "#abc"}, ports.Address(t), authority, certificate)
	c.lead(t, backend, "a")
	c.start(t)
	c.sendTraces(t, 0, 1)
	wantTraces(t, backend, 1)
	var resources bytes.Buffer
	backend.resources(&resources)
	for name, text := range kept {
		assert.Contains(t, resources.String(), name+"="+text+"\n")
	}
}
