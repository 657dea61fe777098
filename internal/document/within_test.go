package document_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
)

const (
	release  = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: istiod}\nspec:\n  values:\n    meshConfig:\n      enableTracing: true\n      extensionProviders:\n      - name: own\n        zipkin: {service: z.obs}\n"
	umbrella = "# a platform's chart\nistiod:\n  meshConfig:\n    extensionProviders:\n    - name: own\n      zipkin: {service: z.obs}\ncni: {enabled: true}\n"
	helmfile = "releases:\n- name: istiod\n  values:\n  - meshConfig: {extensionProviders: [{name: own, zipkin: {service: z.obs}}]}\n"
)

// TestValuesWithinAnotherDocument: they are read, and ours are merged where they
// stand.
func TestValuesWithinAnotherDocument(t *testing.T) {
	const ours = "meshConfig:\n  extensionProviders:\n  - name: ours\n    zipkin: {service: c.istio}\n"
	for name, wanted := range map[string]string{
		release:  release + "      - name: ours\n        zipkin: {service: c.istio}\n",
		umbrella: "# a platform's chart\nistiod:\n  meshConfig:\n    extensionProviders:\n    - name: own\n      zipkin: {service: z.obs}\n    - name: ours\n      zipkin: {service: c.istio}\ncni: {enabled: true}\n",
		helmfile: "releases:\n- name: istiod\n  values:\n  - meshConfig: {extensionProviders: [{name: own, zipkin: {service: z.obs}}, {name: ours, zipkin: {service: c.istio}}]}\n",
	} {
		d, err := document.Normalise([]byte(name))
		require.NoError(t, err, name)
		providers := d.Value["meshConfig"].(map[string]any)["extensionProviders"].([]any)
		assert.Equal(t, "own", providers[0].(map[string]any)["name"], name)
		line, _ := d.Position("meshConfig.extensionProviders[0].name")
		assert.Positive(t, line)
		merged, err := document.Merge([]byte(name), []byte(ours))
		require.NoError(t, err, name)
		assert.Equal(t, wanted, string(merged), name)
		again, err := document.Merge(merged, []byte(ours))
		require.NoError(t, err)
		assert.Equal(t, string(merged), string(again))
	}
}

func TestValuesWithinAreRefused(t *testing.T) {
	for text, reason := range map[string]string{
		release + "---\n" + release: "values of Istio stand in 2 places, the first at spec.values",
		"apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {source: {helm: {values: \"a: 1\\nmeshConfig:\\n  x: 1\\n\"}}}\n": "values of Istio stand here in a text",
		"static_resources: {clusters: [{name: lightstep}]}\n":                                                                         "this mentions LightStep, and the document has no setting where Istio reads any",
		"mode: deployment\nconfig: {exporters: {otlp: {endpoint: \"ingest.lightstep.com:443\"}}}\n":                                   "this mentions LightStep",
	} {
		_, err := document.Normalise([]byte(text))
		var refused *document.Error
		require.True(t, errors.As(err, &refused), text)
		assert.Contains(t, refused.Problem.Reason, reason)
		assert.Equal(t, "LS-DOCUMENT-KIND", refused.Problem.ID)
		_, err = document.Merge([]byte(text), []byte("meshConfig: {rootNamespace: a}\n"))
		require.ErrorAs(t, err, &refused, text)
	}
}
