package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// rules checks the DestinationRules for the destination.
func (e *examination) rules(p *plane) {
	if e.Unseen("destinationrules") {
		return
	}
	for _, u := range e.rulesInUse(p) {
		if p.dest.service != nil {
			e.mutual(p, u)
		} else {
			e.satelliteTLS(p, u)
		}
	}
}

// mutual finds mutual TLS to a collector of which a pod has no sidecar.
func (e *examination) mutual(p *plane, found ruleInUse) {
	if found.rule == nil || p.dest.collector == nil {
		return
	}
	if len(p.dest.collector.pods) > 0 && !slices.ContainsFunc(p.dest.collector.pods, func(pod *mesh.Pod) bool { return pod.Proxy == nil }) {
		return
	}
	if tls := found.at(p.dest.port); tls != nil && (tls.Mode == "ISTIO_MUTUAL" || tls.Mode == "MUTUAL") {
		e.add("LS-ROUTE-MTLS", subject("destinationrule", found.Ref), found.Created, finding.Facts{
			"rule": found.String(), "host": p.dest.fqdn(), "share": found.share, "patch": e.mendRule(p, found.rule),
		})
	}
}

// satelliteTLS checks that proxies speak TLS to the satellite. Where nothing
// says that it is wanted, plaintext is taken for a choice.
func (e *examination) satelliteTLS(p *plane, found ruleInUse) {
	facts := finding.Facts{"host": p.dest.host, "port": fmt.Sprint(p.dest.port), "mode": "nothing", "share": found.share}
	if found.rule == nil {
		e.add("LS-ROUTE-RULE", "host "+p.dest.host, time.Time{}, facts)
		return
	}
	facts["name"], facts["namespace"], facts["patch"] = found.Name, found.Namespace, e.mendRule(p, found.rule)
	at := subject("destinationrule", found.Ref)
	tls := found.at(p.dest.port)
	if tls == nil || tls.Mode != "SIMPLE" && tls.Mode != "MUTUAL" {
		if tls != nil && tls.Mode != "" {
			facts["mode"] = "mode " + tls.Mode
		}
		if tls == nil || e.wantsTLS(p, found.rule) {
			e.add("LS-ROUTE-RULE-TLS", at, found.Created, facts)
		}
		return
	}
	if tls.SNI != "" && len(tls.SubjectAltNames) == 0 {
		facts["sni"], facts["path"] = tls.SNI, found.path(p.dest.port)
		e.add("LS-ROUTE-RULE-NAME", at, found.Created, facts)
	}
}

// wantsTLS tells whether anything else says that the satellite speaks TLS: a
// CA in the proxies, or other settings of the rule.
func (e *examination) wantsTLS(p *plane, found *rule) bool {
	if len(e.caSecrets()) > 0 {
		return true
	}
	for _, tls := range found.PortTLS {
		if tls.Mode == "SIMPLE" || tls.SNI != "" || tls.CACertificates != "" {
			return true
		}
	}
	return p.Injector != nil && strings.Contains(p.Injector.Templates[p.target.Name], mesh.CASecret)
}

// sidecars finds Sidecars whose egress hosts leave the destination out.
func (e *examination) sidecars(p *plane) {
	hiding := map[*mesh.Sidecar][]*mesh.Pod{}
	for _, pod := range p.pods {
		if pod.Proxy.Gateway {
			continue
		}
		if s := e.sidecarFor(p, pod); s != nil && s.Egress != nil && !e.shows(s, p.dest) {
			hiding[s] = append(hiding[s], pod)
		}
	}
	for i := range e.Sidecars {
		s := &e.Sidecars[i]
		if pods := hiding[s]; len(pods) > 0 {
			e.add("LS-ROUTE-SIDECAR", subject("sidecar", s.Ref), s.Created, finding.Facts{
				"name": s.Name, "namespace": s.Namespace, "scope": scopeOf(pods), "host": p.dest.namespace() + "/" + p.dest.fqdn(),
			})
		}
	}
}

// sidecarFor finds the Sidecar that counts for a pod: of its own labels, of
// its namespace, of the root namespace.
func (e *examination) sidecarFor(p *plane, pod *mesh.Pod) *mesh.Sidecar {
	var chosen *mesh.Sidecar
	rank := 0
	for i := range e.Sidecars {
		s := &e.Sidecars[i]
		r := 0
		switch {
		case !p.Heeds(s.Meta):
		case s.Namespace == pod.Namespace && len(s.Selector) > 0 && mesh.Selects(s.Selector, pod.Labels):
			r = 3
		case s.Namespace == pod.Namespace && len(s.Selector) == 0:
			r = 2
		case s.Namespace == p.RootNamespace() && len(s.Selector) == 0:
			r = 1
		}
		if r > rank {
			chosen, rank = s, r
		}
	}
	return chosen
}

// shows tells whether the egress hosts of a Sidecar include a destination.
func (e *examination) shows(s *mesh.Sidecar, d destination) bool {
	for _, hosts := range s.Egress {
		for _, pattern := range hosts {
			namespace, host, found := strings.Cut(pattern, "/")
			if !found {
				namespace, host = "*", pattern
			}
			if namespace == "." {
				namespace = s.Namespace
			}
			suffix, wild := strings.CutPrefix(host, "*")
			if (namespace == "*" || namespace == d.namespace()) &&
				(host == d.fqdn() || wild && strings.HasSuffix(d.fqdn(), suffix)) {
				return true
			}
		}
	}
	return false
}
