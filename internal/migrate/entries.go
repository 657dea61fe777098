package migrate

import (
	"cmp"
	"net"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// lead is where a ServiceEntry leads the spans of a provider to.
type lead struct {
	entry      *document
	host, port string
}

func (l lead) address() string { return net.JoinHostPort(strings.Trim(l.host, "[]"), l.port) }

// through gives where the ServiceEntries for a provider's host lead to. Without
// one, and where they do not agree, that is the host and port of the provider
// itself, and no entry.
func (m *migration) through(p *provider) lead {
	own := lead{host: p.host, port: p.port}
	var leads []lead
	for _, entry := range m.routesByHost().entries[p.host] {
		if why := m.notForMesh(entry, p); why != "" {
			m.tell(entry, ByHand, entry.whole(""), "", "ServiceEntry "+entry.namespaced()+" is for "+shown(p.host)+", but "+why+": no value is taken from it, and it is not changed")
			continue
		}
		for _, l := range leadsOf(entry, p) {
			if !slices.Contains(leads, l) {
				leads = append(leads, l)
			}
		}
	}
	for _, l := range leads {
		if l.host != leads[0].host || l.port != leads[0].port {
			m.tellDisagreement(leads, own)
			return own
		}
	}
	for _, l := range leads {
		m.takeEntry(l.entry, p)
	}
	if len(leads) == 0 {
		return own
	}
	return leads[0]
}

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

func (m *migration) tellDisagreement(leads []lead, own lead) {
	for _, l := range leads {
		m.tell(l.entry, ByHand, l.entry.whole(""), valueAddress, "ServiceEntry "+l.entry.namespaced()+" leads "+shown(own.host)+" to "+shown(l.address())+
			", and another ServiceEntry or endpoint leads it elsewhere: the values have "+shown(own.address())+"; set the address that is meant, and delete the entries once spans arrive")
	}
}

// takeEntry takes out a ServiceEntry, or what one of the chart's own says of its
// values.
func (m *migration) takeEntry(entry *document, p *provider) {
	if !entry.ours() {
		m.dropRoute(entry, p.host, func() []string { return m.othersOfEntry(entry) })
		return
	}
	if !strings.HasSuffix(p.host, "."+release+".internal") {
		m.know(entry, entry.whole("spec.hosts"), "direct.host", p.host, 50)
	}
	if p.port != defaults["direct.port"] {
		m.know(entry, entry.whole("spec.ports"), "direct.port", literal(p.port), 50)
	}
}

// notForMesh tells why a ServiceEntry or DestinationRule decides nothing for the
// mesh; "" where it does. Only the namespaces of those who run the mesh do, and
// the one that the provider's service names: in any other everybody may create
// one. Istio applies it to the mesh only where it is exported to all namespaces.
func (m *migration) notForMesh(d *document, p *provider) string {
	namespace := textAt(d.root, "metadata.namespace")
	exported := sites(d.root, "spec.exportTo[]")
	switch {
	case namespace != "" && !slices.Contains(append(m.meshNamespaces(), p.within), namespace):
		return "it is in namespace " + shown(namespace) + ", which does not decide for the mesh"
	case len(exported) > 0 && !slices.ContainsFunc(exported, func(s site) bool { return yamltree.Text(s.Value) == "*" }):
		return "its exportTo keeps it from other namespaces"
	case d.is("DestinationRule") && at(d.root, "spec.workloadSelector") != nil:
		return "it is only for the workloads that it selects"
	}
	return ""
}

// meshNamespaces gives the root namespace, and istiod's.
func (m *migration) meshNamespaces() []string {
	istiod := "istio-system"
	if best := m.best("istio.namespace"); best != nil {
		if name, isText := best.is.(string); isText {
			istiod = name
		}
	}
	return []string{m.rootNamespace(), istiod}
}
