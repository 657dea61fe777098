//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/faults"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// onlyReviews leaves one version of reviews until the test's end, so that each
// request makes the same spans.
func (m *mesh) onlyReviews(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { m.scaleOtherReviews(t, 1) })
	m.scaleOtherReviews(t, 0)
}

func (m *mesh) scaleOtherReviews(t *testing.T, replicas int) {
	t.Helper()
	// Also for putting back what was, when the test's own context is over.
	ctx := context.WithoutCancel(t.Context())
	for _, version := range []string{"v1", "v2"} {
		_, err := m.cluster.Kubernetes.AppsV1().Deployments(m.Application).Patch(ctx, "reviews-"+version,
			types.MergePatchType, fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, replicas), metav1.PatchOptions{})
		require.NoError(t, err)
	}
	require.NoError(t, m.cluster.Ready(ctx, m.Application))
}

// faulty describes the mesh for a delivery.
func (m *mesh) faulty(t *testing.T, delivery faults.Delivery) *faults.Mesh {
	t.Helper()
	of := &faults.Mesh{
		Cluster: m.cluster, Satellite: m.satellite, Delivery: delivery, Bookinfo: m.bookinfo(), Page: m.page().url,
		ReleaseNamespace: m.Namespace, IstioNamespace: istio.Namespace, Istiod: m.istio.Deployment(),
		Release: m.Release, Proxy: m.proxyImage(), Say: m.step, Setup: m.setup(t),
	}
	of.Upgrade = func(ctx context.Context, values map[string]any) error {
		_, err := m.release().Upgrade(t, ctx, m.faultyValues(delivery), values)
		return err
	}
	return of
}

// faultyValues are those of a user whose token and CA are in Secrets of their
// own.
func (m *mesh) faultyValues(delivery faults.Delivery) release.Values {
	values := release.Values{
		"delivery":        string(delivery),
		"accessTokenFrom": tree{"name": faults.TokenSecret, "key": faults.TokenKey},
		"cacert":          tree{"existingSecret": tree{"name": faults.CASecret}},
	}
	usual := m.values()
	usual["global"].(tree)["tracer"].(tree)["lightstep"].(tree)["accessToken"] = ""
	if delivery == faults.Direct {
		values["cacert"].(tree)["namespaces"] = []string{m.Application, istio.Namespace}
	}
	// So that one goes to the second node of kind-two-nodes.yaml.
	usual["collector"].(tree)["tolerations"] = []tree{{"key": "e2e", "operator": "Equal", "value": "collector", "effect": "NoSchedule"}}
	maps.Copy(usual, values)
	return usual
}

// fault has one fault happen, and judges what was seen of it.
func (m *mesh) fault(t *testing.T, of *faults.Mesh, fault faults.Fault) faults.Row {
	t.Helper()
	row, err := of.Run(t.Context(), fault)
	require.NoError(t, err)
	m.step("%s", row)
	if err := row.Judge(fault); err != nil {
		assert.NoError(t, err, "lacking are %q\n%s", row.Lacking, m.doctor(t.Context()))
	}
	return row
}

// removeFaulty takes away what deliverFaulty made.
func (m *mesh) removeFaulty(t *testing.T, of *faults.Mesh) {
	t.Helper()
	m.remove(t)
	assert.NoError(t, of.RemoveSecrets(context.WithoutCancel(t.Context())))
}

// deliverFaulty installs all that a delivery needs, as its NOTES say.
func (m *mesh) deliverFaulty(t *testing.T, of *faults.Mesh) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, of.WriteToken(ctx, m.satellite.Token()))
	require.NoError(t, of.WriteCA(ctx, string(m.satellite.Authority.PEM())))
	values := m.faultyValues(of.Delivery)
	document, err := m.release().Document(t, ctx, "istioOperator", values, m.version())
	require.NoError(t, err)
	require.NoError(t, m.istio.Install(ctx, document))
	notes, err := m.release().Install(t, ctx, values)
	require.NoError(t, err)
	if of.Delivery == faults.Direct {
		assert.Contains(t, notes, "LS-DIRECT-LOSES", "NOTES say it before it happens")
		require.NoError(t, m.cluster.Restart(ctx, m.Application))
	}
	require.NoError(t, of.Spread(ctx))
	m.step("%s delivery is installed", of.Delivery)
}
