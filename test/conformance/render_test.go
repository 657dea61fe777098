package conformance_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// conformance is one run at work.
type conformance struct {
	run
	tools  istio.Tools
	row    *dialect.Row
	checks []int // the questions that were asked, for the results
}

// questions are all that a run may ask, as the results in the docs number them.
var questions = []string{
	tookManifest:      "`istioctl manifest generate` accepts the document.",
	tookChart:         "Istio's own Helm chart of that release accepts the values.",
	mergedInto:        "`--into` keeps the user's comments.",
	secondFile:        "As a second `-f` it keeps the user's settings.",
	secondFileLists:   "As a second `-f`, with the user's list entries in `controlPlane`, it keeps the user's settings.",
	mineSurvives:      "The user's mesh config, provider, variables, injection template and gateways' settings are still in effect.",
	meshDecodes:       "The mesh config decodes strictly, and is valid, with that release's own code.",
	oneTracer:         "The effective mesh config holds our tracer and no other.",
	oneProvider:       "The effective mesh config holds our provider and no other tracer.",
	stockZipkin:       "Istio's default `zipkin` stays in the proxies' bootstrap; our Telemetry names the provider they use instead.",
	pilotSampling:     "Pilot's environment holds the sampling.",
	sharedNamed:       "istiod's environment names the shared mesh ConfigMap.",
	tokenFromSecret:   "istiod's environment reads the token from its Secret.",
	sidecarCA:         "An injected pod mounts the CA.",
	nativeSidecarCA:   "The same with the proxy as an init container, and as an ordinary one.",
	sidecarNoCA:       "An injected pod has no CA: only the collector has it.",
	gatewayCA:         "Every gateway mounts the CA.",
	gatewayArgs:       "Every gateway is started with the satellite's address, the token and the CA.",
	gatewaysZipkin:    "Gateways support Zipkin only; a warning says so.",
	secretCA:          "The Secret that pods mount holds the CA under its file's name.",
	secretToken:       "The Secret that istiod reads holds the token.",
	validated:         "`istioctl validate` accepts Telemetry, DestinationRule and (direct) ServiceEntry.",
	analyzed:          "`istioctl analyze` reports nothing.",
	references:        "Telemetry, provider, service and DestinationRule refer to each other.",
	collectorReads:    "The OpenTelemetry Collector's own `validate` accepts its configuration.",
	valuesOnly:        "Of Sail's document only `spec.values` is proven, with the Helm chart; its operator was run manually once.",
	gatewaysCollector: "Every gateway is started with the collector's address.",
	bootstrapped:      "The bootstrap that a proxy writes decodes strictly: one tracer, the token's file, the satellite, the CA, the SNI.",
}

const (
	tookManifest = iota
	tookChart
	mergedInto
	secondFile
	secondFileLists
	mineSurvives
	meshDecodes
	oneTracer
	oneProvider
	stockZipkin
	pilotSampling
	sharedNamed
	tokenFromSecret
	sidecarCA
	nativeSidecarCA
	sidecarNoCA
	gatewayCA
	gatewayArgs
	gatewaysZipkin
	secretCA
	secretToken
	validated
	analyzed
	references
	collectorReads
	valuesOnly
	gatewaysCollector
	bootstrapped
)

// did notes that a question was asked, and well answered so far.
func (c *conformance) did(question int) {
	if !slices.Contains(c.checks, question) {
		c.checks = append(c.checks, question)
	}
}

func (c *conformance) native() bool    { return c.Delivery == "native" }
func (c *conformance) direct() bool    { return c.Delivery == "direct" }
func (c *conformance) collector() bool { return c.Delivery == "collector" }
func (c *conformance) shared() bool    { return c.Mesh == meshShared }

const (
	satelliteHost = "lightstep-satellite.lightstep"
	satellite     = satelliteHost + ":9292"
	// collectorZipkin is where proxies reach the collector with Zipkin's spans.
	collectorZipkin = "istio-lightstep-collector.istio-system.svc.cluster.local:9411"
	caDirectory     = "/etc/lightstep"
	caFile          = "cacert.pem"
	caSecret        = "lightstep.cacert"
	sampling        = 37.5 // no default of anything
	releaseName     = "istio-lightstep"
	tokenVariable   = "ISTIO_LIGHTSTEP_ACCESS_TOKEN"
	tokenSecret     = "istio-lightstep-access-token"
)

// values are of a satellite pool with a private CA.
const values = `
global:
  tracer:
    lightstep:
      address: ` + satellite + `
      accessToken: ` + tokenMarker + `
      cacertPath: ` + caDirectory + "/" + caFile + `
pilot:
  traceSampling: 37.5
cacert:
  pem: |
    -----BEGIN CERTIFICATE-----
    MIIBrzCCAVWgAwIBAgIUbFTJlbs9mxMMaOPXD3JGLI4cy4gwCgYIKoZIzj0EAwIw
    JDEiMCAGA1UEAwwZRXhhbXBsZSBzYXRlbGxpdGUgcG9vbCBDQTAgFw0yNjExMjIx
    NzIwNDRaGA8yMTI2MTAyOTE3MjA0NFowJDEiMCAGA1UEAwwZRXhhbXBsZSBzYXRl
    bGxpdGUgcG9vbCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCbt5FSM/5w+
    76g0Rg+i2hIUEsvPXISwYKKVB4sVwjdBERzgXRMvcKDUxHbzBnvJJUIiLSROWvup
    9oiw64BIpb6jYzBhMB0GA1UdDgQWBBS6xtE6eIkUA9IGSy3KL+L0lTqzLDAfBgNV
    HSMEGDAWgBS6xtE6eIkUA9IGSy3KL+L0lTqzLDAPBgNVHRMBAf8EBTADAQH/MA4G
    A1UdDwEB/wQEAwIBBjAKBggqhkjOPQQDAgNIADBFAiEAn5bZgwz4CVUM+BdZ/bDQ
    B91LHQ4x9Euy4kQ+J0gKPE0CICnF76XUsq6iTn9gB1GA1mVA1ylfRfSMRc9ei17K
    inG3
    -----END CERTIFICATE-----
gateways:
  - {name: istio-ingressgateway, namespace: istio-system, selector: {istio: ingressgateway}}
  - {name: second-gateway, namespace: istio-system, selector: {istio: ingressgateway}}
`

// render renders an output for the run's release, with further values.
func (c *conformance) render(t *testing.T, output string, further ...render.Source) *render.Result {
	t.Helper()
	renderer, err := render.New(render.WithRelease(releaseName, "istio-system"))
	require.NoError(t, err)
	sources := append([]render.Source{
		render.Bytes("values.yaml", []byte(values)),
		render.SetString("istio.version=" + c.Version),
		render.Set("delivery=" + c.Delivery),
		render.Set("output=" + output),
		render.Set(fmt.Sprintf("meshConfig.shared=%t", c.Mesh == meshShared)),
	}, further...)
	read, err := render.ReadValues(sources...)
	require.NoError(t, err)
	result, err := renderer.Render(t.Context(), read)
	require.NoError(t, err)
	return result
}

// cluster gives the objects that `helm install` would apply for the run.
func (c *conformance) cluster(t *testing.T) istio.Manifests {
	t.Helper()
	objects, err := c.render(t, "cluster").Objects()
	require.NoError(t, err)
	return objects
}

// decode reads YAML as a map.
func decode(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var object map[string]any
	require.NoError(t, yaml.Unmarshal(text, &object))
	return object
}

// at gives what stands at a path of maps, or nil.
func at(object any, path ...string) any {
	for _, key := range path {
		m, ok := object.(map[string]any)
		if !ok {
			return nil
		}
		object = m[key]
	}
	return object
}

// named gives the entry of a list that has a name, or nil.
func named(list any, name string) map[string]any {
	entries, _ := list.([]any)
	for _, entry := range entries {
		if m, ok := entry.(map[string]any); ok && m["name"] == name {
			return m
		}
	}
	return nil
}

// holdsList tells whether there is a list anywhere in an object.
func holdsList(object any) bool {
	switch object := object.(type) {
	case []any:
		return true
	case map[string]any:
		for _, value := range object {
			if holdsList(value) {
				return true
			}
		}
	}
	return false
}

// receiver is what the collector receives from proxies: beside the LightStep
// tracer they have Zipkin's.
func (c *conformance) receiver() string {
	if c.collector() && c.row.Receiver == "" {
		return "zipkin"
	}
	return c.row.Receiver
}
