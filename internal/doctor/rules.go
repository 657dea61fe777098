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
			e.collectorTLS(p, u)
		} else {
			e.satelliteTLS(p, u)
		}
		e.connections(p, u)
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
	for _, of := range found.ofPorts() {
		if tls := of.TLS; tls != nil && (tls.Mode == "SIMPLE" || tls.SNI != "" || tls.CACertificates != "") {
			return true
		}
	}
	return p.Injector != nil && strings.Contains(p.Injector.Templates[p.target.Name], mesh.CASecret)
}

// rule is a DestinationRule that counts for a host.
type rule struct{ *mesh.DestinationRule }

// policy gives the settings for a port, and where they stand in the object; nil is none, as
// without a rule. Those of a port replace those of the host
// (pilot/pkg/model/destination_rule.go, MergeTrafficPolicy).
func (r *rule) policy(port int) (*mesh.TrafficPolicy, string) {
	const path = "/spec/trafficPolicy"
	if r == nil {
		return nil, path
	}
	if i := r.ofPort(port); i >= 0 {
		return &r.Policy.Ports[i], fmt.Sprintf("%s/portLevelSettings/%d", path, i)
	}
	return r.Policy, path
}

// ofPort is where the settings of a port are among those of ports; -1 is nowhere.
func (r *rule) ofPort(port int) int {
	return slices.IndexFunc(r.ofPorts(), func(p mesh.TrafficPolicy) bool { return p.Port.Number == port })
}

func (r *rule) ofPorts() []mesh.TrafficPolicy {
	if r.Policy == nil {
		return nil
	}
	return r.Policy.Ports
}

// at gives the TLS settings for a port; nil is none.
func (r *rule) at(port int) *mesh.TLS {
	if policy, _ := r.policy(port); policy != nil {
		return policy.TLS
	}
	return nil
}

// path is where the TLS settings for a port stand in the object.
func (r *rule) path(port int) string {
	_, path := r.policy(port)
	return path + "/tls"
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
	pods, ruleOf := map[*mesh.DestinationRule][]*mesh.Pod{}, e.ruleOfEach(p)
	for _, pod := range p.pods {
		d := ruleOf(pod)
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

// ruleOfEach gives what finds the DestinationRule that a pod of the plane follows.
func (e *examination) ruleOfEach(p *plane) func(*mesh.Pod) *mesh.DestinationRule {
	ofNamespace := map[string]*mesh.DestinationRule{}
	for _, namespace := range namespacesOf(p.pods) {
		ofNamespace[namespace] = e.ruleFor(p, namespace)
	}
	return func(pod *mesh.Pod) *mesh.DestinationRule {
		return cmp.Or(e.ruleOfPod(p, pod), ofNamespace[pod.Namespace])
	}
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
// namespace (pilot/pkg/model/push_context.go, destinationRule).
func (e *examination) ruleFor(p *plane, client string) *mesh.DestinationRule {
	own := e.closest(p, client, func(d *mesh.DestinationRule) bool { return !d.Targeted && local(p, d) })
	return cmp.Or(own, e.exported(p, p.dest.namespace(), client), e.exported(p, p.RootNamespace(), client))
}

// local tells whether a rule is one of those that come first for the proxies of its
// own namespace. In the root namespace these are only rules that nobody else sees.
func local(p *plane, d *mesh.DestinationRule) bool {
	if d.Namespace == p.RootNamespace() {
		return d.Targeted || private(p, d)
	}
	return d.Targeted || sees(exportTo(p, d), d.Namespace)
}

// ruleOfPod finds the DestinationRule that counts for a pod by its labels: one of
// the pod's namespace, of whose rules none for all pods has a host that fits closer
// (pilot/pkg/model/sidecar.go, SidecarScope.DestinationRule).
func (e *examination) ruleOfPod(p *plane, pod *mesh.Pod) *mesh.DestinationRule {
	ofPod := e.closest(p, pod.Namespace, func(d *mesh.DestinationRule) bool {
		return d.Targeted && mesh.Selects(d.Selector, pod.Labels)
	})
	ofAll := e.closest(p, pod.Namespace, func(d *mesh.DestinationRule) bool { return !d.Targeted && local(p, d) })
	if ofPod != nil && ofAll != nil && closeness(ofAll, p.dest.fqdn()) > closeness(ofPod, p.dest.fqdn()) {
		return nil
	}
	return ofPod
}

// exported finds the rule of a namespace that proxies of another follow. The one
// whose host fits closest hides others from them, even if they do not see it.
func (e *examination) exported(p *plane, namespace, client string) *mesh.DestinationRule {
	shared := func(d *mesh.DestinationRule) bool { return !d.Targeted && !private(p, d) }
	best := e.closest(p, namespace, shared)
	theirs := e.closest(p, namespace, func(d *mesh.DestinationRule) bool {
		to := exportTo(p, d)
		return shared(d) && (slices.Contains(to, "*") || client != "" && slices.Contains(to, client))
	})
	if theirs != nil && closeness(theirs, p.dest.fqdn()) < closeness(best, p.dest.fqdn()) {
		return nil
	}
	return theirs
}

// closest finds the rule of a namespace whose host fits closest. Of those with the
// same host it is the oldest that has a policy.
func (e *examination) closest(p *plane, namespace string, counts func(*mesh.DestinationRule) bool) *mesh.DestinationRule {
	var best *mesh.DestinationRule
	closest := -1
	for i := range e.DestinationRules {
		d := &e.DestinationRules[i]
		if d.Namespace != namespace || !p.Heeds(d.Meta) || !counts(d) {
			continue
		}
		fits := closeness(d, p.dest.fqdn())
		if fits > closest || best != nil && fits == closest && best.Policy == nil && d.Policy != nil {
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
	if e.masks(r) {
		return finding.Advise("delete this one, or move what else it sets to this release's DestinationRule: of two with the same host Istio uses the older")
	}
	if r.Namespace == p.dest.namespace() || r.Namespace == p.RootNamespace() {
		return e.restore()
	}
	return finding.Advise("add a copy of this release's DestinationRule to the namespace of this one, which Istio prefers there, " +
		"or delete this one if nothing else needs it")
}

// masks tells whether a rule of another owner counts in the place of the chart's, which is
// in the same namespace and for the same host.
func (e *examination) masks(r *rule) bool {
	return !e.Ours(r.Meta) && slices.ContainsFunc(e.DestinationRules, func(d mesh.DestinationRule) bool {
		return d.Namespace == r.Namespace && d.Host == r.Host && e.Ours(d.Meta)
	})
}

// exactly is how closely a host without a wildcard fits.
const exactly = 1 << 10

// closeness tells how closely a rule's host fits a name: -1 is not at all, and
// an exact name is closer than any wildcard. Istio completes a host without a dot
// alone (pilot/pkg/model/config.go, ResolveShortnameToFQDN).
func closeness(d *mesh.DestinationRule, name string) int {
	host := d.Host
	if suffix, found := strings.CutPrefix(host, "*"); found {
		if strings.HasSuffix(name, suffix) {
			return len(suffix)
		}
		return -1
	}
	if i := strings.Index(name, ".svc."); !strings.Contains(host, ".") {
		host += "." + d.Namespace + name[max(i, 0):]
	}
	if host == name {
		return exactly
	}
	return -1
}
