package migrate

import (
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// needing is what else than LightStep's spans goes to hosts by the objects that
// lead there. Of several reasons the last counts.
type needing struct {
	hosts map[string]reason // by host: another provider, such as one of access logs, or an object that names the host
	all   reason            // an application may send to known hosts alone, or not everything is known
}

// reason is why an object is needed, and which of all reasons it is.
type reason struct {
	number int
	text   string
}

// needs tells why objects that lead to a host are needed besides; "" where
// nothing does.
func (m *decisions) needs(host string) string {
	if m.needing == nil {
		m.needing = m.findNeeding()
	}
	if of := m.needing.hosts[host]; of.number > m.needing.all.number {
		return of.text
	}
	return m.needing.all.text
}

func (m *decisions) findNeeding() *needing {
	ours := map[string]bool{}
	for _, p := range m.providers {
		ours[p.name] = m.roles[p] != elsewhere
	}
	n := &needing{hosts: map[string]reason{}}
	number := 0
	because := func(text string) reason {
		number++
		return reason{number, text}
	}
	for _, d := range m.documents {
		if textAt(d.root, "kind") == "Sidecar" && textAt(d.root, "spec.outboundTrafficPolicy.mode") == "REGISTRY_ONLY" {
			n.all = because(d.describe() + " lets its workloads send to known hosts alone")
		}
	}
	for _, mesh := range m.meshes {
		if textAt(mesh.site.Value, "outboundTrafficPolicy.mode") == "REGISTRY_ONLY" {
			n.all = because("the mesh lets workloads send to known hosts alone (outboundTrafficPolicy)")
		}
		for _, s := range below(mesh.site, "extensionProviders[]") {
			name := textAt(s.Value, "name")
			if ours[name] {
				continue
			}
			for _, service := range below(s, "*.service") {
				to := yamltree.Text(service.Value)
				n.hosts[to[strings.LastIndexByte(to, '/')+1:]] = because("provider " + shown(name) + " sends there too")
			}
		}
	}
	m.findUsers(func(host, why string) {
		if _, known := n.hosts[host]; !known {
			n.hosts[host] = because(why)
		}
	})
	if m.blind {
		n.all = because("not all of the cluster could be looked at")
	}
	return n
}
