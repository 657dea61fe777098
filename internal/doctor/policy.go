package doctor

import (
	"fmt"
	"slices"
	"time"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// policies finds NetworkPolicies that cut the way from the proxies to the
// collector, or from the collector to a backend.
func (e *examination) policies(p *plane) {
	c := p.dest.collector
	if c == nil || p.dest.service == nil || e.Unseen("networkpolicies") {
		return
	}
	port, ok := e.targetPort(p)
	if !ok {
		return
	}
	into := end{namespace: c.Namespace, labels: c.PodLabels, names: c.PortNames, port: port}
	e.ingress(p, into)
	e.workloadEgress(p, into)
	for _, x := range c.exporters {
		e.collectorEgress(c, x)
	}
}

// end is one end of a connection, as NetworkPolicies see it.
type end struct {
	namespace string
	labels    map[string]string
	names     map[string]int // of its ports
	port      int
	outside   bool // of the cluster
}

// targetPort is the port of the pod that the Service's port leads to.
func (e *examination) targetPort(p *plane) (int, bool) {
	for _, port := range p.dest.service.Ports {
		if port.Port != p.dest.port {
			continue
		}
		if number, named := p.dest.collector.PortNames[port.TargetPort]; named {
			return number, true
		}
		var number int
		if _, err := fmt.Sscanf(port.TargetPort, "%d", &number); err == nil && number != 0 {
			return number, true
		}
		return p.dest.port, port.TargetPort == "0" || port.TargetPort == ""
	}
	return 0, false
}

// ingress finds the namespaces from which no policy lets spans in.
func (e *examination) ingress(p *plane, into end) {
	selecting := e.selecting(into, networkingv1.PolicyTypeIngress)
	if len(selecting) == 0 {
		return
	}
	var kept []*mesh.Pod
	for _, pod := range p.pods {
		from := end{namespace: pod.Namespace, labels: pod.Labels}
		if !slices.ContainsFunc(selecting, func(n *networkingv1.NetworkPolicy) bool { return e.letsIn(n, from, into) }) {
			kept = append(kept, pod)
		}
	}
	if len(kept) == 0 {
		return
	}
	n := selecting[0]
	value := fmt.Sprintf(`{"ports":[{"port":%d,"protocol":"TCP"}]}`, into.port)
	where := "/spec/ingress/-"
	if len(n.Spec.Ingress) == 0 {
		where, value = "/spec/ingress", "["+value+"]"
	}
	e.addPolicy("LS-ROUTE-POLICY-INGRESS", n, where, value, into.port, scopeOf(kept))
}

// workloadEgress finds namespaces whose policies keep spans in.
func (e *examination) workloadEgress(p *plane, into end) {
	kept := map[*networkingv1.NetworkPolicy][]*mesh.Pod{}
	var order []*networkingv1.NetworkPolicy
	lets := map[*networkingv1.NetworkPolicy]bool{}
	letsOut := func(n *networkingv1.NetworkPolicy) bool {
		let, known := lets[n]
		if !known {
			let = e.letsOut(n, into)
			lets[n] = let
		}
		return let
	}
	for _, pod := range p.pods {
		selecting := e.selecting(end{namespace: pod.Namespace, labels: pod.Labels}, networkingv1.PolicyTypeEgress)
		if len(selecting) == 0 || slices.ContainsFunc(selecting, letsOut) {
			continue
		}
		if kept[selecting[0]] == nil {
			order = append(order, selecting[0])
		}
		kept[selecting[0]] = append(kept[selecting[0]], pod)
	}
	for _, n := range order {
		where, value := egressPatch(n, into.port)
		e.addPolicy("LS-ROUTE-POLICY-WORKLOAD", n, where, value, into.port, scopeOf(kept[n]))
	}
}

// collectorEgress finds policies that keep the collector from a backend.
func (e *examination) collectorEgress(c *collector, x *exporter) {
	host, port := x.host, x.port
	selecting := e.selecting(end{namespace: c.Namespace, labels: c.PodLabels}, networkingv1.PolicyTypeEgress)
	if port == 0 || len(selecting) == 0 {
		return
	}
	to := end{port: port, outside: true}
	if at, ok := mesh.ServiceRef(host); ok {
		if _, inside := e.Namespaces[at.Namespace]; inside {
			to = end{namespace: at.Namespace, port: port}
		}
	}
	if slices.ContainsFunc(selecting, func(n *networkingv1.NetworkPolicy) bool { return e.letsOut(n, to) }) {
		return
	}
	where, value := egressPatch(selecting[0], port)
	e.addPolicy("LS-ROUTE-POLICY-EGRESS", selecting[0], where, value, port, "the mesh", x.facts)
}

func (e *examination) addPolicy(id string, n *networkingv1.NetworkPolicy, where, value string, port int, scope string, more ...func(finding.Facts) finding.Facts) {
	at := mesh.Ref{Namespace: n.Namespace, Name: n.Name}
	var since time.Time
	if !n.CreationTimestamp.IsZero() {
		since = n.CreationTimestamp.Time
	}
	facts := finding.Facts{
		"name": n.Name, "namespace": n.Namespace, "path": where, "value": finding.JSON(value), "port": fmt.Sprint(port), "scope": scope,
	}
	for _, add := range more {
		facts = add(facts)
	}
	e.add(id, subject("networkpolicy", at), since, facts)
}

// egressPatch lets out to a port, and to DNS, without which no name is found.
func egressPatch(n *networkingv1.NetworkPolicy, port int) (where, value string) {
	value = fmt.Sprintf(`{"ports":[{"port":%d,"protocol":"TCP"},{"port":53,"protocol":"UDP"},{"port":53,"protocol":"TCP"}]}`, port)
	if len(n.Spec.Egress) > 0 {
		return "/spec/egress/-", value
	}
	return "/spec/egress", "[" + value + "]"
}

// hasType applies Kubernetes' defaults: ingress always, egress where there are
// egress rules.
func hasType(n *networkingv1.NetworkPolicy, of networkingv1.PolicyType) bool {
	if len(n.Spec.PolicyTypes) > 0 {
		return slices.Contains(n.Spec.PolicyTypes, of)
	}
	return of == networkingv1.PolicyTypeIngress || len(n.Spec.Egress) > 0
}

func (e *examination) letsIn(n *networkingv1.NetworkPolicy, from, into end) bool {
	for _, rule := range n.Spec.Ingress {
		if allowsPort(rule.Ports, into) && (len(rule.From) == 0 || e.isPeer(rule.From, n.Namespace, from)) {
			return true
		}
	}
	return false
}

func (e *examination) letsOut(n *networkingv1.NetworkPolicy, to end) bool {
	for _, rule := range n.Spec.Egress {
		if allowsPort(rule.Ports, to) && (len(rule.To) == 0 || e.isPeer(rule.To, n.Namespace, to)) {
			return true
		}
	}
	return false
}

func allowsPort(ports []networkingv1.NetworkPolicyPort, to end) bool {
	for _, p := range ports {
		if p.Protocol != nil && *p.Protocol != "TCP" {
			continue
		}
		switch {
		case p.Port == nil:
			return true
		case p.Port.StrVal != "":
			// Names of ports outside of what is known are given the benefit of the doubt.
			number, known := to.names[p.Port.StrVal]
			if known && number == to.port || to.names == nil {
				return true
			}
		case p.EndPort != nil:
			if to.port >= p.Port.IntValue() && to.port <= int(*p.EndPort) {
				return true
			}
		case p.Port.IntValue() == to.port:
			return true
		}
	}
	return len(ports) == 0
}

// isPeer tells whether a peer is meant. Blocks of addresses are given the
// benefit of the doubt.
func (e *examination) isPeer(peers []networkingv1.NetworkPolicyPeer, own string, other end) bool {
	for _, peer := range peers {
		if peer.IPBlock != nil {
			return true
		}
		if other.outside {
			continue
		}
		namespace := other.namespace == own
		if peer.NamespaceSelector != nil {
			namespace = e.fits(peer.NamespaceSelector, e.Namespaces[other.namespace].Labels)
		}
		pod := peer.PodSelector == nil || other.labels == nil || e.fits(peer.PodSelector, other.labels)
		if namespace && pod {
			return true
		}
	}
	return false
}
