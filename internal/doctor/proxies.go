package doctor

import (
	"fmt"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// injection checks that pods get the proxies that they are to have.
func (e *examination) injection() {
	if len(e.Webhooks) == 0 || e.Unseen("mutatingwebhookconfigurations") || e.Unseen("namespaces") {
		return
	}
	with := map[string][]*mesh.Pod{}
	var without []*mesh.Pod
	for i := range e.Pods {
		pod := &e.Pods[i]
		switch {
		case !pod.Running:
		case pod.Proxy != nil && !pod.Proxy.Gateway && pod.OwnerKind != "Pod" && pod.InjectLabel != "false":
			with[pod.Namespace] = append(with[pod.Namespace], pod)
		case pod.Proxy == nil && e.wouldInject(pod):
			without = append(without, pod)
		}
	}
	for _, w := range workloadsOf(without, func(*mesh.Pod) bool { return true }) {
		e.add("LS-POD-NOT-INJECTED", w.subject(), w.first.Created, finding.Facts{"workload": w.name, "namespace": w.namespace})
	}
	for namespace, pods := range with {
		e.notInjected(namespace, pods)
	}
}

// wouldInject tells whether a new pod like this one would get a proxy.
func (e *examination) wouldInject(pod *mesh.Pod) bool {
	if pod.HostNetwork || pod.InjectLabel == "false" || pod.OwnerKind == "Job" {
		return false
	}
	revision := e.InjectedBy(pod.Namespace, pod.Labels)
	return revision != "" && e.IstiodOf(revision) != nil
}

// notInjected finds a namespace whose pods have proxies that they would not
// get again.
func (e *examination) notInjected(namespace string, pods []*mesh.Pod) {
	for _, pod := range pods {
		if e.InjectedBy(namespace, pod.Labels) != "" {
			return
		}
	}
	label := "istio-injection=enabled"
	if revision := pods[0].Proxy.Revision; revision != "default" {
		label = "istio.io/rev=" + revision
	}
	e.add("LS-NAMESPACE-NOT-INJECTED", subject("namespace", mesh.Ref{Name: namespace}), time.Time{}, finding.Facts{
		"namespace": namespace, "proxies": fmt.Sprint(len(pods)), "label": label,
	})
	if e.Namespaces[namespace].Labels["istio-injection"] == "disabled" {
		e.found[len(e.found)-1].Choose()
	}
}

// proxies checks what the proxies themselves said.
func (e *examination) proxies(p *plane) {
	if e.seen == nil || !p.has {
		return
	}
	cluster := p.cluster()
	for _, o := range e.seen.Proxies {
		if o.Err != "" || o.Revision != p.Revision || o.Cluster != cluster {
			continue
		}
		facts := finding.Facts{
			"workload": o.Workload, "namespace": o.Pod.Namespace, "pod": o.Pod.Name, "cluster": o.Cluster, "problem": o.problem(),
		}
		switch at := o.Workload + " in " + o.Pod.Namespace; {
		case !o.Configured:
			e.add("LS-PROXY-NOT-CONFIGURED", at, time.Time{}, facts)
		case o.problem() != "":
			e.add("LS-PROXY-FAILING", at, time.Time{}, facts)
		}
	}
}

// cluster is how proxies call what the provider sends to.
func (p *plane) cluster() string {
	return fmt.Sprintf("outbound|%d||%s", p.dest.port, p.dest.fqdn())
}
