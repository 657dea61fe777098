package migrate

import "strings"

// needs tells what else than LightStep's spans goes to a host by the objects
// that lead there: another provider, such as one of access logs, or an
// application that may send to known hosts alone. It is "" where nothing does.
func (m *migration) needs(host string) string {
	ours := map[string]bool{}
	for _, p := range m.providers {
		ours[p.name] = true
	}
	found := ""
	for _, d := range m.documents {
		if textAt(d.root, "kind") == "Sidecar" && textAt(d.root, "spec.outboundTrafficPolicy.mode") == "REGISTRY_ONLY" {
			found = d.describe() + " lets its workloads send to known hosts alone"
		}
		m.eachScope(d, func(sc scope, base site) {
			if sc.Rows != "meshConfig" || sc.Unread != "" {
				return
			}
			if textAt(base.value, "outboundTrafficPolicy.mode") == "REGISTRY_ONLY" {
				found = "the mesh lets workloads send to known hosts alone (outboundTrafficPolicy)"
			}
			for _, s := range below(base, segments("extensionProviders[]")) {
				for _, service := range below(s, segments("*.service")) {
					name := textAt(s.value, "name")
					if to := text(service.value); !ours[name] && to[strings.LastIndexByte(to, '/')+1:] == host {
						found = "provider " + shown(name) + " sends there too"
					}
				}
			}
		})
	}
	return found
}
