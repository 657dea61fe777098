package faults

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
)

// onNodes is a mesh on two nodes whose collectors are on those named.
func onNodes(names ...string) *Mesh {
	objects := []runtime.Object{
		&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "one"}}, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "two"}},
	}
	for i, name := range names {
		objects = append(objects, &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: "istio-system", Name: string(rune('a' + i)),
				Labels: map[string]string{"app.kubernetes.io/component": "collector", "app.kubernetes.io/instance": "release"},
			},
			Spec: corev1.PodSpec{NodeName: name},
		})
	}
	return &Mesh{
		Cluster:          &cluster.Cluster{Kubernetes: fake.NewClientset(objects...)},
		ReleaseNamespace: "istio-system", Release: "release",
		Say: func(string, ...any) {},
	}
}

func TestCollectorsAreSpread(t *testing.T) {
	t.Parallel()
	require.NoError(t, onNodes("one", "two").Spread(t.Context()))
	require.ErrorContains(t, onNodes("one", "one").Spread(t.Context()), "are both on node one of 2")
}

// The zones are those of the suite's own nodes: a node that has none, or both in one zone,
// would prove nothing of zones.
func TestCollectorsAreInZones(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../offline/images/node/kind-two-nodes.yaml")
	require.NoError(t, err)
	var kind struct {
		Nodes []struct{ Labels map[string]string }
	}
	require.NoError(t, yaml.Unmarshal(text, &kind))
	var zones []string
	for _, node := range kind.Nodes {
		zones = append(zones, node.Labels[corev1.LabelTopologyZone])
	}
	assert.Equal(t, []string{"a", "b"}, zones)

	labeled := func(m *Mesh, name, zone string) {
		node, err := m.Cluster.Kubernetes.CoreV1().Nodes().Get(t.Context(), name, metav1.GetOptions{})
		require.NoError(t, err)
		node.Labels = map[string]string{corev1.LabelTopologyZone: zone}
		_, err = m.Cluster.Kubernetes.CoreV1().Nodes().Update(t.Context(), node, metav1.UpdateOptions{})
		require.NoError(t, err)
	}
	m := onNodes("one", "two")
	labeled(m, "one", "a")
	labeled(m, "two", "b")
	require.NoError(t, m.Spread(t.Context()))
	_, err = m.Cluster.Kubernetes.CoreV1().Nodes().Create(t.Context(), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "three"}}, metav1.CreateOptions{})
	require.NoError(t, err)
	labeled(m, "three", "b")
	labeled(m, "two", "a")
	require.ErrorContains(t, m.Spread(t.Context()), "are both in zone a")
}

func TestTheNodeBesideTheSatelliteIsChosen(t *testing.T) {
	t.Parallel()
	node, err := onNodes("one", "two").collectorNodeBeside(t.Context(), "one")
	require.NoError(t, err)
	assert.Equal(t, "two", node)
	_, err = onNodes("one", "one").collectorNodeBeside(t.Context(), "one")
	assert.ErrorContains(t, err, "all 2 collectors are on node one")
}

// A count that is there at the first look tells of nothing.
func TestARestartIsSeenByItsCount(t *testing.T) {
	t.Parallel()
	w := &watcher{restarts: map[string]int32{}, restarted: map[string]bool{}}
	pod := corev1.Pod{Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{
		{Name: collectorContainer, RestartCount: 3}, {Name: reloadContainer},
	}}}
	w.lookAtRestarts(pod)
	assert.False(t, w.counted(restarted(collectorContainer)))
	pod.Status.ContainerStatuses[0].RestartCount = 4
	w.lookAtRestarts(pod)
	assert.True(t, w.counted(restarted(collectorContainer)))
	assert.False(t, w.counted(restarted(reloadContainer)))
}
