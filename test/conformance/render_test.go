package conformance_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// conformance is one run at work.
type conformance struct {
	run
	tools  istio.Tools
	row    dialect
	checks []string // what was asked, for the results
}

// did notes what was asked, once.
func (c *conformance) did(check string) {
	if !slices.Contains(c.checks, check) {
		c.checks = append(c.checks, check)
	}
}

func (c *conformance) direct() bool    { return c.Delivery == "direct" }
func (c *conformance) collector() bool { return c.Delivery == "collector" }
func (c *conformance) shared() bool    { return c.Mesh == meshShared }

const (
	satelliteHost = "lightstep-satellite.lightstep"
	satellite     = satelliteHost + ":9292"
	caDirectory   = "/etc/lightstep"
	caFile        = "cacert.pem"
	caSecret      = "lightstep.cacert"
	sampling      = 37.5 // no default of anything
	releaseName   = "istio-lightstep"
	tokenVariable = "ISTIO_LIGHTSTEP_ACCESS_TOKEN"
	tokenSecret   = "istio-lightstep-access-token"
)

// gateways are those that trace: Istio's own and a second one of the user's.
var gateways = []string{"istio-ingressgateway", "second-gateway"}

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
		render.SetString("istio.version=" + renderedFor(c.tools.Release)),
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
