package doctor

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

func expression(key string, operator metav1.LabelSelectorOperator, values ...string) metav1.LabelSelectorRequirement {
	return metav1.LabelSelectorRequirement{Key: key, Operator: operator, Values: values}
}

// TestPoliciesAreFoundAsOneByOne holds the look-up by labels to a look at every
// policy.
func TestPoliciesAreFoundAsOneByOne(t *testing.T) {
	t.Parallel()
	selectors := []metav1.LabelSelector{
		{},
		{MatchLabels: map[string]string{"app": "a"}},
		{MatchLabels: map[string]string{"app": "a", "tier": "web"}},
		{MatchExpressions: []metav1.LabelSelectorRequirement{expression("app", metav1.LabelSelectorOpIn, "a", "b")}},
		{MatchExpressions: []metav1.LabelSelectorRequirement{expression("app", metav1.LabelSelectorOpNotIn, "a")}},
		{MatchExpressions: []metav1.LabelSelectorRequirement{expression("tier", metav1.LabelSelectorOpExists)}},
		{MatchExpressions: []metav1.LabelSelectorRequirement{expression("tier", metav1.LabelSelectorOpDoesNotExist)}},
		{MatchExpressions: []metav1.LabelSelectorRequirement{expression("tier", metav1.LabelSelectorOpNotIn, "web"), expression("app", metav1.LabelSelectorOpIn, "b")}},
		{MatchExpressions: []metav1.LabelSelectorRequirement{expression("app", "Unheard", "a")}},
		{MatchLabels: map[string]string{"app": ""}},
	}
	types := [][]networkingv1.PolicyType{nil, {networkingv1.PolicyTypeEgress}, {networkingv1.PolicyTypeIngress}, {networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}}
	s := &mesh.Snapshot{}
	for i, selector := range selectors {
		for j, of := range types {
			for _, namespace := range []string{"shop", "other"} {
				n := networkingv1.NetworkPolicy{Spec: networkingv1.NetworkPolicySpec{PodSelector: selector, PolicyTypes: of}}
				n.Name, n.Namespace = fmt.Sprintf("p%d-%d", i, j), namespace
				s.NetworkPolicies = append(s.NetworkPolicies, n)
			}
		}
	}
	e := &examination{Snapshot: s}
	selected := 0
	for _, of := range []map[string]string{
		nil, {"app": "a"}, {"app": "b"}, {"app": "c", "tier": "web"}, {"app": "a", "tier": "web"}, {"tier": "web"}, {"app": ""}, {"app=a": "x"}, {"other": "a"},
	} {
		for _, kind := range []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress} {
			for _, namespace := range []string{"shop", "other", "none"} {
				var wanted []*networkingv1.NetworkPolicy
				for i := range s.NetworkPolicies {
					n := &s.NetworkPolicies[i]
					made, err := metav1.LabelSelectorAsSelector(&n.Spec.PodSelector)
					if n.Namespace == namespace && hasType(n, kind) && err == nil && made.Matches(labels.Set(of)) {
						wanted = append(wanted, n)
					}
				}
				found := e.selecting(end{namespace: namespace, labels: of}, kind)
				require.Len(t, found, len(wanted), "%v %s %s", of, kind, namespace)
				for i := range wanted {
					require.Same(t, wanted[i], found[i])
				}
				selected += len(found)
			}
		}
	}
	assert.Positive(t, selected)
}

// TestAPodIsHeldAgainstItsOwnPolicies, not against those of thousands of others.
func TestAPodIsHeldAgainstItsOwnPolicies(t *testing.T) {
	t.Parallel()
	s := &mesh.Snapshot{}
	for i := range 1000 {
		n := networkingv1.NetworkPolicy{}
		n.Namespace = "shop"
		n.Spec.PodSelector.MatchLabels = map[string]string{"app": fmt.Sprint(i)}
		s.NetworkPolicies = append(s.NetworkPolicies, n)
	}
	e := &examination{Snapshot: s}
	set := policySets(s, e.compiled)["shop"][networkingv1.PolicyTypeIngress]
	assert.Len(t, set.candidates(map[string]string{"app": "7", "pod-template-hash": "x"}), 1)
	assert.Empty(t, set.candidates(map[string]string{"app": "none"}))

	first := e.compiled(&s.NetworkPolicies[7].Spec.PodSelector)
	s.NetworkPolicies[7].Spec.PodSelector.MatchLabels = map[string]string{"app": "other"}
	assert.Equal(t, first, e.compiled(&s.NetworkPolicies[7].Spec.PodSelector), "compiled twice")
}
