package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// seedFlags are those of the documented task, which this project keeps alive.
var seedFlags = []string{
	"--set", "values.pilot.traceSampling=100",
	"--set", "values.global.proxy.tracer=lightstep",
	"--set", "values.global.tracer.lightstep.address=lightstep-satellite.lightstep:9292",
	"--set", "values.global.tracer.lightstep.accessToken=" + tokenMarker,
	"--set", "values.global.tracer.lightstep.secure=true",
	"--set", "values.global.tracer.lightstep.cacertPath=/etc/lightstep/cacert.pem",
}

// TestSeedFlags shows why the project exists: Istio itself takes the documented
// flags up to 1.5 and refuses them ever since.
func TestSeedFlags(t *testing.T) {
	forEachRelease(t, func(t *testing.T, tools istio.Tools) {
		t.Helper()
		manifests, err := tools.ManifestGenerate(t.Context(), nil, seedFlags...)
		if tools.Minor == "1.4" || tools.Minor == "1.5" {
			require.NoError(t, err)
			assertTracesToSatellite(t, tools, manifests)
			return
		}
		var refusal *istio.Refusal
		require.ErrorAs(t, err, &refusal)
		assert.Regexp(t, `unknown field "(secure|cacertPath)"`, refusal.Message)
	})
}

// assertTracesToSatellite looks for the effect of the seed's flags: the mesh
// config has the tracer, and an injected pod mounts the CA.
func assertTracesToSatellite(t *testing.T, tools istio.Tools, manifests istio.Manifests) {
	t.Helper()
	assert.Equal(t, map[string]any{"lightstep": map[string]any{
		"address":     "lightstep-satellite.lightstep:9292",
		"accessToken": tokenMarker,
		"secure":      true,
		"cacertPath":  "/etc/lightstep/cacert.pem",
	}}, meshOf(t, manifests)["defaultConfig"].(map[string]any)["tracing"])

	config, err := manifests.InjectConfig()
	require.NoError(t, err)
	injected, err := tools.KubeInject(t.Context(), config, plainPod)
	require.NoError(t, err)
	assert.Contains(t, proxyOf(t, injected).VolumeMounts,
		corev1.VolumeMount{Name: "lightstep-certs", MountPath: "/etc/lightstep/", ReadOnly: true})
	optional := true
	assert.Contains(t, injected.Spec.Volumes, corev1.Volume{
		Name: "lightstep-certs",
		VolumeSource: corev1.VolumeSource{
			Secret: &corev1.SecretVolumeSource{SecretName: "lightstep.cacert", Optional: &optional},
		},
	})
}
