package migrate

import (
	"cmp"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// egress is where a kind of objects names all that pods may send to.
type egress struct {
	Kind string `json:"kind"`
	At   string `json:"at"`
}

// beforeSwitch says by when the way to the collectors must be open.
const beforeSwitch = " before you install the chart: else the switch loses spans"

// nameWays names what lets spans go to LightStep and would not let them go to the
// chart's collectors. LightStep's own tracer, and proxies that send there themselves,
// need no other way.
func (m *decisions) nameWays() {
	if m.to.old() || m.values["delivery"] == "direct" {
		return
	}
	for _, mesh := range m.meshes {
		for _, s := range below(mesh.site, "defaultServiceExportTo") {
			if list := yamltree.Items(s.Value); len(list) > 0 && !hasText(list, "*") {
				m.tell(mesh.document, ByHand, s, "commonAnnotations", "a Service is seen by these namespaces alone, unless it says otherwise: "+
					"set commonAnnotations to `networking.istio.io/exportTo: \"*\"`, with which the collectors are seen by all,"+beforeSwitch)
			}
		}
	}
	domain, known := m.clusterDomain()
	for _, d := range m.documents {
		if m.gone[d.root] || d.ours() {
			continue
		}
		if textAt(d.root, "kind") == "Sidecar" && m.hidesCollectors(d, domain, known) {
			m.tell(d, ByHand, d.whole(""), "", fmt.Sprintf("%s hides the collectors from its proxies: add %s to spec.egress[].hosts%s (docs/findings/LS-ROUTE-SIDECAR.md)",
				d.describe(), m.releaseNamespace()+"/"+m.collectorService()+domain, beforeSwitch))
			continue
		}
		for _, e := range m.Egress {
			if allowed := at(d.root, e.At); textAt(d.root, "kind") == e.Kind && allowed != nil && m.letsToLightStep(allowed) {
				m.tell(d, ByHand, d.whole(""), "", fmt.Sprintf("%s lets pods send to LightStep: where these have proxies, let them send to the collectors too, in namespace %s at port %d,%s",
					d.describe(), m.releaseNamespace(), m.collectorPort(), beforeSwitch))
			}
		}
	}
}

// collectorService is the Service of the collectors, without the domain of the cluster.
func (m *decisions) collectorService() string {
	return collector.ServiceOf(release) + "." + m.releaseNamespace() + ".svc."
}

// serviceOfDomain is the host of a Service, with the domain of its cluster.
var serviceOfDomain = regexp.MustCompile(`^([-a-z0-9]+)\.([-a-z0-9]+)\.svc\.([-a-z0-9]+(?:\.[-a-z0-9]+)+)$`)

// takeDomain takes the domain of the cluster from the addresses of Services, where the values of istiod name none. A
// host outside of the cluster may have such a name too: what is no Service of the documents is for the user to decide.
func (m *decisions) takeDomain() {
	if slices.ContainsFunc(m.claims, func(c claim) bool { return c.value == valueDomain }) {
		return
	}
	hosts := map[string]Finding{}
	for _, p := range m.providers {
		hosts[p.host] = p.document.found(Moved, p.site)
	}
	for _, c := range m.claims {
		if address, ok := c.is.(string); ok && c.value == valueAddress {
			host, _, _ := net.SplitHostPort(address)
			hosts[host] = c.at
		}
	}
	domains := map[string][]string{}
	for host := range hosts {
		if of := serviceOfDomain.FindStringSubmatch(host); of != nil && of[3] != "clusterset.local" && len(m.entries[host]) == 0 {
			domains[of[3]] = append(domains[of[3]], host)
		}
	}
	if len(domains) != 1 || domains[defaults[valueDomain]] != nil {
		return
	}
	for domain, named := range domains {
		host := slices.Min(named)
		at := hosts[host]
		at.To = valueDomain
		if slices.ContainsFunc(named, m.isService) {
			at.Outcome, at.Text = Moved, "it is the domain of Service "+host
			m.claims = append(m.claims, claim{value: valueDomain, is: domain, at: at})
			continue
		}
		at.Outcome, at.Text = ByHand, fmt.Sprintf("by its name, %s is a Service of a cluster whose domain is %s: if it is, set this to %s, or proxies do not find the collectors", host, domain, domain)
		m.note(at)
	}
}

// isService tells the host of a Service that the documents have.
func (m *decisions) isService(host string) bool {
	of := serviceOfDomain.FindStringSubmatch(host)
	return slices.ContainsFunc(m.documents, func(d *document) bool {
		return textAt(d.root, "kind") == "Service" && textAt(d.root, "metadata.name") == of[1] && textAt(d.root, "metadata.namespace") == of[2]
	})
}

// clusterDomain is the domain of the cluster, where anything tells it.
func (m *decisions) clusterDomain() (domain string, known bool) {
	domain = m.text(valueDomain)
	return cmp.Or(domain, defaults[valueDomain]), domain != ""
}

func (m *decisions) collectorPort() int {
	if m.to.row.Receiver == "zipkin" {
		return collector.ZipkinPort
	}
	return collector.OTLPPort
}

// letsToLightStep tells whether what pods may send to has LightStep, by its name or by
// where its providers send to.
func (m *decisions) letsToLightStep(allowed *yaml.Node) bool {
	if mentionsAny(allowed) {
		return true
	}
	found := false
	eachScalar(allowed, func(n *yaml.Node) {
		found = found || n.Value != "" && n.Value != m.releaseNamespace() && slices.ContainsFunc(m.providers, func(p *provider) bool {
			return m.roles[p] != elsewhere && (n.Value == p.host || n.Value == p.namespace)
		})
	})
	return found
}

// hidesCollectors tells a Sidecar with egress listeners of which none has the
// collectors. The namespace . is that of the proxy, in a Sidecar of the root namespace too.
// Where the domain of the cluster is not known, it is the one that a host ends with.
func (m *decisions) hidesCollectors(d *document, domain string, known bool) bool {
	listeners := sites(d.root, "spec.egress[]")
	shows := func(listener site) bool {
		port := textAt(listener.Value, "port.number")
		return (port == "" || port == fmt.Sprint(m.collectorPort())) && slices.ContainsFunc(below(listener, "hosts[]"), func(s site) bool {
			namespace, host, _ := strings.Cut(yamltree.Text(s.Value), "/")
			of := domain
			if _, own, _ := strings.Cut(host, ".svc."); own != "" && !known {
				of = own
			}
			collectors := m.collectorService() + of
			suffix, wild := strings.CutPrefix(host, "*")
			return (namespace == "*" || namespace == m.releaseNamespace()) && (host == collectors || wild && strings.HasSuffix(collectors, suffix))
		})
	}
	return len(listeners) > 0 && !slices.ContainsFunc(listeners, shows)
}

// hasText tells whether a list has a text.
func hasText(list []*yaml.Node, text string) bool {
	return slices.ContainsFunc(list, func(n *yaml.Node) bool { return yamltree.Text(n) == text })
}
