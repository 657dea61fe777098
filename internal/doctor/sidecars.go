package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// sidecars finds Sidecars whose egress listeners leave the destination out.
func (e *examination) sidecars(p *plane) {
	hiding := map[*mesh.Sidecar][]*mesh.Pod{}
	for _, pod := range p.pods {
		if pod.Proxy.Gateway {
			continue
		}
		if s := e.sidecarFor(p, pod); s != nil && !shows(s, pod.Namespace, p.dest) {
			hiding[s] = append(hiding[s], pod)
		}
	}
	for i := range e.Sidecars {
		s := &e.Sidecars[i]
		if pods := hiding[s]; len(pods) > 0 {
			host := p.dest.namespace() + "/" + p.dest.fqdn()
			e.add("LS-ROUTE-SIDECAR", subject("sidecar", s.Ref), s.Created, finding.Facts{
				"scope": scopeOf(pods), "host": host, "port": fmt.Sprint(p.dest.port), "patch": mendSidecar(s, host, p.dest),
			})
		}
	}
}

// sidecarFor finds the Sidecar that counts for a pod: the oldest of its own labels, or
// else of its namespace, or else of the root namespace.
func (e *examination) sidecarFor(p *plane, pod *mesh.Pod) *mesh.Sidecar {
	first := func(counts func(*mesh.Sidecar) bool) *mesh.Sidecar {
		for i := range e.Sidecars {
			if s := &e.Sidecars[i]; p.Heeds(s.Meta) && counts(s) {
				return s
			}
		}
		return nil
	}
	own := func(s *mesh.Sidecar) bool { return s.Namespace == pod.Namespace }
	return cmp.Or(
		first(func(s *mesh.Sidecar) bool { return own(s) && s.Targeted && mesh.Selects(s.Selector, pod.Labels) }),
		first(func(s *mesh.Sidecar) bool { return own(s) && !s.Targeted }),
		first(func(s *mesh.Sidecar) bool { return s.Namespace == p.RootNamespace() && !s.Targeted }),
	)
}

// shows tells whether a Sidecar gives the proxies of a namespace a destination.
func shows(s *mesh.Sidecar, client string, d destination) bool {
	return len(s.Egress) == 0 || slices.ContainsFunc(s.Egress, func(l mesh.EgressListener) bool {
		imported, excluded := imports(l, client, d)
		return imported && !excluded && (l.Port == 0 || l.Port == d.port)
	})
}

// imports tells whether a host of an egress listener is the destination, and whether
// one excludes it. The namespace . is that of the proxy, in a Sidecar of the root
// namespace too (pilot/pkg/model/sidecar.go, convertIstioListenerToWrapper).
func imports(l mesh.EgressListener, client string, d destination) (imported, excluded bool) {
	for _, pattern := range l.Hosts {
		namespace, host, found := strings.Cut(pattern, "/")
		namespace, without := strings.CutPrefix(namespace, "~")
		switch {
		case !found:
			continue
		case namespace == ".":
			namespace = client
		case without && namespace == "":
			namespace = "*"
		}
		suffix, wild := strings.CutPrefix(host, "*")
		if (namespace == "*" || namespace == d.namespace()) && (host == d.fqdn() || wild && strings.HasSuffix(d.fqdn(), suffix)) {
			imported, excluded = imported || !without, excluded || without
		}
	}
	return imported, excluded
}

// mendSidecar adds the destination to the egress listener for all ports, or adds such
// a listener, which must be the last.
func mendSidecar(s *mesh.Sidecar, host string, d destination) finding.Command {
	facts := finding.Facts{"name": s.Name, "namespace": s.Namespace, "path": "/spec/egress/-", "value": finding.NewJSON(map[string][]string{"hosts": {host}})}
	if at := slices.IndexFunc(s.Egress, func(l mesh.EgressListener) bool { return l.Port == 0 }); at >= 0 {
		if _, excluded := imports(s.Egress[at], "", d); excluded {
			return finding.Advise("remove the host that begins with ~ from its egress hosts, or write the hosts that it excludes one by one")
		}
		facts["path"], facts["value"] = fmt.Sprintf("/spec/egress/%d/hosts/-", at), finding.NewJSON(host)
	}
	return finding.NewCommand("kubectl patch sidecar {name} --namespace {namespace} --type=json --patch "+
		`'[{"op":"add","path":"{path}","value":{value}}]'`, facts)
}
