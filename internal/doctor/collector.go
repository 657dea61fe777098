package doctor

import (
	"fmt"
	"slices"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// collector checks the collector between proxies and satellite.
func (e *examination) collector(p *plane) {
	c := p.dest.collector
	if c == nil {
		return
	}
	e.replicas(p, c)
	e.registryOnly(p, c)
	if e.seen == nil {
		return
	}
	e.volumes(c)
	for _, o := range e.seen.Collectors {
		if o.Err == "" && slices.ContainsFunc(c.pods, func(pod *mesh.Pod) bool { return pod.Ref == o.Pod }) {
			e.exports(c, o)
		}
	}
}

func (c *collector) facts() finding.Facts {
	return finding.Facts{
		"name": c.Name, "namespace": c.Namespace, "kind": kubectlKind(c.Kind), "replicas": fmt.Sprint(c.Replicas),
		"selector": selectorText(c.Selector), "workload": c.kubectlName(), "configMap": c.configMap,
		"more": fmt.Sprint(c.Replicas + 1),
	}
}

func kubectlKind(kind string) string {
	if kind == "Deployment" {
		return "deployment"
	}
	return "statefulset"
}

// replicas checks that collectors run, and that the Service leads to them.
func (e *examination) replicas(p *plane, c *collector) {
	at := subject(kubectlKind(c.Kind), c.Ref)
	if c.Replicas == 0 {
		e.add("LS-COLLECTOR-SCALED-DOWN", at, time.Time{}, c.facts())
		return
	}
	ready := 0
	for _, pod := range c.pods {
		if pod.Ready {
			ready++
		}
	}
	if ready == 0 && !e.Unseen("pods") {
		f := c.facts()
		f["why"] = why(c.pods)
		e.add("LS-COLLECTOR-DOWN", at, since(c.pods), f)
		return
	}
	for _, pod := range c.pods {
		if !pod.Ready {
			f := c.facts()
			f["name"], f["why"] = pod.Name, why([]*mesh.Pod{pod})
			e.add("LS-COLLECTOR-DEGRADED", subject("pod", pod.Ref), pod.Created, f)
		}
	}
	e.endpoints(p, c)
}

// endpoints checks that the Service selects the collector's pods, and the
// right port of them.
func (e *examination) endpoints(p *plane, c *collector) {
	s := p.dest.service
	if s == nil || s.Unseen || s.Headless || e.Unseen("endpointslices") {
		return
	}
	f := c.facts()
	f["name"], f["namespace"] = s.Name, s.Namespace
	if !mesh.Selects(s.Selector, c.PodLabels) || len(s.Selector) == 0 || s.Known == 0 {
		f["selector"], f["value"] = selectorText(s.Selector), finding.NewJSON(c.Selector)
		e.add("LS-COLLECTOR-NO-ENDPOINTS", subject("service", s.Ref), time.Time{}, f)
		return
	}
	for _, port := range s.Ports {
		if port.Port != p.dest.port || len(c.PortNames) == 0 {
			continue
		}
		target, ok := e.targetPort(p)
		listens := false
		for _, number := range c.PortNames {
			listens = listens || number == target
		}
		if !ok || !listens {
			f["port"], f["target"] = fmt.Sprint(port.Port), port.TargetPort
			e.add("LS-COLLECTOR-TARGET-PORT", subject("service", s.Ref), time.Time{}, f)
		}
	}
}

// why says what keeps pods from being ready, as far as Kubernetes says it.
func why(pods []*mesh.Pod) string {
	for _, pod := range pods {
		if pod.Waiting != "" {
			return ": " + pod.Waiting
		}
	}
	if len(pods) == 0 {
		return ": no pod exists"
	}
	return ""
}

// since is when the newest pod was made.
func since(pods []*mesh.Pod) time.Time {
	var newest time.Time
	for _, pod := range pods {
		if pod.Created.After(newest) {
			newest = pod.Created
		}
	}
	return newest
}

// registryOnly finds a collector whose own sidecar keeps it from a satellite
// that Istio does not know.
func (e *examination) registryOnly(p *plane, c *collector) {
	host, _ := c.satellite()
	with := slices.ContainsFunc(c.pods, func(pod *mesh.Pod) bool { return pod.Proxy != nil && !pod.Proxy.Inbound })
	if p.Config.Outbound != "REGISTRY_ONLY" || !with || host == "" || e.Unseen("serviceentries") {
		return
	}
	if at, ok := mesh.ServiceRef(host); ok && e.Namespaces[at.Namespace].Name != "" {
		return
	}
	for i := range e.ServiceEntries {
		if slices.Contains(e.ServiceEntries[i].Hosts, host) {
			return
		}
	}
	f := c.facts()
	f["host"] = host
	e.add("LS-ROUTE-REGISTRY-ONLY", subject(kubectlKind(c.Kind), c.Ref), time.Time{}, f)
}
