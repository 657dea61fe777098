package conformance_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// backendsFolder is where the collector has the files of backends.
const backendsFolder = "/etc/istio-lightstep/backends"

// asked is what a backend asks of those who send to it.
type asked struct {
	protocol      string
	path          string // by HTTP
	header, value string
	also          map[string]string // further headers
	encoding      string
	content       string // the type of its body, by HTTP
	limit         int    // bytes of a request, before compression
	spans         int    // the most of a request
	plain         bool   // no TLS
	signed        bool   // by SigV4
	client        bool   // by TLS, with a certificate of the client's
	unauthorized  bool   // it refuses a wrong credential as such, and not as what is wrong with a request
	drained       bool   // it gets nothing
	refusal       *refusal
	notRun        string
}

// pageBackends say what each backend of docs/backends.md asks for, written down
// once more as its vendor's documents have it.
var pageBackends = map[string]asked{
	"xray":             {protocol: "http", path: "/v1/traces", encoding: "gzip", limit: 5e6, spans: 10_000, signed: true},
	"azure":            {notRun: "it needs the extension azure_auth"},
	"datadog":          {protocol: "http", path: "/v1/traces", header: "dd-api-key", value: "a-key", encoding: "gzip"},
	"datadog-agent":    {protocol: "grpc", plain: true},
	"dynatrace":        {protocol: "http", path: "/api/v2/otlp/v1/traces", header: "authorization", value: "Api-Token dt0c01.a.b", encoding: "gzip", limit: 8 << 20},
	"elastic":          {protocol: "grpc", header: "authorization", value: "ApiKey a-key", encoding: "gzip"},
	"apm-server":       {protocol: "http", path: "/v1/traces", header: "authorization", value: "Bearer a-token", encoding: "gzip"},
	"google":           {notRun: "it needs the extension googleclientauth"},
	"grafana":          {protocol: "http", path: "/otlp/v1/traces", header: "authorization", value: "Basic MTIzNDU2OmEtdG9rZW4=", encoding: "gzip"},
	"tempo":            {protocol: "grpc", plain: true, header: "x-scope-orgid", value: "team-a"},
	"honeycomb":        {protocol: "grpc", header: "x-honeycomb-team", value: "hcaik_a-key", encoding: "gzip"},
	"honeycomb-eu":     {protocol: "grpc", header: "x-honeycomb-team", value: "hcaik_a-key", encoding: "gzip"},
	"jaeger":           {protocol: "grpc", plain: true},
	"lightstep":        {protocol: "grpc", drained: true},
	"lightstep-http":   {protocol: "http", path: "/v1/traces", header: "lightstep-access-token", value: "a-token", encoding: "gzip"},
	"new-relic":        {protocol: "http", path: "/v1/traces", header: "api-key", value: "a-key", encoding: "gzip", limit: 1e6},
	"openobserve":      {protocol: "http", path: "/api/default/v1/traces", header: "authorization", value: "Basic cm9vdDpwYXNz", encoding: "gzip"},
	"openobserve-grpc": {protocol: "grpc", header: "authorization", value: "Basic cm9vdDpwYXNz", also: map[string]string{"organization": "default"}, encoding: "gzip"},
	"signoz":           {protocol: "grpc", header: "signoz-ingestion-key", value: "a-key", encoding: "gzip"},
	"splunk":           {protocol: "grpc", header: "x-sf-token", value: "a-token", encoding: "gzip"},
	"splunk-http":      {protocol: "http", path: "/v2/trace/otlp", header: "x-sf-token", value: "a-token", encoding: "gzip"},
	"uptrace":          {protocol: "http", path: "/v1/traces", header: "uptrace-dsn", value: "https://a-token@api.uptrace.dev?grpc=4317", encoding: "gzip"},
	"grafana-direct":   {notRun: "TestBackendDirect is about it"},
	"gateway":          {protocol: "grpc", plain: true, encoding: "none"},
	"vendor":           {protocol: "http", path: "/v1/traces", header: "authentication", value: "Bearer a-token", also: map[string]string{"x-team": "blue"}, encoding: "gzip"},
	"own-ca":           {protocol: "grpc", client: true},
	"own-oauth2":       {notRun: "TestOAuth2 is about it"},
	"tempostack":       {protocol: "grpc", header: "authorization", value: "Bearer a-token", also: map[string]string{"x-scope-orgid": "dev"}},
}

// lastWord is what a Secret holds of the value of a header: the bare token.
func lastWord(value string) string {
	words := strings.Fields(value)
	if len(words) == 0 {
		return "no-header"
	}
	return words[len(words)-1]
}

// TestBackendsPage has the real collector, as it is rendered for each block of
// docs/backends.md, send 1,000 traces to backends that ask for what the vendors'
// do.
func TestBackendsPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/backends.md")
	require.NoError(t, err)
	seen := map[string]bool{}
	presets := map[string]bool{}
	for _, block := range regexp.MustCompile("(?s)\n```yaml\n(.*?)\n```\n").FindAllStringSubmatch(string(page), -1) {
		values := block[1] + "\nistio: {version: \"1.31.0\"}\n"
		var read struct {
			Backends map[string]struct{ Preset string }
		}
		require.NoError(t, yaml.Unmarshal([]byte(values), &read))
		for name, backend := range read.Backends {
			require.Contains(t, pageBackends, name)
			seen[name], presets[backend.Preset] = true, true
		}
		if len(read.Backends) > 0 && !strings.Contains(values, "delivery: direct") {
			names := slices.Sorted(maps.Keys(read.Backends))
			t.Run(strings.Join(names, " "), func(t *testing.T) { runBlock(t, values, names) })
		}
	}
	assert.Len(t, seen, len(pageBackends))
	content, err := os.ReadFile("../../charts/istio-lightstep/files/backends.yaml")
	require.NoError(t, err)
	var table struct{ Presets []struct{ ID string } }
	require.NoError(t, yaml.Unmarshal(content, &table))
	for _, preset := range table.Presets {
		assert.True(t, presets[preset.ID], "docs/backends.md has nothing for preset %s", preset.ID)
	}
}

func runBlock(t *testing.T, values string, names []string) {
	t.Helper()
	authority, certificate := newCertificate(t)
	// What a volume of the values' own has.
	mounted := t.TempDir()
	for name, content := range map[string][]byte{"token": []byte("a-token"), "service-ca.crt": authority} {
		require.NoError(t, os.WriteFile(filepath.Join(mounted, name), content, 0o600))
	}
	values = strings.ReplaceAll(values, "/var/run/secrets/tempo", mounted)
	c := renderFilled(t, values, authority, certificate, func(backend string) string { return lastWord(pageBackends[backend].value) })
	c.configure(t)
	var backends []*fakeBackend
	for _, name := range names {
		asks := pageBackends[name]
		if asks.notRun != "" {
			t.Skip("rendered, not run: " + asks.notRun)
		}
		backend := startFakeAt(t, asks, ports.Address(t), authority, certificate)
		c.lead(t, backend, name)
		backends = append(backends, backend)
	}
	c.start(t)
	c.sendTraces(t, 0, 1000)
	for _, backend := range backends {
		if backend.drained {
			assert.Zero(t, backend.traces())
			continue
		}
		wantTraces(t, backend, 1000)
	}
}

// renderFilled renders a collector for values with all the Secrets that they
// name: certificates by the names of their keys, and the token of each backend.
func renderFilled(t *testing.T, values string, authority []byte, certificate tls.Certificate, token func(backend string) string) *collecting {
	t.Helper()
	secrets := keptSecrets{}
	c := renderFor(t, values, secrets)
	for backend, files := range c.sources {
		for _, file := range files {
			if secrets[file[0]] == nil {
				secrets[file[0]] = map[string]string{}
			}
			secrets[file[0]][file[1]] = map[string]string{
				"ca.crt": string(authority), "cacert.pem": string(authority), "tls.crt": certificatePEM(certificate), "tls.key": keyPEM(t, certificate),
			}[file[1]]
			if secrets[file[0]][file[1]] == "" {
				secrets[file[0]][file[1]] = token(backend)
			}
		}
	}
	c.env = []string{"AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=" + secretKey}
	return c
}

// TestBackendsApart has three backends, one of which is away: the others have
// their spans at once, and it as soon as it is there. What is of one backend
// alone does not reach another.
func TestBackendsApart(t *testing.T) {
	const values = `
istio: {version: "1.31.0"}
backends:
  a: {protocol: grpc, endpoint: "a.example.com:4317", tls: {insecure: true}}
  away: {protocol: http, endpoint: "http://b.example.com:4318", resource: {a.token: {secret: {name: b, key: token}}, team: blue}}
  c: {protocol: http, endpoint: "http://c.example.com:4318/otlp", exporter: {encoding: json, compression: gzip}}
`
	c := collectFor(t, values, keptSecrets{"b": {"token": "resource-token"}})
	asks := map[string]asked{
		"a":    {protocol: "grpc", plain: true},
		"away": {protocol: "http", path: "/v1/traces", plain: true},
		"c":    {protocol: "http", path: "/otlp/v1/traces", plain: true, encoding: "gzip", content: "application/json"},
	}
	backends := map[string]*fakeBackend{}
	authority, certificate := newCertificate(t)
	for _, name := range []string{"a", "c"} {
		backends[name] = startFakeAt(t, asks[name], ports.Address(t), authority, certificate)
		c.lead(t, backends[name], name)
	}
	away := &fakeBackend{asked: asks["away"], address: ports.Address(t)}
	c.lead(t, away, "away")
	c.start(t)
	c.sendTraces(t, 0, 1000)
	wantTraces(t, backends["a"], 1000)
	wantTraces(t, backends["c"], 1000)
	backends["away"] = startFakeAt(t, asks["away"], away.address, authority, certificate)
	wantTraces(t, backends["away"], 1000)
	for name, backend := range backends {
		var resources bytes.Buffer
		backend.resources(&resources)
		if name == "away" {
			assert.Contains(t, resources.String(), "a.token=resource-token")
			assert.Contains(t, resources.String(), "team=blue")
			continue
		}
		assert.NotContains(t, resources.String(), "token", name)
		assert.NotContains(t, resources.String(), "team", name)
	}
}

// TestBackendLimit: what is larger than a backend takes comes to it in several
// requests, and to others in one.
func TestBackendLimit(t *testing.T) {
	for name, c := range map[string]struct {
		values string
		wrong  string
	}{
		"of a preset": {`{preset: new-relic, headers: {api-key: null}}`, ""},
		"of none":     {`{protocol: http, endpoint: "https://a.example.com"}`, "the most are 1000000"},
	} {
		t.Run(name, func(t *testing.T) {
			authority, certificate := newCertificate(t)
			asks := asked{protocol: "http", path: "/v1/traces", limit: 1e6}
			collector := collectFor(t, "istio: {version: \"1.31.0\"}\nbackends: {x: "+c.values+"}\n", nil)
			collector.pad = 300000
			away := &fakeBackend{asked: asks, address: ports.Address(t), authority: authority}
			collector.lead(t, away, "x")
			collector.start(t)
			collector.sendTraces(t, 0, 10) // of 1.5 MB each
			backend := startFakeAt(t, asks, away.address, authority, certificate)
			if c.wrong == "" {
				wantTraces(t, backend, 10)
				return
			}
			require.Eventually(t, func() bool { return backend.wrong() != "" }, 30*time.Second, 50*time.Millisecond)
			assert.Contains(t, backend.wrong(), c.wrong)
		})
	}
}

// TestBackendDrained stops a collector while a backend is away, and starts it
// again with that backend drained: it gets what waits, and nothing more.
func TestBackendDrained(t *testing.T) {
	const values = `
istio: {version: "1.31.0"}
backends:
  old: {protocol: grpc, endpoint: "old.example.com:4317", tls: {insecure: true}%s}
  new: {protocol: http, endpoint: "http://new.example.com:4318"}
`
	authority, certificate := newCertificate(t)
	old := &fakeBackend{asked: asked{protocol: "grpc", plain: true}, address: ports.Address(t)}
	next := startFakeAt(t, asked{protocol: "http", path: "/v1/traces", plain: true}, ports.Address(t), authority, certificate)
	queue := "yaml:extensions::file_storage::directory: " + filepath.Join(t.TempDir(), "queue")
	run := func(drain string) *collecting {
		c := collectFor(t, fmt.Sprintf(values, drain), nil)
		c.lead(t, old, "old")
		c.lead(t, next, "new")
		c.configs = append(c.configs, queue)
		return c
	}
	before := run("")
	process := before.start(t)
	before.sendTraces(t, 0, 200)
	wantTraces(t, next, 200)
	process.Stop()

	old = startFakeAt(t, old.asked, old.address, authority, certificate)
	after := run(", drain: true")
	after.start(t)
	wantTraces(t, old, 200)
	after.sendTraces(t, 200, 100)
	wantTraces(t, next, 300)
	assert.Equal(t, 200, old.traces(), "it is drained")
}

// TestBackendDirect has each Istio that takes direct delivery read what one
// backend comes to, by HTTP and by gRPC.
func TestBackendDirect(t *testing.T) {
	type backend struct {
		values, host string
		provider     map[string]any
		secrets      []string
	}
	cases := map[string]backend{
		"http": {
			`{preset: grafana-cloud, endpoint: "https://otlp-gateway-prod-eu-west-2.grafana.net/otlp", headers: {authorization: {prefix: null, secret: {name: grafana, key: header}}, x-team: blue}}`,
			"otlp-gateway-prod-eu-west-2.grafana.net",
			map[string]any{"http": map[string]any{"path": "/otlp/v1/traces", "timeout": "5s", "headers": []any{
				map[string]any{"name": "authorization", "envName": "ISTIO_LIGHTSTEP_A_AUTHORIZATION"}, map[string]any{"name": "x-team", "value": "blue"},
			}}},
			[]string{"ISTIO_LIGHTSTEP_A_AUTHORIZATION"},
		},
		"grpc": {
			`{preset: honeycomb, headers: {x-honeycomb-team: {secret: {name: honeycomb, key: key}}}}`, "api.honeycomb.io",
			map[string]any{"grpc": map[string]any{"timeout": "5s", "initialMetadata": []any{
				map[string]any{"name": "x-honeycomb-team", "envName": "ISTIO_LIGHTSTEP_A_X_HONEYCOMB_TEAM"},
			}}},
			[]string{"ISTIO_LIGHTSTEP_A_X_HONEYCOMB_TEAM"},
		},
		"in the cluster": {`{preset: jaeger, endpoint: "jaeger-collector.jaeger.svc:4317"}`, "satellite.istio-lightstep.internal", map[string]any{"grpc": map[string]any{"timeout": "5s"}}, nil},
	}
	forEachRelease(t, func(t *testing.T, tools istio.Tools) {
		t.Helper()
		if !since(tools, "1.26") {
			return
		}
		for name, b := range cases {
			t.Run(name, func(t *testing.T) {
				values := fmt.Sprintf("istio: {version: %q}\ndelivery: direct\nbackends: {a: %s}\n", tools.Minor+".0", b.values)
				objects, err := rendered(t, values).Objects()
				require.NoError(t, err)
				var ours istio.Manifests
				for _, object := range objects {
					switch object.GetKind() {
					case "Telemetry", "ServiceEntry", "DestinationRule":
						ours = append(ours, object)
					case "Secret", "StatefulSet":
						t.Errorf("%s %s is rendered", object.GetKind(), object.GetName())
					}
				}
				require.Len(t, ours, 3)
				require.NoError(t, tools.Validate(t.Context(), ours))
				require.NoError(t, tools.Analyze(t.Context(), objects))
				entry, err := ours.Find("ServiceEntry", releaseName+"-satellite")
				require.NoError(t, err)
				assert.Equal(t, []any{b.host}, at(entry.Object, "spec", "hosts"))
				rule, err := ours.Find("DestinationRule", releaseName+"-satellite")
				require.NoError(t, err)
				assert.Equal(t, b.host, at(rule.Object, "spec", "host"))

				config, err := istio.Manifests(objects).ConfigMapKey(releaseName, "mesh")
				require.NoError(t, err)
				_, err = tools.MeshConfig(t.Context(), []byte(config))
				require.NoError(t, err)
				provider, _ := at(named(decode(t, []byte(config))["extensionProviders"], releaseName), "opentelemetry").(map[string]any)
				want := maps.Clone(b.provider)
				want["port"], want["service"] = 4317.0, "istio-system/"+b.host
				assert.Equal(t, want, provider)

				manifests, err := tools.ManifestGenerate(t.Context(), [][]byte{rendered(t, values+"output: istioOperator\n").YAML()})
				require.NoError(t, err)
				istiod, err := manifests.Deployment("istiod")
				require.NoError(t, err)
				var secrets []string
				for _, variable := range istiod.Spec.Template.Spec.Containers[0].Env {
					if variable.ValueFrom != nil && variable.ValueFrom.SecretKeyRef != nil {
						secrets = append(secrets, variable.Name)
					}
				}
				assert.Equal(t, b.secrets, secrets)
			})
		}
	})
}
