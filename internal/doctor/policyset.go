package doctor

import (
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// policySet are the NetworkPolicies of one namespace and type. Those that can
// select a pod are looked up by its labels, as there may be thousands of both.
type policySet struct {
	policies []*networkingv1.NetworkPolicy
	byLabel  map[string][]int // those that ask for a label: by KEY=VALUE, or by KEY
	rest     []int
}

// policySets sorts the policies of a mesh by namespace and type.
func policySets(s *mesh.Snapshot, compiled func(*metav1.LabelSelector) labels.Selector) map[string]map[networkingv1.PolicyType]*policySet {
	all := map[string]map[networkingv1.PolicyType]*policySet{}
	for i := range s.NetworkPolicies {
		n := &s.NetworkPolicies[i]
		if all[n.Namespace] == nil {
			all[n.Namespace] = map[networkingv1.PolicyType]*policySet{}
		}
		for _, of := range []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress} {
			if !hasType(n, of) {
				continue
			}
			if all[n.Namespace][of] == nil {
				all[n.Namespace][of] = &policySet{byLabel: map[string][]int{}}
			}
			all[n.Namespace][of].add(n, compiled(&n.Spec.PodSelector))
		}
	}
	return all
}

func (s *policySet) add(n *networkingv1.NetworkPolicy, selector labels.Selector) {
	at := len(s.policies)
	s.policies = append(s.policies, n)
	keys := needed(selector)
	if len(keys) == 0 {
		s.rest = append(s.rest, at)
	}
	for _, key := range keys {
		s.byLabel[key] = append(s.byLabel[key], at)
	}
}

// needed are the labels of which a pod must have one to be selected, by the first
// requirement that says so; none where no requirement does.
func needed(selector labels.Selector) []string {
	requirements, _ := selector.Requirements()
	for _, r := range requirements {
		if r.Operator() == selection.Exists {
			return []string{r.Key()}
		}
		if r.Operator() != selection.Equals && r.Operator() != selection.In {
			continue
		}
		var keys []string
		for value := range r.Values() {
			keys = append(keys, r.Key()+"="+value)
		}
		return keys
	}
	return nil
}

// candidates are the policies that can select a pod of these labels, in order.
func (s *policySet) candidates(of map[string]string) []*networkingv1.NetworkPolicy {
	found := slices.Clone(s.rest)
	for key, value := range of {
		found = append(found, s.byLabel[key]...)
		found = append(found, s.byLabel[key+"="+value]...)
	}
	if len(found) > len(s.rest) {
		slices.Sort(found)
		found = slices.Compact(found)
	}
	policies := make([]*networkingv1.NetworkPolicy, len(found))
	for i, at := range found {
		policies[i] = s.policies[at]
	}
	return policies
}

// selecting gives the policies that select a pod and are of a type.
func (e *examination) selecting(pod end, of networkingv1.PolicyType) []*networkingv1.NetworkPolicy {
	if e.policySets == nil {
		e.policySets = policySets(e.Snapshot, e.compiled)
	}
	set := e.policySets[pod.namespace][of]
	if set == nil {
		return nil
	}
	return slices.DeleteFunc(set.candidates(pod.labels), func(n *networkingv1.NetworkPolicy) bool { return !e.fits(&n.Spec.PodSelector, pod.labels) })
}

// compiled makes a selector once, however many pods it is held against. One that
// Kubernetes would refuse selects nothing.
func (e *examination) compiled(selector *metav1.LabelSelector) labels.Selector {
	if made, known := e.selectors[selector]; known {
		return made
	}
	made, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		made = labels.Nothing()
	}
	if e.selectors == nil {
		e.selectors = map[*metav1.LabelSelector]labels.Selector{}
	}
	e.selectors[selector] = made
	return made
}

func (e *examination) fits(selector *metav1.LabelSelector, of map[string]string) bool {
	return e.compiled(selector).Matches(labels.Set(of))
}
