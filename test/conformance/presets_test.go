package conformance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/presets"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// vendor is where a preset sends by one of its protocols, and what is asked for
// there.
type vendor struct {
	values string // those of its users, besides preset and protocol
	at     string // where the exporter sends
	asked
}

// vendors are all protocols of all presets, as the vendors' documents have them.
var vendors = map[string]vendor{
	"lightstep grpc":     {token("lightstep-access-token"), "ingest.lightstep.com:443", asked{header: "lightstep-access-token", value: "a-token"}},
	"lightstep http":     {token("lightstep-access-token"), "https://ingest.lightstep.com:443", asked{path: "/v1/traces", header: "lightstep-access-token", value: "a-token"}},
	"grafana-cloud http": {to("https://otlp-gateway-prod-eu-west-2.grafana.net/otlp", "authorization"), "", asked{path: "/otlp/v1/traces", header: "authorization", value: "Basic MTIzNDU2OmEtdG9rZW4="}},
	"tempo grpc":         {"endpoint: tempo-distributor.tempo.svc:4317, headers: {x-scope-orgid: team-a}", "tempo-distributor.tempo.svc:4317", asked{plain: true, header: "x-scope-orgid", value: "team-a", encoding: "none"}},
	"tempo http":         {"endpoint: http://tempo-distributor.tempo.svc:4318, headers: {x-scope-orgid: team-a}", "http://tempo-distributor.tempo.svc:4318", asked{plain: true, path: "/v1/traces", header: "x-scope-orgid", value: "team-a", encoding: "none"}},
	"jaeger grpc":        {"endpoint: jaeger-collector.jaeger.svc:4317", "jaeger-collector.jaeger.svc:4317", asked{plain: true, encoding: "none"}},
	"jaeger http":        {"endpoint: http://jaeger-collector.jaeger.svc:4318", "http://jaeger-collector.jaeger.svc:4318", asked{plain: true, path: "/v1/traces", encoding: "none"}},
	"honeycomb grpc":     {token("x-honeycomb-team"), "api.honeycomb.io:443", asked{header: "x-honeycomb-team", value: "hcaik_a-key"}},
	"honeycomb http":     {token("x-honeycomb-team"), "https://api.honeycomb.io", asked{path: "/v1/traces", header: "x-honeycomb-team", value: "hcaik_a-key"}},
	"datadog http":       {"tracesEndpoint: https://otlp.datadoghq.com/v1/traces, " + token("dd-api-key"), "https://otlp.datadoghq.com/v1/traces", asked{path: "/v1/traces", header: "dd-api-key", value: "a-key"}},
	"datadog-agent grpc": {"endpoint: datadog-agent.datadog.svc:4317", "datadog-agent.datadog.svc:4317", asked{plain: true, encoding: "none"}},
	"datadog-agent http": {"endpoint: http://datadog-agent.datadog.svc:4318", "http://datadog-agent.datadog.svc:4318", asked{plain: true, path: "/v1/traces", encoding: "none"}},
	"new-relic http":     {token("api-key"), "https://otlp.nr-data.net", asked{path: "/v1/traces", header: "api-key", value: "a-key", limit: 1e6}},
	"new-relic grpc":     {token("api-key"), "otlp.nr-data.net:4317", asked{header: "api-key", value: "a-key", limit: 1e6}},
	"dynatrace http":     {to("https://abc12345.live.dynatrace.com/api/v2/otlp", "authorization"), "", asked{path: "/api/v2/otlp/v1/traces", header: "authorization", value: "Api-Token dt0c01.a.b", limit: 8e6}},
	"splunk grpc":        {to("ingest.us1.signalfx.com:443", "x-sf-token"), "", asked{header: "x-sf-token", value: "a-token"}},
	"splunk http":        {"tracesEndpoint: https://ingest.us1.observability.splunkcloud.com/v2/trace/otlp, " + token("x-sf-token"), "https://ingest.us1.observability.splunkcloud.com/v2/trace/otlp", asked{path: "/v2/trace/otlp", header: "x-sf-token", value: "a-token"}},
	"elastic grpc":       {to("my-project.ingest.us-east-1.aws.elastic.cloud:443", "authorization"), "", asked{header: "authorization", value: "ApiKey a-key"}},
	"elastic http":       {to("https://my-project.ingest.us-east-1.aws.elastic.cloud:443", "authorization"), "", asked{path: "/v1/traces", header: "authorization", value: "ApiKey a-key"}},
	"aws-xray http":      {"endpoint: https://xray.eu-west-1.amazonaws.com, auth: {sigv4auth: {region: eu-west-1}}", "https://xray.eu-west-1.amazonaws.com", asked{path: "/v1/traces", signed: true, limit: 5e6, spans: 10_000}},
	"signoz grpc":        {to("ingest.eu.signoz.cloud:443", "signoz-ingestion-key"), "", asked{header: "signoz-ingestion-key", value: "a-key"}},
	"signoz http":        {to("https://ingest.eu.signoz.cloud:443", "signoz-ingestion-key"), "", asked{path: "/v1/traces", header: "signoz-ingestion-key", value: "a-key"}},
	"uptrace http":       {token("uptrace-dsn"), "https://api.uptrace.dev", asked{path: "/v1/traces", header: "uptrace-dsn", value: "https://a-token@api.uptrace.dev?grpc=4317"}},
	"uptrace grpc":       {token("uptrace-dsn"), "api.uptrace.dev:4317", asked{header: "uptrace-dsn", value: "https://a-token@api.uptrace.dev?grpc=4317"}},
	"openobserve http":   {to("https://api.openobserve.ai/api/default", "authorization"), "", asked{path: "/api/default/v1/traces", header: "authorization", value: "Basic cm9vdDpwYXNz"}},
	"openobserve grpc": {
		"endpoint: openobserve.example.com:5081, headers: {organization: default, authorization: {secret: {name: %[1]s, key: token}}}", "openobserve.example.com:5081",
		asked{header: "authorization", value: "Basic cm9vdDpwYXNz", also: map[string]string{"organization": "default"}},
	},
	// Their extensions are left out, so no credential is asked for.
	"google-cloud grpc":  {"headers: {}", "telemetry.googleapis.com:443", asked{}},
	"google-cloud http":  {"headers: {}", "https://telemetry.googleapis.com", asked{path: "/v1/traces"}},
	"azure-monitor http": {"tracesEndpoint: " + azureEndpoint, azureEndpoint, asked{path: "/datacollectionRules/dcr-0123/streams/Microsoft-OTLP-Traces/otlp/v1/traces"}},
}

const azureEndpoint = "https://mine-0123.westeurope-1.ingest.monitor.azure.com/datacollectionRules/dcr-0123/streams/Microsoft-OTLP-Traces/otlp/v1/traces"

// token is a header whose token is in a Secret, named as the backend.
func token(header string) string {
	return "headers: {" + header + ": {secret: {name: %[1]s, key: token}}}"
}

// to is an endpoint of its users, with such a header.
func to(endpoint, header string) string {
	return "endpoint: '" + endpoint + "', " + token(header)
}

// leaveOutAuth takes an extension that the collector here does not have, and with
// it the credential, from a backend: its endpoint, protocol and body stay.
func (c *collecting) leaveOutAuth(t *testing.T, protocol, backend string) {
	t.Helper()
	var config map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(c.rendered), &config))
	exporter, ok := at(config, "exporters", fmt.Sprintf("otlp_%s/%s", protocol, backend)).(map[string]any)
	require.True(t, ok)
	extension, ok := at(exporter, "auth", "authenticator").(string)
	require.True(t, ok, "%s has no extension", backend)
	delete(exporter, "auth")
	service := config["service"].(map[string]any)
	delete(config["extensions"].(map[string]any), extension)
	service["extensions"] = slices.DeleteFunc(service["extensions"].([]any), func(name any) bool { return name == extension })
	text, err := yaml.Marshal(config)
	require.NoError(t, err)
	c.rendered = string(text)
}

// TestPresets has one real collector send 1,000 traces by each protocol of each
// preset, as it is rendered for it, to a backend that asks for what the vendor's
// does. Every protocol in the file is run; those of Google's and Azure's presets
// without their extension, which cannot be had here.
func TestPresets(t *testing.T) {
	all, err := presets.Load()
	require.NoError(t, err)
	require.Len(t, all, 17)
	runs := map[string]vendor{}
	var values strings.Builder
	values.WriteString("istio: {version: \"1.31.0\"}\ncollector: {persistence: {size: 100Gi}}\nbackends:\n")
	for _, preset := range all {
		for _, protocol := range preset.Protocols {
			of, ok := vendors[preset.ID+" "+protocol]
			require.True(t, ok, "%s by %s is not run", preset.ID, protocol)
			of.protocol = protocol
			if of.encoding == "" {
				of.encoding = "gzip"
			}
			name := preset.ID + "-" + protocol
			runs[name] = of
			own := of.values
			if strings.Contains(own, "%[") {
				own = fmt.Sprintf(own, name)
			}
			fmt.Fprintf(&values, "  %s: {preset: %s, protocol: %s, %s}\n", name, preset.ID, protocol, own)
		}
	}
	require.Len(t, runs, len(vendors), "a protocol that no preset has")

	authority, certificate := newCertificate(t)
	c := renderFilled(t, values.String(), authority, certificate, func(backend string) string { return lastWord(runs[backend].value) })
	for _, preset := range all {
		for _, protocol := range preset.Protocols {
			if preset.NotRun != "" {
				c.leaveOutAuth(t, protocol, preset.ID+"-"+protocol)
			}
		}
	}
	c.configure(t)
	backends := map[string]*fakeBackend{}
	for name, of := range runs {
		backends[name] = startFakeAt(t, of.asked, ports.Address(t), authority, certificate)
		exporter := c.exporter(t, fmt.Sprintf("otlp_%s/%s", of.protocol, name))
		places := slices.DeleteFunc([]any{exporter["endpoint"], exporter["traces_endpoint"]}, func(place any) bool { return place == nil })
		assert.Len(t, places, 1, name)
		if of.at != "" {
			assert.Equal(t, []any{of.at}, places, name)
		}
		c.lead(t, backends[name], name)
	}
	c.start(t)
	c.sendTraces(t, 0, 1000)
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) { wantTraces(t, backend, 1000) })
	}
}
