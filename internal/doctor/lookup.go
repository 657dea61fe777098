package doctor

import (
	"cmp"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

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
	to := d.ExportTo
	if len(to) == 0 {
		to = p.Config.RuleExportTo
	}
	if len(to) == 0 {
		return []string{"*"}
	}
	named := slices.Clone(to)
	for i, namespace := range named {
		if namespace == "." {
			named[i] = d.Namespace
		}
	}
	return named
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
