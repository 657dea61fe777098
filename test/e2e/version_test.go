//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

var getOptions = metav1.GetOptions{}

// wrongVersionRefused gives a version that does not run: Helm refuses, naming
// both, and the cluster is as it was.
func wrongVersionRefused(t *testing.T, m *mesh) {
	m.undecided(t, "istio.version", "istio.skipVersionCheck")
	other := "1.24.0"
	if m.Istio.Minor == "1.24" {
		other = "1.25.0"
	}
	before, err := m.cluster.Snapshot(t.Context())
	require.NoError(t, err)
	_, err = m.release().Install(t, t.Context(), m.values(), release.Values{"istio": tree{"version": other}})
	require.Error(t, err)
	for _, says := range []string{"LS-ISTIO-VERSION-DIFFERS", other, m.Istio.Version} {
		assert.ErrorContains(t, err, says)
	}
	assert.Empty(t, m.changes(t, before), "a refused install leaves nothing")
}

// unreadableVersionRefused has an istiod whose image's tag tells no version.
func unreadableVersionRefused(t *testing.T, m *mesh) {
	m.leavesIstio(t)
	m.undecided(t, "istio.version")
	// Paused, so that istiod goes on as it is.
	m.patchIstiod(t, `{"spec":{"paused":true,"template":{"spec":{"containers":[{"name":"discovery","image":"docker.io/istio/pilot:built"}]}}}}`)
	t.Cleanup(func() {
		m.patchIstiod(t, fmt.Sprintf(`{"spec":{"paused":false,"template":{"spec":{"containers":[{"name":"discovery","image":"docker.io/istio/pilot:%s"}]}}}}`, m.Istio.Version))
		require.NoError(t, m.cluster.Ready(context.WithoutCancel(t.Context()), istio.Namespace))
	})
	_, err := m.release().Install(t, t.Context(), m.values())
	require.Error(t, err)
	for _, says := range []string{"LS-ISTIO-VERSION-UNREADABLE", "docker.io/istio/pilot:built", "istio.version"} {
		assert.ErrorContains(t, err, says)
	}
}

func (m *mesh) patchIstiod(t *testing.T, patch string) {
	t.Helper()
	_, err := m.cluster.Kubernetes.AppsV1().Deployments(istio.Namespace).Patch(context.WithoutCancel(t.Context()), m.istio.Deployment(),
		types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
	require.NoError(t, err)
}
