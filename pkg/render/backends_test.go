package render_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/behind"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

func backendsIn(t *testing.T, text string) (*behind.Backends, []problem.Problem) {
	t.Helper()
	given, problems, err := behind.BackendsOf(t.Context(), readValues(t, render.Bytes("values.yaml", []byte(text))), time.Now())
	require.NoError(t, err)
	return given, problems
}

// The path to the satellite is known without the Istio version, and is not where
// the address is wrong.
func TestBackendsOfLightStep(t *testing.T) {
	lightstep := "global: {tracer: {lightstep: {accessToken: " + accessToken + ", address: "
	given, problems := backendsIn(t, lightstep+"'satellite:8184'}}}")
	assert.Equal(t, []string(nil), found(problems))
	assert.Equal(t, &behind.LightStep{Address: "satellite:8184", Secure: true, Header: "lightstep-access-token", Token: accessToken}, given.LightStep)
	assert.Empty(t, given.Delivery)
	assert.Empty(t, given.Others)
	elsewhere := []problem.Problem{{Path: "global.tracer.lightstep.address"}}
	given.Locate(elsewhere)
	assert.Equal(t, []problem.Problem{{Path: "global.tracer.lightstep.address", File: "values.yaml", Line: 1, Column: 63}}, elsewhere)

	given, problems = backendsIn(t, lightstep+"'https://x'}}}")
	assert.Nil(t, given)
	assert.Contains(t, found(problems), "error LS-ADDRESS-URL global.tracer.lightstep.address values.yaml:1")
	_, _, err := behind.BackendsOf(t.Context(), "values", time.Now())
	require.EqualError(t, err, "string is not *render.Values")
}

// Backends are what the collector is rendered with, whatever the values say of
// LightStep.
func TestBackendsOf(t *testing.T) {
	given, problems := backendsIn(t, `
backends:
  grafana:
    preset: grafana-cloud
    endpoint: https://otlp.example.com/otlp
    headers: {x-whole: {secret: {name: g, key: whole}}, authorization: {secret: {name: g, key: auth}}}
    tls: {ca: {name: g}, client: {name: g-client}}
  old: {protocol: grpc, endpoint: "old:4317", tls: {insecure: true}, drain: true}
  xray: {preset: aws-xray, endpoint: "https://xray.eu-west-1.amazonaws.com", auth: {sigv4auth: {region: eu-west-1}}}
collector:
  env: [{name: PLAIN, value: a}, {name: KEPT, valueFrom: {secretKeyRef: {name: k, key: k}}}]
  exporters:
    otlphttp/later: {endpoint: "http://later:4318"}
    zipkin: {endpoint: "http://zipkin:9411/api/v2/spans"}
`[1:])
	require.NotNil(t, given, found(problems))
	assert.Nil(t, given.LightStep)
	require.Len(t, given.Others, 5)
	grafana := given.Others[0]
	assert.Equal(t, "otlp_http/grafana backends.grafana backends", grafana.Exporter+" "+grafana.Path+" "+grafana.Place)
	assert.Equal(t, "https://otlp.example.com/otlp", grafana.Settings["endpoint"])
	assert.Equal(t, "gzip", grafana.Settings["compression"])
	assert.Equal(t, map[string]any{"x-whole": "${file:/etc/istio-lightstep/backends/grafana/header.x-whole}${env:ISTIO_LIGHTSTEP_UNSET:-}"}, grafana.Settings["headers"])
	assert.Equal(t, &behind.Auth{Extension: "bearertokenauth", Settings: map[string]any{
		"header": "authorization", "scheme": "Basic", "filename": "/etc/istio-lightstep/backends/grafana/header.authorization",
	}}, grafana.Auth)
	assert.Equal(t, map[string]behind.Key{
		"/etc/istio-lightstep/backends/grafana/header.authorization": {Secret: "g", Key: "auth"},
		"/etc/istio-lightstep/backends/grafana/header.x-whole":       {Secret: "g", Key: "whole"},
		"/etc/istio-lightstep/backends/grafana/ca.crt":               {Secret: "g", Key: "ca.crt"},
		"/etc/istio-lightstep/backends/grafana/client.tls.crt":       {Secret: "g-client", Key: "tls.crt"},
		"/etc/istio-lightstep/backends/grafana/client.tls.key":       {Secret: "g-client", Key: "tls.key"},
	}, grafana.Files)
	assert.True(t, given.Others[1].Drain)
	assert.Equal(t, "sigv4auth", given.Others[2].Auth.Extension)
	assert.Equal(t, []bool{true, false}, []bool{given.Others[3].OTLP, given.Others[4].OTLP})
	assert.Equal(t, "exporters", given.Others[3].Place)
	require.Len(t, given.Variables, 2)
	assert.Equal(t, "a", *given.Variables["PLAIN"])
	assert.Nil(t, given.Variables["KEPT"])

	given, problems = backendsIn(t, "backends: {x: {protocol: http, endpoint: 'x:4318'}}")
	assert.Nil(t, given)
	assert.Equal(t, []string{"error LS-BACKEND-ENDPOINT-HTTP backends.x.endpoint values.yaml:1"}, found(problems))
}

// What is dropped leaves no room behind the problems, in which two callers would write the same.
func TestBackendsOfLeaveNoRoom(t *testing.T) {
	given, problems := backendsIn(t, "collector: {replicas: 1}\nbackends: {x: {protocol: http, endpoint: 'http://x:4318'}}")
	require.NotNil(t, given)
	assert.Len(t, problems, cap(problems))
}

// Each key that people write in the place of another is told what to write, and
// the schema lets it come so far.
func TestSynonyms(t *testing.T) {
	data, err := charts.FS.ReadFile("istio-lightstep/files/backends.json")
	require.NoError(t, err)
	var table struct{ Synonyms map[string]string }
	require.NoError(t, json.Unmarshal(data, &table))
	for _, key := range []string{"token", "secretName", "url", "apiKey"} {
		assert.Contains(t, table.Synonyms, key)
	}
	for key, instead := range table.Synonyms {
		given, problems := backendsIn(t, fmt.Sprintf("backends: {a: {protocol: grpc, endpoint: 'a:4317', %s: x}}", key))
		assert.Nil(t, given)
		at := slices.IndexFunc(problems, func(p problem.Problem) bool { return p.ID == "LS-BACKEND-KEY" })
		require.GreaterOrEqual(t, at, 0, "%s: %+v", key, problems)
		assert.Equal(t, "backends.a."+key, problems[at].Path)
		assert.Equal(t, "write backends.a."+instead, problems[at].Fix)
	}
}

// What is missing has no default to fall back to.
func TestFixOfWhatIsMissing(t *testing.T) {
	for auth, fix := range map[string]string{
		"{client_secret: '${env:A}', token_url: 'https://x'}":                              "write client_id",
		"{client_id: a, client_secret: '${env:A}', token_url: 'https://x', timeout: soon}": "write a number and its unit: ms, s, m or h, or remove the line to use the default",
	} {
		_, problems := backendsIn(t, "collector: {env: [{name: A, value: b}]}\nbackends: {a: {protocol: grpc, endpoint: 'a:4317', auth: {oauth2client: "+auth+"}}}")
		at := slices.IndexFunc(problems, func(p problem.Problem) bool { return p.ID == "LS-COLLECTOR-EXPORTER-SETTING" })
		require.GreaterOrEqual(t, at, 0, "%s: %+v", auth, problems)
		assert.Equal(t, fix, problems[at].Fix)
	}
}
