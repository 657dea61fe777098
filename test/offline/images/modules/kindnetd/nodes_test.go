package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func node(name, podCIDR, address string) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.NodeSpec{PodCIDR: podCIDR},
		Status: corev1.NodeStatus{Addresses: []corev1.NodeAddress{
			{Type: corev1.NodeHostName, Address: name}, {Type: corev1.NodeInternalIP, Address: address},
		}},
	}
}

func TestEachNodeRoutesToTheOthers(t *testing.T) {
	t.Parallel()
	nodes := []*corev1.Node{
		node("third", "10.244.2.0/24", "172.18.0.4"),
		node("first", "10.244.0.0/24", "172.18.0.2"),
		node("joining", "", "172.18.0.5"),
		node("second", "10.244.1.0/24", "172.18.0.3"),
	}
	own, others, err := ranges(nodes, "172.18.0.3")
	require.NoError(t, err)
	assert.Equal(t, "second", own.node)
	assert.Equal(t, "10.244.1.0/24", own.pods.String())
	var ways []string
	for _, other := range others {
		ways = append(ways, other.pods.String()+" via "+other.via.String())
	}
	assert.Equal(t, []string{"10.244.0.0/24 via 172.18.0.2", "10.244.2.0/24 via 172.18.0.4"}, ways)

	own, others, err = ranges(nodes, "172.18.0.5")
	require.NoError(t, err)
	assert.Nil(t, own, "it has no range yet")
	assert.Len(t, others, 3)

	_, _, err = ranges([]*corev1.Node{node("odd", "10.244.0.0", "")}, "172.18.0.3")
	require.ErrorContains(t, err, "node odd")
}

func TestPodsHaveTheirNodesRange(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(network("10.244.1.0/24"))
	require.NoError(t, err)
	assert.Contains(t, string(text), `"ranges":[[{"subnet":"10.244.1.0/24"}]]`)
	assert.Contains(t, string(text), `"ipMasq":false`)
}

func pod(name, node, address string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default", Labels: map[string]string{"app": name}},
		Spec:       corev1.PodSpec{NodeName: node},
		Status:     corev1.PodStatus{Phase: corev1.PodRunning, PodIP: address},
	}
}

// Both pods are isolated; a node answers for its own and knows the other as a peer.
func TestANodeAnswersForItsOwnPods(t *testing.T) {
	t.Parallel()
	c := cluster{
		pods: []*corev1.Pod{pod("a", "first", "10.244.0.5"), pod("b", "second", "10.244.1.5")},
		policies: []*networkingv1.NetworkPolicy{{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "mutual"},
			Spec: networkingv1.NetworkPolicySpec{
				PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
				Ingress: []networkingv1.NetworkPolicyIngressRule{{
					From: []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "b"}}}},
				}},
			},
		}},
	}
	first, err := c.rules("first", "10.244.0.0/16")
	require.NoError(t, err)
	assert.Contains(t, first, "chain ingress-10-244-0-5 {\n    ip saddr 10.244.1.5 return\n    drop")
	assert.Contains(t, first, "ip daddr 10.244.0.5 jump ingress-10-244-0-5")
	assert.NotContains(t, first, "daddr 10.244.1.5")
	second, err := c.rules("second", "10.244.0.0/16")
	require.NoError(t, err)
	assert.Contains(t, second, "ip daddr 10.244.1.5 jump ingress-10-244-1-5")
	assert.NotContains(t, second, "daddr 10.244.0.5")
	for _, rules := range []string{first, second} {
		assert.Contains(t, rules, "ip saddr 10.244.0.0/16 ip daddr != 10.244.0.0/16 masquerade")
	}
}
