package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
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

// rule is a DestinationRule that counts for a host.
type rule struct{ *mesh.DestinationRule }

// at gives the TLS settings for a port; nil is none.
func (r rule) at(port int) *mesh.TLS {
	if tls, ok := r.PortTLS[port]; ok {
		return &tls
	}
	return r.TLS
}

// path is where the TLS settings for a port stand in the object.
func (r rule) path(port int) string {
	if _, ok := r.PortTLS[port]; ok {
		return "/spec/trafficPolicy/portLevelSettings/0/tls"
	}
	return "/spec/trafficPolicy/tls"
}

// ruleInUse is the DestinationRule that counts for some of the proxies; rule is
// nil where they have none.
type ruleInUse struct {
	*rule
	share string // whose spans follow it, in words
}

// rulesInUse gives the DestinationRules that count for the destination, each with
// the proxies that follow it. A tenant's counts for the tenant alone.
func (e *examination) rulesInUse(p *plane) []ruleInUse {
	var order []*mesh.DestinationRule
	pods := map[*mesh.DestinationRule][]*mesh.Pod{}
	ofNamespace := map[string]*mesh.DestinationRule{}
	for _, namespace := range namespacesOf(p.pods) {
		ofNamespace[namespace] = e.ruleFor(p, namespace)
	}
	for _, pod := range p.pods {
		d := e.ruleOfPod(p, pod)
		if d == nil {
			d = ofNamespace[pod.Namespace]
		}
		if !slices.Contains(order, d) {
			order = append(order, d)
		}
		pods[d] = append(pods[d], pod)
	}
	if ofAll := e.ruleFor(p, ""); len(order) == 0 || len(order) == 1 && order[0] == ofAll {
		return []ruleInUse{{newRule(ofAll), "every span"}}
	}
	uses := make([]ruleInUse, len(order))
	for i, d := range order {
		scope := scopeOf(pods[d])
		if d != nil && d.Targeted && len(d.Selector) > 0 {
			scope = terminal.Counted(len(pods[d]), "pod") + " of " + scope
		}
		uses[i] = ruleInUse{newRule(d), "every span of " + scope}
	}
	return uses
}

func newRule(d *mesh.DestinationRule) *rule {
	if d == nil {
		return nil
	}
	return &rule{d}
}

// ruleFor finds the DestinationRule for the destination that counts for the
// proxies of a namespace, or, where that is "", for those whose namespace has
// none: of their own namespace, or else of the service's, or else of the root
// namespace, the one whose host fits closest. In the root namespace, only rules
// that nobody else sees come before the service's
// (pilot/pkg/model/push_context.go, destinationRule).
func (e *examination) ruleFor(p *plane, client string) *mesh.DestinationRule {
	root := p.RootNamespace()
	own := e.closest(p, client, func(d *mesh.DestinationRule) bool { return client != root || private(p, d) })
	return cmp.Or(own, e.exported(p, p.dest.namespace(), client), e.exported(p, root, client))
}

// ruleOfPod finds the DestinationRule that counts for a pod by its labels: one of
// the pod's namespace, of whose rules none for all pods has a host that fits closer
// (pilot/pkg/model/sidecar.go, SidecarScope.DestinationRule).
func (e *examination) ruleOfPod(p *plane, pod *mesh.Pod) *mesh.DestinationRule {
	var best *mesh.DestinationRule
	closest := 0
	if ofAll := e.closest(p, pod.Namespace, func(*mesh.DestinationRule) bool { return true }); ofAll != nil {
		closest = closeness(ofAll, p.dest.fqdn())
	}
	for i := range e.DestinationRules {
		d := &e.DestinationRules[i]
		if !d.Targeted || d.Namespace != pod.Namespace || !p.Heeds(d.Meta) || !mesh.Selects(d.Selector, pod.Labels) {
			continue
		}
		if fits := closeness(d, p.dest.fqdn()); fits >= closest && (best == nil || fits > closest) {
			best, closest = d, fits
		}
	}
	return best
}

// exported finds the closest rule of a namespace that proxies of another see.
func (e *examination) exported(p *plane, namespace, client string) *mesh.DestinationRule {
	return e.closest(p, namespace, func(d *mesh.DestinationRule) bool {
		to := exportTo(p, d)
		return !private(p, d) && (slices.Contains(to, "*") || client != "" && slices.Contains(to, client))
	})
}

// closest finds the rule of a namespace whose host fits closest.
func (e *examination) closest(p *plane, namespace string, counts func(*mesh.DestinationRule) bool) *mesh.DestinationRule {
	var best *mesh.DestinationRule
	closest := -1
	for i := range e.DestinationRules {
		d := &e.DestinationRules[i]
		if d.Namespace != namespace || d.Targeted || !p.Heeds(d.Meta) || !counts(d) {
			continue
		}
		if fits := closeness(d, p.dest.fqdn()); fits > closest {
			best, closest = d, fits
		}
	}
	return best
}

// exportTo are the namespaces that see a rule, * for all.
func exportTo(p *plane, d *mesh.DestinationRule) []string {
	return exported(d.ExportTo, p.Config.RuleExportTo, d.Namespace)
}

// private tells whether only its own namespace sees a rule.
func private(p *plane, d *mesh.DestinationRule) bool {
	return slices.Equal(exportTo(p, d), []string{d.Namespace})
}

// mendRule is what to do about a rule. That of a namespace of proxies comes before
// the chart's, and may be for other hosts too.
func (e *examination) mendRule(p *plane, r *rule) finding.Command {
	if r.Namespace == p.dest.namespace() || r.Namespace == p.RootNamespace() {
		return e.restore()
	}
	return finding.Advise("add a copy of this release's DestinationRule to the namespace of this one, which Istio prefers there, " +
		"or delete this one if nothing else needs it")
}

// closeness tells how closely a rule's host fits a name: -1 is not at all, and
// an exact name is closer than any wildcard.
func closeness(d *mesh.DestinationRule, name string) int {
	host := d.Host
	if suffix, found := strings.CutPrefix(host, "*"); found {
		if strings.HasSuffix(name, suffix) {
			return len(suffix)
		}
		return -1
	}
	domain := ".svc.cluster.local"
	if i := strings.Index(name, ".svc."); i >= 0 {
		domain = name[i:]
	}
	if !strings.Contains(host, ".") {
		host += "." + d.Namespace + domain
	}
	if host == name || host+domain == name {
		return 1 << 10
	}
	return -1
}
