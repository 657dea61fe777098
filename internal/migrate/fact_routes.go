package migrate

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

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

func (l lead) address() string {
	return endpoint{host: strings.Trim(l.host, "[]"), port: l.port}.address()
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

// hostWord finds what may be a host, or a wildcard of hosts.
var hostWord = regexp.MustCompile(`(?:\*\.)?[A-Za-z0-9_](?:[-A-Za-z0-9_.]*[A-Za-z0-9_])?`)

// users finds what else uses the hosts that LightStep's providers send to: any
// object that names one, such as a VirtualService, a Gateway, a route of the
// Gateway API or a Deployment, and what refers to a ServiceEntry by its name.
type users struct {
	*facts
	names  map[string][]string    // texts that name hosts, and which: the host itself and its wildcards
	named  map[string][]*document // ServiceEntries that lead to the hosts, by name
	routes map[*document]bool     // what leads to the hosts for the mesh
	read   map[*yaml.Node]bool    // texts that are documents, which are looked at by themselves
	found  func(host, why string)
}

// findUsers calls found for every use of a host.
func (f *facts) findUsers(found func(host, why string)) {
	u := &users{
		facts: f, names: map[string][]string{}, named: map[string][]*document{}, routes: map[*document]bool{},
		read: map[*yaml.Node]bool{}, found: found,
	}
	u.findLeads()
	if len(u.routes) == 0 {
		return
	}
	configures := map[*document]bool{}
	for _, d := range f.documents {
		if d.held.Value != nil {
			u.read[d.held.Value] = true
		}
		if u.routes[d] && d.isWithin() {
			eachScalar(d.root, func(n *yaml.Node) { u.read[n] = true })
		}
		if f.marked[d] && slices.ContainsFunc(d.placed, func(p placed) bool { return p.scope.Rows != "proxyConfig" }) {
			configures[d], configures[d.outermost()] = true, true
		}
	}
	for node := range f.inner {
		u.read[node] = true
	}
	for _, d := range f.documents {
		switch {
		case u.routes[d]:
			u.staying(d)
		case !configures[d] && !f.marked[d] && !d.ours() && !d.is("Secret"):
			u.lookAt(d)
		}
	}
	for _, text := range f.unread {
		for _, host := range u.hostsIn(text.text) {
			found(host, "the part of "+text.name+" that could not be read names this host")
		}
	}
}

// findLeads finds what leads to the hosts of the providers for the mesh.
func (u *users) findLeads() {
	type within struct{ host, namespace string }
	seen := map[within]bool{}
	for _, p := range u.providers {
		if seen[within{p.host, p.within}] {
			continue
		}
		seen[within{p.host, p.within}] = true
		for _, d := range slices.Concat(u.entries[p.host], u.rules[p.host]) {
			if u.notForMesh(d, p) != "" || d.ours() {
				continue
			}
			if !u.routes[d] && d.is("ServiceEntry") {
				name := textAt(d.root, "metadata.name")
				u.named[name] = append(u.named[name], d)
			}
			u.routes[d] = true
			u.name(p.host)
		}
	}
}

// name takes note of a host that is looked for, and of the wildcards for it.
func (u *users) name(host string) {
	lower := strings.ToLower(host)
	if slices.Contains(u.names[lower], host) {
		return
	}
	u.names[lower] = append(u.names[lower], host)
	for _, parent, found := strings.Cut(lower, "."); found && strings.Contains(parent, "."); _, parent, found = strings.Cut(parent, ".") {
		u.names["*."+parent] = append(u.names["*."+parent], host)
	}
}

// staying finds the hosts for which one of their routes stays, as it serves
// others too: then those beside it stay, too.
func (u *users) staying(d *document) {
	hosts := d.routedHosts()
	others := u.othersOfEntry
	if d.is("DestinationRule") {
		others = func(d *document) []string { return u.othersOfRule(d, hosts[0]) }
	}
	if len(others(d)) == 0 {
		return
	}
	for _, host := range hosts {
		u.found(host, d.describe()+" stays")
	}
}

// lookAt finds the hosts that an object uses.
func (u *users) lookAt(d *document) {
	who := d.describe()
	if textAt(d.root, "kind") == "" {
		who = "something in " + d.Name
	}
	eachScalar(d.root, func(n *yaml.Node) {
		if u.read[n] {
			return
		}
		for _, host := range u.hostsIn(n.Value) {
			u.found(host, who+" names this host")
		}
	})
	for s := range yamltree.All(d.root) {
		if s.Value.Kind != yaml.MappingNode || textAt(s.Value, "kind") != "ServiceEntry" {
			continue
		}
		for _, entry := range u.named[textAt(s.Value, "name")] {
			namespace := textAt(s.Value, "namespace")
			if namespace == "" {
				namespace = textAt(d.root, "metadata.namespace")
			}
			if sameNamespace(namespace, textAt(entry.root, "metadata.namespace")) {
				for _, host := range entry.routedHosts() {
					u.found(host, who+" refers to "+entry.describe())
				}
			}
		}
	}
}

// hostsIn gives the hosts that a text names.
func (u *users) hostsIn(text string) []string {
	if !strings.Contains(text, ".") {
		return nil
	}
	var hosts []string
	for _, word := range hostWord.FindAllString(strings.ReplaceAll(text, "_.", " "), -1) { // outbound_.443_._.HOST is a name too
		hosts = append(hosts, u.names[strings.ToLower(word)]...)
	}
	return hosts
}
