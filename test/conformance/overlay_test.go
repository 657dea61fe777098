package conformance_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// Two control-plane documents for `istioctl -f first -f second`, with maps and
// lists that both of them set.
const (
	firstDocument = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  components:
    ingressGateways:
    - name: istio-ingressgateway
      enabled: true
    - name: gateway-of-first
      enabled: true
  values:
    pilot:
      env: {OF_FIRST: "1"}
    gateways:
      istio-ingressgateway:
        secretVolumes: [{name: of-first, secretName: s, mountPath: /first}]
`
	secondDocument = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  components:
    ingressGateways:
    - name: istio-ingressgateway
      enabled: true
  values:
    pilot:
      env: {OF_SECOND: "1"}
    gateways:
      istio-ingressgateway:
        secretVolumes: [{name: of-second, secretName: s, mountPath: /second}]
`
	providersOfFirst = `
  meshConfig:
    extensionProviders: [{name: of-first, envoyFileAccessLog: {path: /dev/stdout}}]
`
	providersOfSecond = `
  meshConfig:
    extensionProviders: [{name: of-second, envoyFileAccessLog: {path: /dev/stdout}}]
`
	templatesOfFirst = `
    sidecarInjectorWebhook:
      defaultTemplates: [sidecar, of-first]
      templates: {of-first: "{}"}
`
	templatesOfSecond = `
    sidecarInjectorWebhook:
      defaultTemplates: [sidecar, of-second]
      templates: {of-second: "{}"}
`
)

// TestSecondDocumentKeepsMaps holds istioctl to what our documents rely on: of
// a second -f, a map's keys are added to those of the first, in every release.
func TestSecondDocumentKeepsMaps(t *testing.T) {
	forEachOverlay(t, func(t *testing.T, tools istio.Tools, manifests istio.Manifests) {
		t.Helper()
		istiod, err := manifests.Deployment("istiod")
		require.NoError(t, err)
		env := names(istiod.Spec.Template.Spec.Containers[0].Env, func(v corev1.EnvVar) string { return v.Name })
		assert.Subset(t, env, []string{"OF_FIRST", "OF_SECOND"})

		if since(tools, "1.10") {
			assert.Subset(t, keys(injectorOf(t, manifests)["templates"]), []string{"of-first", "of-second"})
		}
	})
}

// TestSecondDocumentMergesOrReplacesLists records what becomes of the first
// document's list entries. It is why our document may hold map keys only where
// a user's own document is to be laid under it.
func TestSecondDocumentMergesOrReplacesLists(t *testing.T) {
	forEachOverlay(t, func(t *testing.T, tools istio.Tools, manifests istio.Manifests) {
		t.Helper()
		mergesByName := since(tools, "1.8") && !since(tools, "1.24")

		_, err := manifests.Deployment("gateway-of-first")
		assert.Equal(t, mergesByName, err == nil, "ingressGateways")

		gateway, err := manifests.Deployment("istio-ingressgateway")
		require.NoError(t, err)
		volumes := names(gateway.Spec.Template.Spec.Volumes, func(v corev1.Volume) string { return v.Name })
		assert.Contains(t, volumes, "of-second")
		assert.Equal(t, mergesByName, slices.Contains(volumes, "of-first"), "secretVolumes")

		if since(tools, "1.14") {
			var providers []string
			for _, provider := range meshOf(t, manifests)["extensionProviders"].([]any) {
				providers = append(providers, provider.(map[string]any)["name"].(string))
			}
			assert.Contains(t, providers, "of-second")
			assert.Equal(t, mergesByName, slices.Contains(providers, "of-first"), "extensionProviders")
		}
		if since(tools, "1.10") {
			assert.Equal(t, []any{"sidecar", "of-second"}, injectorOf(t, manifests)["defaultTemplates"])
		}
	})
}

// forEachOverlay gives each release's manifests of both documents. Istio 1.4
// reads one document only.
func forEachOverlay(t *testing.T, test func(t *testing.T, tools istio.Tools, manifests istio.Manifests)) {
	t.Helper()
	forEachRelease(t, func(t *testing.T, tools istio.Tools) {
		t.Helper()
		first, second := firstDocument, secondDocument
		if since(tools, "1.10") {
			first, second = first+templatesOfFirst, second+templatesOfSecond
		}
		if since(tools, "1.14") {
			first, second = first+providersOfFirst, second+providersOfSecond
		}
		manifests, err := tools.ManifestGenerate(t.Context(), [][]byte{[]byte(first), []byte(second)})
		if tools.Minor == "1.4" {
			require.ErrorContains(t, err, "reads one document")
			return
		}
		require.NoError(t, err)
		test(t, tools, manifests)
	})
}

// injectorOf gives the sidecar injector's configuration.
func injectorOf(t *testing.T, manifests istio.Manifests) map[string]any {
	t.Helper()
	config, err := manifests.InjectConfig()
	require.NoError(t, err)
	var injector map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(config.Templates), &injector))
	return injector
}

func names[T any](items []T, name func(T) string) []string {
	var all []string
	for _, item := range items {
		all = append(all, name(item))
	}
	return all
}

func keys(object any) []string {
	var all []string
	for key := range object.(map[string]any) {
		all = append(all, key)
	}
	return all
}
