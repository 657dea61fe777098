package migrate

import (
	"cmp"
	"net"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// findRoutes finds what leads to hosts outside of the mesh, by host, and what
// LightStep's providers use of these.
func (f *facts) findRoutes() {
	f.entries, f.rules, f.ports = map[string][]*document{}, map[string][]*document{}, map[string]map[string]bool{}
	for _, d := range f.documents {
		for _, host := range d.routedHosts() {
			if d.is("ServiceEntry") {
				f.entries[host] = append(f.entries[host], d)
			} else {
				f.rules[host] = append(f.rules[host], d)
			}
		}
	}
	for _, p := range f.providers {
		if f.ports[p.host] == nil {
			f.ports[p.host] = map[string]bool{}
		}
		f.ports[p.host][p.port] = true
	}
}

// othersOfEntry names what a ServiceEntry serves besides LightStep.
func (f *facts) othersOfEntry(d *document) []string {
	var others []string
	ports := map[string]bool{}
	for _, s := range sites(d.root, "spec.hosts[]") {
		used := f.ports[yamltree.Text(s.Value)]
		if len(used) == 0 {
			others = append(others, "host "+shown(yamltree.Text(s.Value)))
		}
		for port := range used {
			ports[port] = true
		}
	}
	for _, s := range sites(d.root, "spec.ports[]") {
		if number := textAt(s.Value, "number"); !ports[number] {
			others = append(others, "port "+shown(number))
		}
	}
	return others
}

// othersOfRule names what a DestinationRule serves besides LightStep.
func (f *facts) othersOfRule(d *document, host string) []string {
	var others []string
	for _, s := range sites(d.root, "spec.trafficPolicy.portLevelSettings[]") {
		if number := textAt(s.Value, "port.number"); !f.ports[host][number] {
			others = append(others, "port "+shown(number))
		}
	}
	for _, s := range sites(d.root, "spec.subsets[]") {
		others = append(others, "subset "+shown(textAt(s.Value, "name")))
	}
	return others
}

// notForMesh tells why a ServiceEntry or DestinationRule decides nothing for the
// mesh; "" where it does. Only the namespaces of those who run the mesh do, and
// the one that the provider's service names: in any other everybody may create
// one. Istio applies it to the mesh only where it is exported to all namespaces.
func (f *facts) notForMesh(d *document, p *provider) string {
	namespace := textAt(d.root, "metadata.namespace")
	exported := sites(d.root, "spec.exportTo[]")
	switch {
	case !f.plane.decidesForMesh(namespace) && namespace != p.within:
		return "it is in namespace " + shown(namespace) + ", which does not decide for the mesh"
	case len(exported) > 0 && !slices.ContainsFunc(exported, func(s site) bool { return yamltree.Text(s.Value) == "*" }):
		return "its exportTo keeps it from other namespaces"
	case d.is("DestinationRule") && at(d.root, "spec.workloadSelector") != nil:
		return "it is only for the workloads that it selects"
	}
	return ""
}

// lead is where a ServiceEntry leads the spans of a provider to.
type lead struct {
	entry      *document
	host, port string
}

func (l lead) address() string { return net.JoinHostPort(strings.Trim(l.host, "[]"), l.port) }

// leadsOf gives where one ServiceEntry leads to: by each of its endpoints, whose
// own port for a port of the entry overrules that one's targetPort.
func leadsOf(entry *document, p *provider) []lead {
	own, name := lead{entry, p.host, p.port}, ""
	for _, s := range sites(entry.root, "spec.ports[]") {
		if textAt(s.Value, "number") == p.port {
			name = textAt(s.Value, "name")
			own.port = cmp.Or(textAt(s.Value, "targetPort"), own.port)
		}
	}
	var leads []lead
	for _, s := range sites(entry.root, "spec.endpoints[]") {
		l := own
		l.host = cmp.Or(textAt(s.Value, "address"), l.host)
		for _, port := range below(s, "ports.*") {
			if name != "" && port.Key.Value == name {
				l.port = yamltree.Text(port.Value)
			}
		}
		leads = append(leads, l)
	}
	if len(leads) == 0 {
		return []lead{own}
	}
	return leads
}

// ruleTLS gives the TLS settings of a DestinationRule that hold for a port.
func ruleTLS(d *document, port string) site {
	var tls site
	if found := sites(d.root, "spec.trafficPolicy.tls"); len(found) > 0 {
		tls = found[0]
	}
	for _, s := range sites(d.root, "spec.trafficPolicy.portLevelSettings[]") {
		if found := below(s, "tls"); textAt(s.Value, "port.number") == port && len(found) > 0 {
			tls = found[0]
		}
	}
	return tls
}
