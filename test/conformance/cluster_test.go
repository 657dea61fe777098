package conformance_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// checkCluster looks at what `helm install` applies.
func (c *conformance) checkCluster(t *testing.T) {
	t.Helper()
	result := c.render(t, "cluster")
	c.checkWarnings(t, result)
	objects := c.cluster(t)
	if c.native() || c.direct() {
		c.checkCASecrets(t, objects)
	}
	if c.native() {
		return
	}
	if c.receiver() == "zipkin" {
		service := c.serviceOf(t, objects, "istio-system", "istio-lightstep-collector.istio-system.svc.cluster.local")
		ports, _, err := unstructured.NestedSlice(service.Object, "spec", "ports")
		require.NoError(t, err)
		require.Len(t, ports, 1)
		assert.EqualValues(t, 9411, at(ports[0], "port"))
		c.checkCollectorConfig(t, objects)
		return
	}
	c.checkIstioObjects(t, objects)
	provider := c.checkMeshOfCluster(t, objects)
	c.checkReferences(t, objects, provider)
	if c.direct() {
		c.checkTokenSecret(t, objects)
	} else {
		c.checkCollectorConfig(t, objects)
	}
}

// checkCASecrets looks for the Secret that injector and gateways mount, where
// pods may be.
func (c *conformance) checkCASecrets(t *testing.T, objects istio.Manifests) {
	t.Helper()
	var namespaces []string
	for _, object := range objects {
		if object.GetKind() != "Secret" || object.GetName() != caSecret {
			continue
		}
		namespaces = append(namespaces, object.GetNamespace())
		assert.Contains(t, at(object.Object, "data"), caFile)
	}
	assert.ElementsMatch(t, []string{"default", "istio-system"}, namespaces)
	c.did(secretCA)
}

func (c *conformance) checkTokenSecret(t *testing.T, objects istio.Manifests) {
	t.Helper()
	secret, err := objects.Find("Secret", tokenSecret)
	require.NoError(t, err)
	assert.Equal(t, "istio-system", secret.GetNamespace())
	assert.Contains(t, at(secret.Object, "data"), "token")
	c.did(secretToken)
}

// checkIstioObjects has the objects of Istio's own kinds validated and analyzed
// by the release.
func (c *conformance) checkIstioObjects(t *testing.T, objects istio.Manifests) {
	t.Helper()
	var ours istio.Manifests
	kinds := map[string]int{}
	for _, object := range objects {
		switch object.GetKind() {
		case "Telemetry", "ServiceEntry", "DestinationRule":
			ours = append(ours, object)
			kinds[object.GetKind()]++
		}
	}
	want := map[string]int{"Telemetry": 1, "DestinationRule": 1}
	if c.direct() {
		want["ServiceEntry"] = 1
	}
	assert.Equal(t, want, kinds)
	require.NoError(t, c.tools.Validate(t.Context(), ours))
	c.did(validated)
	require.NoError(t, c.tools.Analyze(t.Context(), objects))
	c.did(analyzed)
}

// checkMeshOfCluster has the shared ConfigMap's mesh config decoded by the
// release, alone, and gives the provider that the run's proxies are to use.
func (c *conformance) checkMeshOfCluster(t *testing.T, objects istio.Manifests) map[string]any {
	t.Helper()
	if !c.shared() {
		_, err := objects.Find("ConfigMap", releaseName)
		require.Error(t, err)
		mesh := at(decode(t, c.render(t, "istioOperator").YAML()), "spec", "meshConfig")
		return named(at(mesh, "extensionProviders"), releaseName)
	}
	config, err := objects.Find("ConfigMap", releaseName)
	require.NoError(t, err)
	assert.Equal(t, "istio-system", config.GetNamespace(), "istiod reads it in its own namespace")
	shared, _ := at(config.Object, "data", "mesh").(string)
	_, err = c.tools.MeshConfig(t.Context(), []byte(shared))
	require.NoError(t, err)
	c.did(meshDecodes)
	return named(decode(t, []byte(shared))["extensionProviders"], releaseName)
}

// checkReferences follows what our objects say of each other: the Telemetry
// names the provider, the provider a service, the rule the same host.
func (c *conformance) checkReferences(t *testing.T, objects istio.Manifests, provider map[string]any) {
	t.Helper()
	require.NotNil(t, provider, "no provider of ours")
	telemetry, err := objects.Find("Telemetry", releaseName)
	require.NoError(t, err)
	assert.Equal(t, "istio-system", telemetry.GetNamespace(), "mesh-wide in the root namespace")
	assert.Equal(t, []any{map[string]any{
		"providers":                []any{map[string]any{"name": provider["name"]}},
		"randomSamplingPercentage": sampling,
	}}, at(telemetry.Object, "spec", "tracing"))

	namespace, host := filepath.Split(at(provider, "opentelemetry", "service").(string))
	service := c.serviceOf(t, objects, filepath.Clean(namespace), host)
	ports, _, err := unstructured.NestedSlice(service.Object, "spec", "ports")
	require.NoError(t, err)
	key := map[bool]string{true: "number", false: "port"}[c.direct()]
	require.Len(t, ports, 1)
	assert.EqualValues(t, at(provider, "opentelemetry", "port"), at(ports[0], key))

	rule, err := objects.Find("DestinationRule", map[bool]string{true: releaseName + "-satellite", false: releaseName + "-collector"}[c.direct()])
	require.NoError(t, err)
	assert.Equal(t, host, at(rule.Object, "spec", "host"))
	if c.direct() {
		settings, _, err := unstructured.NestedSlice(rule.Object, "spec", "trafficPolicy", "portLevelSettings")
		require.NoError(t, err)
		require.Len(t, settings, 1)
		assert.Equal(t, map[string]any{
			"mode": "SIMPLE", "sni": satelliteHost, "subjectAltNames": []any{satelliteHost},
			"caCertificates": cacertPath,
		}, at(settings[0], "tls"))
	}
	c.did(references)
}

// serviceOf gives the Service or ServiceEntry of a host.
func (c *conformance) serviceOf(t *testing.T, objects istio.Manifests, namespace, host string) *unstructured.Unstructured {
	t.Helper()
	for _, object := range objects {
		hosts, _, _ := unstructured.NestedStringSlice(object.Object, "spec", "hosts")
		isHost := object.GetKind() == "ServiceEntry" && len(hosts) == 1 && hosts[0] == host ||
			object.GetKind() == "Service" && object.GetName()+"."+object.GetNamespace()+".svc.cluster.local" == host &&
				at(object.Object, "spec", "clusterIP") != "None"
		if isHost && object.GetNamespace() == namespace {
			return object
		}
	}
	require.Fail(t, "the provider's service is not among our objects", "%s/%s", namespace, host)
	return nil
}
