package conformance_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFakesRefuse shows that such a backend sees what is wrong, and takes none of it.
func TestFakesRefuse(t *testing.T) {
	type sender struct {
		values string
		asks   asked // what it does right
		env    []string
	}
	http := sender{
		values: `{preset: grafana-cloud, endpoint: "https://otlp-gateway-prod-eu-west-2.grafana.net/otlp", headers: {authorization: {secret: {name: a, key: a}}}}`,
		asks:   asked{protocol: "http", path: "/otlp/v1/traces", header: "authorization", value: "Basic a", encoding: "gzip"},
	}
	grpc := sender{
		values: `{preset: honeycomb, headers: {x-honeycomb-team: {secret: {name: a, key: a}}}}`,
		asks:   asked{protocol: "grpc", header: "x-honeycomb-team", value: "a", encoding: "gzip"},
	}
	signs := sender{
		values: `{preset: aws-xray, endpoint: "https://xray.eu-west-1.amazonaws.com", auth: {sigv4auth: {region: eu-west-1}}}`,
		asks:   asked{protocol: "http", path: "/v1/traces", encoding: "gzip", signed: true},
		env:    []string{"AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=another-secret-key"},
	}
	for name, c := range map[string]struct {
		sender
		to   func(*asked)
		says string
	}{
		"path":             {http, func(a *asked) { a.path = "/v1/traces" }, "path /otlp/v1/traces, want /v1/traces"},
		"header":           {http, func(a *asked) { a.value = "Bearer a" }, "header authorization"},
		"compression":      {http, func(a *asked) { a.encoding = "zstd" }, "compressed by gzip, want zstd"},
		"content":          {http, func(a *asked) { a.content = "application/json" }, `content type "application/x-protobuf", want "application/json"`},
		"size":             {http, func(a *asked) { a.limit = 100 }, "a request of "},
		"spans":            {http, func(a *asked) { a.spans = 4 }, "a request of 5 spans, the most are 4"},
		"further":          {http, func(a *asked) { a.also = map[string]string{"organization": "default"} }, `header organization: [], want "default"`},
		"signature":        {http, func(a *asked) { a.signed = true }, "not signed"},
		"key of signature": {signs, func(*asked) {}, "the signature does not fit the request"},
		"grpc header":      {grpc, func(a *asked) { a.value = "b" }, `header x-honeycomb-team: ["a"], want "b"`},
		"grpc compression": {grpc, func(a *asked) { a.encoding = "zstd" }, "compressed by gzip, want zstd"},
		"grpc size":        {grpc, func(a *asked) { a.limit = 100 }, "a request of "},
	} {
		t.Run(name, func(t *testing.T) {
			asks := c.asks
			c.to(&asks)
			backend := startFake(t, asks)
			sends := collectFor(t, "istio: {version: \"1.31.0\"}\nbackends: {x: "+c.values+"}\n", keptSecrets{"a": {"a": "a"}})
			sends.env = c.env
			sends.lead(t, backend, "x")
			process := sends.start(t)
			sends.sendTraces(t, 0, 1)
			require.Eventually(t, func() bool { return backend.wrong() != "" }, 30*time.Second, 50*time.Millisecond)
			assert.Contains(t, backend.wrong(), c.says)
			process.Stop() // It has its answer.
			assert.Zero(t, backend.traces())
		})
	}
}
