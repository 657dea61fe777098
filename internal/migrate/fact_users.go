package migrate

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

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
