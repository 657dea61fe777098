package conformance_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// effect is where a mesh sends its spans, as its own Istio has it.
type effect struct {
	Address, Token string
	TLS            bool
	Sampling       float64
	SidecarCA      string // Secret that sidecars mount at caDirectory
	GatewayCA      string // Secret that the ingress gateway mounts there
}

// original is a configuration that somebody wrote for a version of Istio.
type original struct {
	name    string
	sources []migrate.Source // the control plane's document first
	effect  effect           // where nothing in it says so, its Istio is asked
}

// TestMigrated migrates configurations of each release to that same release:
// what istioctl makes of the outcome must send spans where they went before.
func TestMigrated(t *testing.T) {
	forEachRelease(t, func(t *testing.T, tools istio.Tools) {
		t.Helper()
		for _, o := range originals(tools) {
			t.Run(o.name, func(t *testing.T) {
				versions := renderedFor(tools.Release)
				version := versions[len(versions)-1]
				m := &migrated{conformance{run: run{Version: version}, tools: tools, row: dialectOf(t, version)}}
				result, err := migrate.Migrate(t.Context(), o.sources, migrate.Options{To: version})
				require.NoError(t, err)
				for _, p := range result.Problems {
					require.NotEqual(t, problem.SeverityError, p.Severity, "%+v", p)
				}
				before := m.before(t, o)
				after := m.after(t, result)
				if m.row.Native == "" { // The collector has the CA then.
					before.SidecarCA, before.GatewayCA = after.SidecarCA, after.GatewayCA
				}
				assert.Equal(t, before, after)
			})
		}
	})
}

// originals are what people wrote for a release.
func originals(tools istio.Tools) []original {
	switch {
	case !since(tools, "1.6"):
		kind := "v1alpha1\nkind: IstioOperator"
		if tools.Minor == "1.4" {
			kind = "v1alpha2\nkind: IstioControlPlane"
		}
		return []original{{name: "values", sources: []migrate.Source{source("istio.yaml", "apiVersion: install.istio.io/"+kind+valuesOriginal)}}}
	case !since(tools, "1.15"):
		return []original{{name: "mesh config", sources: []migrate.Source{source("istio.yaml", meshOriginal)}}}
	}
	var all []original
	if !since(tools, "1.27") { // Later ones crash on it.
		all = append(all, original{name: "provider lightstep", sources: []migrate.Source{
			source("istio.yaml", operatorHead+"    - name: tracing\n      lightstep: {service: "+satelliteHost+", port: 4317, accessToken: "+tokenMarker+"}\n"),
			source("route.yaml", routeOriginal), source("telemetry.yaml", telemetryOriginal),
		}, effect: effect{TLS: true, Sampling: sampling}})
	}
	if since(tools, "1.26") {
		all = append(all, original{name: "provider opentelemetry", sources: []migrate.Source{
			source("istio.yaml", operatorHead+"    - name: tracing\n      opentelemetry:\n        service: "+satelliteHost+"\n        port: 4317\n"+
				"        grpc: {initialMetadata: [{name: lightstep-access-token, value: "+tokenMarker+"}]}\n"),
			source("route.yaml", routeOriginal), source("telemetry.yaml", telemetryOriginal),
		}, effect: effect{TLS: true, Sampling: sampling}})
	}
	return all
}

func source(name, text string) migrate.Source { return migrate.Source{Name: name, Data: []byte(text)} }

const valuesOriginal = `
spec:
  profile: default
  values:
    pilot: {traceSampling: 37.5}
    global:
      proxy: {tracer: lightstep}
      tracer:
        lightstep: {address: "` + satellite + `", accessToken: ` + tokenMarker + `, secure: true, cacertPath: /etc/lightstep/cacert.pem}
`

const meshOriginal = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  profile: default
  meshConfig:
    accessLogFile: /dev/stdout
    defaultConfig:
      tracing:
        sampling: 37.5
        lightstep: {address: "` + satellite + `", accessToken: ` + tokenMarker + `}
        tlsSettings: {mode: SIMPLE, caCertificates: /etc/lightstep/cacert.pem, sni: ` + satelliteHost + `}
  values:
    global: {proxy: {tracer: lightstep}}
    gateways:
      istio-ingressgateway:
        secretVolumes:
        - {name: mine-certs, secretName: mine-certs, mountPath: /etc/mine}
        - {name: lightstep-certs, secretName: lightstep.cacert, mountPath: /etc/lightstep}
`

const operatorHead = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  profile: default
  meshConfig:
    accessLogFile: /dev/stdout
    enableTracing: true
    extensionProviders:
    - name: mine-log
      envoyFileAccessLog: {path: /dev/stderr}
`

const routeOriginal = `apiVersion: networking.istio.io/v1beta1
kind: ServiceEntry
metadata: {name: satellite, namespace: istio-system}
spec:
  hosts: [` + satelliteHost + `]
  resolution: DNS
  ports: [{number: 4317, targetPort: 9292, name: grpc-otlp, protocol: GRPC}]
---
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: {name: satellite, namespace: istio-system}
spec:
  host: ` + satelliteHost + `
  trafficPolicy: {tls: {mode: SIMPLE, sni: ` + satelliteHost + `, caCertificates: /etc/lightstep/cacert.pem}}
`

const telemetryOriginal = `apiVersion: telemetry.istio.io/v1alpha1
kind: Telemetry
metadata: {name: mesh-default, namespace: istio-system}
spec:
  tracing: [{providers: [{name: tracing}], randomSamplingPercentage: 37.5}]
`

// migrated is a migration at work.
type migrated struct{ conformance }

// before asks the release what the original does.
func (m *migrated) before(t *testing.T, o original) effect {
	t.Helper()
	manifests, err := m.tools.ManifestGenerate(t.Context(), [][]byte{o.sources[0].Data})
	require.NoError(t, err)
	config, err := manifests.InjectConfig()
	require.NoError(t, err)
	mesh := m.mesh(t, config.Mesh)
	e := m.mounts(t, manifests, config)
	if m.row.Native != "" {
		m.tracer(t, mesh, manifests, &e)
		return e
	}
	provider := named(mesh["extensionProviders"], "tracing")
	require.NotNil(t, provider, "this Istio does not understand the original")
	if lightstep := at(provider, "lightstep"); lightstep != nil {
		e.Token, _ = at(lightstep, "accessToken").(string)
	} else {
		metadata, _ := at(provider, "opentelemetry", "grpc", "initialMetadata").([]any)
		require.Len(t, metadata, 1)
		e.Token, _ = at(metadata[0], "value").(string)
	}
	// The ServiceEntry leads to port 9292.
	e.Address, e.TLS, e.Sampling = satellite, o.effect.TLS, o.effect.Sampling
	return e
}

// mesh reads a mesh config with the release's own code, over others.
func (m *migrated) mesh(t *testing.T, own string, under ...string) map[string]any {
	t.Helper()
	own = strings.Replace(own, "localityLbSetting:\n  enabled: true\n", "", 1) // as in effectiveMesh
	var documents [][]byte
	for _, text := range append(under, own) {
		documents = append(documents, []byte(text))
	}
	mesh, err := m.tools.MeshConfig(t.Context(), documents...)
	require.NoError(t, err)
	return decode(t, mesh)
}

// mounts looks for the CA in an injected pod and in the gateway.
func (m *migrated) mounts(t *testing.T, manifests istio.Manifests, config istio.InjectConfig) effect {
	t.Helper()
	injected, err := m.tools.KubeInject(t.Context(), config, annotatedPod(t, config, nil))
	require.NoError(t, err)
	gateway, err := manifests.Deployment("istio-ingressgateway")
	require.NoError(t, err)
	return effect{
		SidecarCA: secretAt(injected.Spec, caDirectory),
		GatewayCA: secretAt(gateway.Spec.Template.Spec, caDirectory),
	}
}

// tracer reads what the proxies' own tracer does.
func (m *migrated) tracer(t *testing.T, mesh map[string]any, manifests istio.Manifests, e *effect) {
	t.Helper()
	tracing := at(mesh, "defaultConfig", "tracing")
	bootstrap, _ := tracersOf(mesh)
	require.Equal(t, []string{"lightstep"}, bootstrap)
	e.Address, _ = at(tracing, "lightstep", "address").(string)
	e.Token, _ = at(tracing, "lightstep", "accessToken").(string)
	e.TLS = at(tracing, "lightstep", "secure") == true || at(tracing, "tlsSettings", "mode") == "SIMPLE"
	if e.Sampling, _ = at(tracing, "sampling").(float64); e.Sampling == 0 {
		_, err := fmt.Sscan(m.istiodEnv(t, manifests)["PILOT_TRACE_SAMPLING"].Value, &e.Sampling)
		require.NoError(t, err)
	}
}

// after installs what migrate gives, and asks the release what that does.
func (m *migrated) after(t *testing.T, result *migrate.Result) effect {
	t.Helper()
	merged, err := document.Merge(result.Documents[0].After, m.rendered(t, result, "istioOperator").YAML())
	require.NoError(t, err)
	manifests, err := m.tools.ManifestGenerate(t.Context(), [][]byte{merged})
	require.NoError(t, err)
	config, err := manifests.InjectConfig()
	require.NoError(t, err)
	e := m.mounts(t, manifests, config)
	if m.row.Native != "" {
		m.tracer(t, m.mesh(t, config.Mesh), manifests, &e)
		return e
	}
	objects, err := m.rendered(t, result, "cluster").Objects()
	require.NoError(t, err)
	cluster := istio.Manifests(objects)
	shared, err := cluster.ConfigMapKey(releaseName, "mesh")
	require.NoError(t, err)
	require.Equal(t, releaseName, m.istiodEnv(t, manifests)["SHARED_MESH_CONFIG"].Value)
	mesh := m.mesh(t, config.Mesh, shared)
	assert.NotNil(t, named(mesh["extensionProviders"], "mine-log"), "the user's own provider")
	assert.Nil(t, named(mesh["extensionProviders"], "tracing"), "the old provider")
	_, providers := tracersOf(mesh)
	require.Equal(t, []string{"opentelemetry"}, providers)
	m.delivered(t, result, cluster, &e)
	return e
}

// delivered reads where the provider's spans end, and by which token.
func (m *migrated) delivered(t *testing.T, result *migrate.Result, cluster istio.Manifests, e *effect) {
	t.Helper()
	secret := decode(t, result.Secret)
	e.Token, _ = at(secret, "stringData", "token").(string)
	telemetry, err := cluster.Find("Telemetry", releaseName)
	require.NoError(t, err)
	tracing, _, err := unstructured.NestedSlice(telemetry.Object, "spec", "tracing")
	require.NoError(t, err)
	e.Sampling, _ = at(tracing[0], "randomSamplingPercentage").(float64)

	if entry, err := cluster.Find("ServiceEntry", releaseName+"-satellite"); err == nil {
		ports, _, _ := unstructured.NestedSlice(entry.Object, "spec", "ports")
		endpoints, _, _ := unstructured.NestedSlice(entry.Object, "spec", "endpoints")
		require.Len(t, endpoints, 1)
		e.Address = fmt.Sprintf("%v:%v", at(endpoints[0], "address"), at(ports[0], "targetPort"))
		rule, err := cluster.Find("DestinationRule", releaseName+"-satellite")
		require.NoError(t, err)
		levels, _, _ := unstructured.NestedSlice(rule.Object, "spec", "trafficPolicy", "portLevelSettings")
		require.Len(t, levels, 1)
		e.TLS = at(levels[0], "tls", "mode") == "SIMPLE"
		assert.Equal(t, caDirectory+"/"+caFile, at(levels[0], "tls", "caCertificates"))
		return
	}
	text, err := cluster.ConfigMapKey(releaseName+"-collector", "config.yaml")
	require.NoError(t, err)
	exporter := at(decode(t, []byte(text)), "exporters", "otlp_grpc/lightstep")
	e.Address, _ = at(exporter, "endpoint").(string)
	e.TLS = at(exporter, "tls", "insecure") == false
	assert.Equal(t, caDirectory+"/"+caFile, at(exporter, "tls", "ca_file"))
	assert.NotContains(t, text, tokenMarker)
	assert.NotContains(t, text, base64.StdEncoding.EncodeToString([]byte(tokenMarker)))
}

// rendered renders the values that migrate gives.
func (m *migrated) rendered(t *testing.T, result *migrate.Result, output string) *render.Result {
	t.Helper()
	renderer, err := render.New(render.WithRelease(releaseName, "istio-system"))
	require.NoError(t, err)
	read, err := render.ReadValues(render.Bytes("values.yaml", result.Values),
		render.Bytes("token-values.yaml", result.TokenValues), render.Set("output="+output))
	require.NoError(t, err)
	done, err := renderer.Render(t.Context(), read)
	require.NoError(t, err)
	return done
}
