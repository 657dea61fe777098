//go:build e2e

package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// refusedWithoutDocument installs on an istiod that does not read our ConfigMap:
// Helm refuses with the command that fixes it, and the cluster is as it was. The
// command is run as it is printed.
func refusedWithoutDocument(t *testing.T, m *mesh) {
	m.leavesIstio(t)
	before, err := m.cluster.Snapshot(t.Context())
	require.NoError(t, err)
	_, refused := m.release().Install(t, t.Context(), m.values())
	require.Error(t, refused)
	for _, says := range []string{"LS-SHARED-NOT-READ", "output=istioOperator", "istioctl install"} {
		assert.ErrorContains(t, refused, says)
	}
	assert.NotContains(t, refused.Error(), token)
	assert.Empty(t, m.changes(t, before), "a refused install leaves nothing")
	given := m.values()
	given["istio"] = tree{"version": m.Istio.Version}
	values, err := yaml.Marshal(given)
	require.NoError(t, err)
	m.pipedIsCancelled(t, values)
	m.runAdvised(t, refused.Error(), values)
	m.step("istiod reads the shared ConfigMap")
}

// settingsInDocument has the control-plane document carry all settings, with no
// shared ConfigMap.
func settingsInDocument(t *testing.T, m *mesh) {
	m.leavesIstio(t)
	m.undecided(t, "meshConfig.shared")
	inDocument := release.Values{"meshConfig": tree{"shared": false}}
	m.document(t, inDocument)
	t.Cleanup(func() { m.document(t) })
	m.install(t, inDocument)
	_, err := m.cluster.Kubernetes.CoreV1().ConfigMaps(m.Namespace).Get(t.Context(), m.Release, getOptions)
	require.Error(t, err, "the release has a ConfigMap of mesh settings")
	m.tracing(t, m.bookinfo())
	m.deliver(t, 20)
}
