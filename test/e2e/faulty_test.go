//go:build faults || load

package e2e_test

import (
	"context"
	"maps"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/faults"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// onlyReviews leaves one version of reviews, so that each request makes the same
// spans.
func (m *mesh) onlyReviews(t *testing.T) {
	t.Helper()
	for _, version := range []string{"v1", "v2"} {
		_, err := m.cluster.Kubernetes.AppsV1().Deployments(m.Application).Patch(t.Context(), "reviews-"+version,
			types.MergePatchType, []byte(`{"spec":{"replicas":0}}`), metav1.PatchOptions{})
		require.NoError(t, err)
	}
	require.NoError(t, m.cluster.Ready(t.Context(), m.Application))
}

// faulty describes the mesh for a delivery.
func (m *mesh) faulty(t *testing.T, delivery faults.Delivery) *faults.Mesh {
	t.Helper()
	of := &faults.Mesh{
		Cluster: m.cluster, Satellite: m.satellite, Delivery: delivery, Bookinfo: m.bookinfo(), Page: m.page().URL,
		ReleaseNamespace: m.Namespace, IstioNamespace: istio.Namespace, Istiod: m.istio.Deployment(),
		Release: m.Release, Proxy: m.proxyImage(), Say: m.step,
	}
	if nodes := m.nodes(t); os.Getenv("E2E_NODE") != "" {
		of.Node = os.Getenv("E2E_NODE")
	} else if !m.Own() && len(nodes) == 1 {
		of.Node = nodes[0]
	}
	of.Upgrade = func(ctx context.Context, values map[string]any) error {
		_, err := m.release().Upgrade(t, ctx, m.faultyValues(delivery), values)
		return err
	}
	return of
}

func (m *mesh) nodes(t *testing.T) []string {
	t.Helper()
	nodes, err := m.cluster.Kubernetes.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	var names []string
	for _, node := range nodes.Items {
		names = append(names, node.Name)
	}
	return names
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
	maps.Copy(usual, values)
	return usual
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
		assert.Contains(t, notes, "spans made while the satellite is away are lost", "NOTES say it before it happens")
		require.NoError(t, m.cluster.Restart(ctx, m.Application))
	}
	m.step("%s delivery is installed", of.Delivery)
}
