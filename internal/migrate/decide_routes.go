package migrate

import (
	"slices"
	"strings"
)

// through gives where the ServiceEntries for a provider's host lead to. Without
// one, and where they do not agree, that is the host and port of the provider
// itself, and no entry.
func (m *decisions) through(p *provider) lead {
	own := lead{host: p.host, port: p.port}
	var leads []lead
	for _, entry := range m.entries[p.host] {
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

func (m *decisions) tellDisagreement(leads []lead, own lead) {
	for _, l := range leads {
		m.tell(l.entry, ByHand, l.entry.whole(""), valueAddress, "ServiceEntry "+l.entry.namespaced()+" leads "+shown(own.host)+" to "+shown(l.address())+
			", and another ServiceEntry or endpoint leads it elsewhere: the values have "+shown(own.address())+"; set the address that is meant, and delete the entries once spans arrive")
	}
}

// takeEntry takes out a ServiceEntry, or what one of the chart's own says of its
// values.
func (m *decisions) takeEntry(entry *document, p *provider) {
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

// dropRoute takes out a ServiceEntry or DestinationRule that is for LightStep
// alone, as its host and the others that it serves tell; the rest may carry the
// traffic of applications.
func (m *decisions) dropRoute(d *document, host string, othersOf func() []string) {
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
		m.plan.routes = append(m.plan.routes, d.object())
		m.tell(d, Dropped, d.whole(""), "", kind+" is no longer needed; delete it from the cluster once spans arrive")
		m.remove(d, site{})
	}
}

// takeRule reads the TLS settings of the DestinationRule for a provider's host.
func (m *decisions) takeRule(p *provider) {
	for _, d := range m.rules[p.host] {
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

func (m *decisions) takeRuleTLS(d *document, p *provider) {
	tls := ruleTLS(d, p.port)
	if mode := textAt(tls.Value, "mode"); mode != "" {
		m.know(d, tls, valueSecure, mode != "DISABLE" && mode != "ISTIO_MUTUAL", 50)
		if mode == "MUTUAL" {
			m.tell(d, ByHand, tls, "", "mode MUTUAL"+clientCertificates)
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
