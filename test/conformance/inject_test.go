package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// TestKubeInject holds the way from a control plane's manifests to an injected
// pod, which other tests go to look for a mounted CA, together in each release.
func TestKubeInject(t *testing.T) {
	forEachRelease(t, func(t *testing.T, tools istio.Tools) {
		t.Helper()
		manifests, err := tools.ManifestGenerate(t.Context(), nil)
		require.NoError(t, err)
		config, err := manifests.InjectConfig()
		require.NoError(t, err)
		injected, err := tools.KubeInject(t.Context(), config, plainPod)
		require.NoError(t, err)
		assert.NotEmpty(t, proxyOf(t, injected).VolumeMounts)
		assert.Equal(t, "plain", injected.Labels["app"], "the pod's own label")

		// Up to 1.5 there is one template, without a name.
		config.Templates = "template: '{{ .NoSuchField }}'\ntemplates: {sidecar: '{{ .NoSuchField }}'}\n"
		_, err = tools.KubeInject(t.Context(), config, plainPod)
		var refusal *istio.Refusal
		require.ErrorAs(t, err, &refusal)
	})
}
