package migrate

import (
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// routing is what leads to hosts outside of the mesh, by host, so that finding
// it does not depend on how many providers there are.
type routing struct {
	entries map[string][]*document // ServiceEntries of a host
	rules   map[string][]*document // DestinationRules of a host
}

func (m *migration) routesByHost() *routing {
	if m.routing != nil {
		return m.routing
	}
	m.routing = &routing{entries: map[string][]*document{}, rules: map[string][]*document{}}
	for _, d := range m.documents {
		switch {
		case d.is("ServiceEntry"):
			for _, s := range sites(d.root, "spec.hosts[]") {
				host := yamltree.Text(s.Value)
				m.routing.entries[host] = append(m.routing.entries[host], d)
			}
		case d.is("DestinationRule"):
			host := textAt(d.root, "spec.host")
			m.routing.rules[host] = append(m.routing.rules[host], d)
		}
	}
	return m.routing
}

// ofLightStep gives what providers that send to LightStep use of a host: its
// ports, none where there is no such provider.
func (m *migration) ofLightStep(host string) map[string]bool {
	if m.ports == nil {
		m.ports = map[string]map[string]bool{}
		for _, p := range m.providers {
			if m.ports[p.host] == nil {
				m.ports[p.host] = map[string]bool{}
			}
			m.ports[p.host][p.port] = true
		}
	}
	return m.ports[host]
}

// othersOfEntry names what a ServiceEntry serves besides LightStep.
func (m *migration) othersOfEntry(d *document) []string {
	var others []string
	ports := map[string]bool{}
	for _, s := range sites(d.root, "spec.hosts[]") {
		used := m.ofLightStep(yamltree.Text(s.Value))
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
func (m *migration) othersOfRule(d *document, host string) []string {
	var others []string
	for _, s := range sites(d.root, "spec.trafficPolicy.portLevelSettings[]") {
		if number := textAt(s.Value, "port.number"); !m.ofLightStep(host)[number] {
			others = append(others, "port "+shown(number))
		}
	}
	for _, s := range sites(d.root, "spec.subsets[]") {
		others = append(others, "subset "+shown(textAt(s.Value, "name")))
	}
	return others
}

// dropRoute takes out a ServiceEntry or DestinationRule that is for LightStep
// alone, as its host and the others that it serves tell; the rest may carry the
// traffic of applications.
func (m *migration) dropRoute(d *document, host string, othersOf func() []string) {
	if m.routed[d] {
		return
	}
	m.routed[d] = true
	others := othersOf()
	kind := textAt(d.root, "kind") + " " + d.namespaced()
	switch {
	case len(others) > 0:
		m.tell(d, Left, d.whole(""), "", kind+" also serves "+strings.Join(others, ", ")+
			", so it is not changed. Once spans arrive, remove the part for "+shown(host)+" where no application uses it")
	case !strings.Contains(host, "lightstep"):
		m.tell(d, ByHand, d.whole(""), "", kind+" is left: delete it once spans arrive, where applications do not use "+shown(host))
	default:
		for _, host := range d.routedHosts() {
			if why := m.needs(host); why != "" {
				m.tell(d, ByHand, d.whole(""), "", kind+" is left: "+why+", and may need it")
				return
			}
		}
		m.routes = append(m.routes, d.object())
		m.tell(d, Dropped, d.whole(""), "", kind+" is not needed any more; delete it from the cluster once spans arrive")
		d.remove(site{})
	}
}

// takeRule reads the TLS settings of the DestinationRule for a provider's host.
func (m *migration) takeRule(p *provider) {
	for _, d := range m.routesByHost().rules[p.host] {
		if why := m.notForMesh(d, p); why != "" {
			m.tell(d, ByHand, d.whole(""), "", "DestinationRule "+d.namespaced()+" is for "+shown(p.host)+", but "+why+": no value is taken from it, and it is not changed")
			continue
		}
		m.takeRuleTLS(d, p)
		if !d.ours() {
			m.dropRoute(d, p.host, func() []string { return m.othersOfRule(d, p.host) })
		}
	}
}

func (m *migration) takeRuleTLS(d *document, p *provider) {
	tls := ruleTLS(d, p.port)
	if mode := textAt(tls.Value, "mode"); mode != "" {
		m.know(d, tls, valueSecure, mode != "DISABLE" && mode != "ISTIO_MUTUAL", 50)
		if mode == "MUTUAL" {
			m.tell(d, ByHand, tls, "", "mode MUTUAL wants certificates of the client, which the chart has no values for; ask who runs the satellites whether SIMPLE will do")
		}
	}
	if ca := textAt(tls.Value, "caCertificates"); ca != "" {
		m.know(d, tls, valueCAPath, ca, 50)
	}
	if name := textAt(tls.Value, "sni"); name != "" {
		m.know(d, tls, valueServerName, name, 50)
	}
	if secret := textAt(tls.Value, "credentialName"); secret != "" {
		m.tell(d, ByHand, tls, valueCASecret, "the CA is in Secret "+shown(secret)+": name it, and set cacertPath to a path that ends in its key")
	}
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

// hostOf splits the host of a service within the cluster into the names of the
// Service and its namespace; the latter is empty where the host does not tell.
func hostOf(host string) (service, namespace string) {
	parts := strings.Split(host, ".")
	if len(parts) == 2 || len(parts) > 2 && slices.Contains([]string{"svc", "cluster"}, parts[2]) {
		return parts[0], parts[1]
	}
	return host, ""
}
