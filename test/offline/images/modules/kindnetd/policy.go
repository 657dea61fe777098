package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// cluster is what a node's network depends on.
type cluster struct {
	nodes      []*corev1.Node
	pods       []*corev1.Pod
	namespaces []*corev1.Namespace
	policies   []*networkingv1.NetworkPolicy
}

// direction is one of the two a policy isolates a pod in, with nftables' word for the address of its other end.
type direction struct {
	policyType networkingv1.PolicyType
	own, other string
}

var (
	ingress = direction{networkingv1.PolicyTypeIngress, "daddr", "saddr"}
	egress  = direction{networkingv1.PolicyTypeEgress, "saddr", "daddr"}
)

// allowed is one rule of a policy, of either direction. No peers: everyone. No ports: all of them.
type allowed struct {
	peers []networkingv1.NetworkPolicyPeer
	ports []networkingv1.NetworkPolicyPort
}

// masquerade gives what leaves the cluster the address of the node: nobody outside knows the way to a pod's. Between
// pods, also of two nodes, addresses stay, as policies go by them.
const masquerade = `  chain postrouting {
    type nat hook postrouting priority srcnat
    ip saddr %[1]s ip daddr != %[1]s masquerade
  }
`

// rules is the whole table of a node, as a script for nft: a chain for every pod of it and direction that a policy
// isolates, which returns on what one of its policies allows and drops the rest. Replies pass, as the API has it. What
// the node itself sends (probes of the kubelet) is not forwarded and is never dropped. Each node answers for its own
// pods: at another one, a packet may not have the addresses yet that a policy goes by.
func (c cluster) rules(node, podSubnet string) (string, error) {
	pods := slices.DeleteFunc(slices.Clone(c.pods), func(p *corev1.Pod) bool { return !hasOwnAddress(p) })
	slices.SortFunc(pods, func(a, b *corev1.Pod) int { return cmp.Compare(a.Status.PodIP, b.Status.PodIP) })
	c.pods = pods

	var chains, forwarded, toNode strings.Builder
	for _, direction := range []direction{egress, ingress} {
		for _, pod := range pods {
			if pod.Spec.NodeName != node {
				continue
			}
			rules, isolated, err := c.isolation(pod, direction)
			if err != nil {
				return "", err
			}
			if !isolated {
				continue
			}
			ip := pod.Status.PodIP
			chain := strings.ToLower(string(direction.policyType)) + "-" + strings.ReplaceAll(ip, ".", "-")
			fmt.Fprintf(&chains, "  chain %s {\n%s    drop\n  }\n", chain, rules)
			fmt.Fprintf(&forwarded, "    ip %s %s jump %s\n", direction.own, ip, chain)
			if direction == egress {
				fmt.Fprintf(&toNode, "    ip %s %s jump %s\n", direction.own, ip, chain)
			}
		}
	}
	const replies = "    ct state established,related accept\n"
	return "table inet kindnet\ndelete table inet kindnet\ntable inet kindnet {\n" + chains.String() +
		"  chain forward {\n    type filter hook forward priority filter\n" + replies + forwarded.String() + "  }\n" +
		fmt.Sprintf(masquerade, podSubnet) +
		"  chain input {\n    type filter hook input priority filter\n" + replies + toNode.String() + "  }\n}\n", nil
}

func hasOwnAddress(pod *corev1.Pod) bool {
	ended := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
	return !pod.Spec.HostNetwork && !ended && pod.Status.PodIP != ""
}

// isolation is what the policies of a pod allow in a direction, and whether any policy isolates it there.
func (c cluster) isolation(pod *corev1.Pod, direction direction) (rules string, isolated bool, err error) {
	var lines []string
	for _, policy := range c.policies {
		if policy.Namespace != pod.Namespace || !slices.Contains(policy.Spec.PolicyTypes, direction.policyType) {
			continue
		}
		selected, err := matches(&policy.Spec.PodSelector, pod.Labels)
		if err != nil {
			return "", false, fmt.Errorf("network policy %s/%s: %w", policy.Namespace, policy.Name, err)
		}
		if !selected {
			continue
		}
		isolated = true
		for _, rule := range rulesOf(policy, direction) {
			allowing, err := c.allow(pod, policy.Namespace, rule, direction)
			if err != nil {
				return "", false, fmt.Errorf("network policy %s/%s: %w", policy.Namespace, policy.Name, err)
			}
			lines = append(lines, allowing...)
		}
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), ""), isolated, nil
}

func rulesOf(policy *networkingv1.NetworkPolicy, direction direction) (rules []allowed) {
	if direction == ingress {
		for _, rule := range policy.Spec.Ingress {
			rules = append(rules, allowed{rule.From, rule.Ports})
		}
		return rules
	}
	for _, rule := range policy.Spec.Egress {
		rules = append(rules, allowed{rule.To, rule.Ports})
	}
	return rules
}

// allow is a line for each pair of a peer and a port. A port's name is one of the pod that listens on it.
func (c cluster) allow(pod *corev1.Pod, namespace string, rule allowed, direction direction) ([]string, error) {
	peers, err := c.peers(namespace, rule.peers, direction)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, peer := range peers {
		listener := pod
		if direction == egress {
			listener = peer.pod
		}
		if len(rule.ports) == 0 {
			lines = append(lines, "    "+peer.match+"return\n")
		}
		for _, port := range rule.ports {
			if match := portMatch(port, listener); match != "" {
				lines = append(lines, "    "+peer.match+match+"return\n")
			}
		}
	}
	return lines, nil
}

// peer is one other end: what nftables matches it by, and its pod when it is one.
type peer struct {
	match string
	pod   *corev1.Pod
}

func (c cluster) peers(namespace string, named []networkingv1.NetworkPolicyPeer, direction direction) ([]peer, error) {
	if len(named) == 0 {
		return []peer{{}}, nil
	}
	var peers []peer
	for _, each := range named {
		if block := each.IPBlock; block != nil {
			match := fmt.Sprintf("ip %s %s ", direction.other, block.CIDR)
			for _, except := range block.Except {
				match += fmt.Sprintf("ip %s != %s ", direction.other, except)
			}
			peers = append(peers, peer{match: match})
			continue
		}
		for _, pod := range c.pods {
			selected, err := c.selects(namespace, each, pod)
			if err != nil {
				return nil, err
			}
			if selected {
				peers = append(peers, peer{fmt.Sprintf("ip %s %s ", direction.other, pod.Status.PodIP), pod})
			}
		}
	}
	return peers, nil
}

// selects says whether a peer of a policy in a namespace is that pod: without a selector of namespaces it means its own.
func (c cluster) selects(namespace string, peer networkingv1.NetworkPolicyPeer, pod *corev1.Pod) (bool, error) {
	if peer.NamespaceSelector == nil && pod.Namespace != namespace {
		return false, nil
	}
	if peer.NamespaceSelector != nil {
		selected, err := matches(peer.NamespaceSelector, c.namespaceLabels(pod.Namespace))
		if err != nil || !selected {
			return false, err
		}
	}
	if peer.PodSelector == nil {
		return true, nil
	}
	return matches(peer.PodSelector, pod.Labels)
}

func (c cluster) namespaceLabels(name string) map[string]string {
	for _, namespace := range c.namespaces {
		if namespace.Name == name {
			return namespace.Labels
		}
	}
	return nil
}

func matches(selector *metav1.LabelSelector, of map[string]string) (bool, error) {
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return false, fmt.Errorf("read a selector: %w", err)
	}
	return parsed.Matches(labels.Set(of)), nil
}

// portMatch is what nftables matches a port by; empty when the listener has no port of that name.
func portMatch(port networkingv1.NetworkPolicyPort, listener *corev1.Pod) string {
	protocol := corev1.ProtocolTCP
	if port.Protocol != nil {
		protocol = *port.Protocol
	}
	word := strings.ToLower(string(protocol))
	switch {
	case port.Port == nil:
		return "meta l4proto " + word + " "
	case port.Port.Type == intstr.String:
		number := portNamed(port.Port.StrVal, protocol, listener)
		if number == 0 {
			return ""
		}
		return fmt.Sprintf("%s dport %d ", word, number)
	case port.EndPort != nil:
		return fmt.Sprintf("%s dport %d-%d ", word, port.Port.IntVal, *port.EndPort)
	default:
		return fmt.Sprintf("%s dport %d ", word, port.Port.IntVal)
	}
}

// portNamed is the number of a pod's port, 0 when it has none of that name.
func portNamed(name string, protocol corev1.Protocol, pod *corev1.Pod) int32 {
	if pod == nil {
		return 0
	}
	// A native sidecar is an init container and has ports as well.
	for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		for _, port := range container.Ports {
			if port.Name == name && cmp.Or(port.Protocol, corev1.ProtocolTCP) == protocol {
				return port.ContainerPort
			}
		}
	}
	return 0
}
