package doctor

import (
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// destination is what a provider sends to.
type destination struct {
	named     string // namespace that the provider names; may be empty
	host      string
	port      int
	at        mesh.Ref // of the Service that the host can mean
	isService bool     // the host can be that of a Service
	service   *mesh.Service
	entries   []*mesh.ServiceEntry // of that host, in the namespace named
	collector *collector
}

// collector is what receives the spans in the cluster.
type collector struct {
	*mesh.Workload
	pods      []*mesh.Pod
	configMap string
	exporters []*exporter // that its pipelines of traces have
}

// secretUse is a key of a Secret that somebody reads.
type secretUse struct {
	mesh.Ref
	key string
}

func (e *examination) destinationOf(p *plane) destination {
	d := destination{host: p.target.Service, port: p.target.Port}
	if namespace, host, found := strings.Cut(p.target.Service, "/"); found {
		d.named, d.host = namespace, host
	}
	d.at, d.isService = mesh.ServiceRef(p.target.Service)
	d.service = e.Services[d.at]
	if d.service != nil && d.named != "" && d.named != d.at.Namespace {
		d.service = nil // Istio looks for it in the namespace named
	}
	for i := range e.ServiceEntries {
		s := &e.ServiceEntries[i]
		if slices.Contains(s.Hosts, d.host) && (d.named == "" || d.named == s.Namespace) && p.Heeds(s.Meta) {
			d.entries = append(d.entries, s)
		}
	}
	d.collector = e.collectorOf(p, d)
	return d
}

// namespace is where Istio's registry has the host.
func (d destination) namespace() string {
	switch {
	case d.named != "":
		return d.named
	case d.service != nil:
		return d.service.Namespace
	case len(d.entries) > 0:
		return d.entries[0].Namespace
	default:
		return d.at.Namespace
	}
}

// fqdn is the host as the registry writes it. The domain of the cluster is what
// the provider says, where it says one.
func (d destination) fqdn() string {
	if !d.isService || d.service == nil && len(d.entries) > 0 {
		return d.host
	}
	service := d.at.Name + "." + d.at.Namespace + ".svc"
	if strings.HasPrefix(d.host, service+".") {
		return d.host
	}
	return service + ".cluster.local"
}

// namespaces are all in which Istio's registry has the host. It asks for no
// exportTo where a provider names no namespace (LookupCluster).
func (d destination) namespaces() []string {
	var all []string
	if d.service != nil {
		all = append(all, d.service.Namespace)
	}
	for _, s := range d.entries {
		if !slices.Contains(all, s.Namespace) {
			all = append(all, s.Namespace)
		}
	}
	return all
}

// collectorOf finds the workload behind the Service; where the Service is
// wrong or gone, the chart's own. Only who runs the mesh puts something else in
// its place, by a ServiceEntry.
func (e *examination) collectorOf(p *plane, d destination) *collector {
	if d.isService && d.service == nil && slices.ContainsFunc(d.entries, func(s *mesh.ServiceEntry) bool { return e.Trusted(s.Namespace) }) {
		return nil
	}
	if p.target.Name != "" && !d.isService && p.has {
		return nil
	}
	var found *mesh.Workload
	for i := range e.Workloads {
		w := &e.Workloads[i]
		if d.service != nil && w.Namespace == d.at.Namespace && len(d.service.Selector) > 0 && mesh.Selects(d.service.Selector, w.PodLabels) {
			found = w
		}
	}
	for i := range e.Workloads {
		w := &e.Workloads[i]
		if found == nil && w.IsCollector() && (d.at.Namespace == "" || w.Namespace == d.at.Namespace) {
			found = w
		}
	}
	if found == nil {
		return nil
	}
	c := &collector{Workload: found}
	for i := range e.Pods {
		pod := &e.Pods[i]
		if pod.Running && pod.Namespace == found.Namespace && len(found.Selector) > 0 && mesh.Selects(found.Selector, pod.Labels) {
			c.pods = append(c.pods, pod)
		}
	}
	e.configure(c)
	return c
}

// restart is the command by which the collector starts anew.
func (c *collector) restart() finding.Command {
	return finding.NewCommand("kubectl rollout restart {workload} --namespace {namespace}", finding.Facts{"workload": c.kubectlName(), "namespace": c.Namespace})
}

// kubectlName is how kubectl names the workload.
func (c *collector) kubectlName() string { return strings.ToLower(c.Kind) + "/" + c.Name }
