package doctor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// authorization finds AuthorizationPolicies by which the collector's sidecars reject
// the calls of proxies. What a policy asks of a call and nobody here knows, such as its
// address, is given the benefit of the doubt.
func (e *examination) authorization(p *plane) {
	c := p.dest.collector
	if c == nil || p.dest.service == nil {
		return
	}
	port, ok := e.targetPort(p)
	if !ok || !slices.ContainsFunc(c.pods, func(pod *mesh.Pod) bool { return pod.Guards(port) }) {
		return
	}
	allowing, denying := e.policiesFor(p, c)
	if len(allowing)+len(denying) == 0 {
		return
	}
	rejected, ruleOf := map[*mesh.AuthorizationPolicy][]*mesh.Pod{}, e.ruleOfEach(p)
	strict := e.accepts(p) == "mutual TLS"
	for _, pod := range p.pods {
		call := call{pod.Namespace, pod.ServiceAccount, strconv.Itoa(port), p.target.Path, identified(p, ruleOf(pod))}
		if strict && !call.known {
			continue // plaintext is refused before any policy; see collectorTLS
		}
		if a := call.rejectedBy(allowing, denying); a != nil {
			rejected[a] = append(rejected[a], pod)
		}
	}
	for _, a := range slices.Concat(denying, allowing) {
		if pods := rejected[a]; len(pods) > 0 {
			e.add("LS-ROUTE-AUTHORIZATION", subject("authorizationpolicy", a.Ref), a.Created, finding.Facts{
				"name": a.Name, "action": actionOf(a), "port": fmt.Sprint(port), "scope": scopeOf(pods), "patch": mendAuthorization(a, e.wider(a, c), port, namespacesOf(pods), identified(p, ruleOf(pods[0]))),
			})
		}
	}
}

// policiesFor are the policies of the collector's pods: of their namespace and of the
// root namespace.
func (e *examination) policiesFor(p *plane, c *collector) (allowing, denying []*mesh.AuthorizationPolicy) {
	for i := range e.Authorizations {
		a := &e.Authorizations[i]
		if a.Targeted || a.DryRun || !p.Heeds(a.Meta) || a.Namespace != c.Namespace && a.Namespace != p.RootNamespace() || !mesh.Selects(a.Selector, c.PodLabels) {
			continue
		}
		switch actionOf(a) {
		case "ALLOW":
			allowing = append(allowing, a)
		case "DENY":
			denying = append(denying, a)
		}
	}
	return allowing, denying
}

func actionOf(a *mesh.AuthorizationPolicy) string {
	if a.Action == "" {
		return "ALLOW"
	}
	return a.Action
}

// identified tells whether the collector's sidecar learns who calls, by mutual TLS,
// from proxies that follow a rule.
func identified(p *plane, d *mesh.DestinationRule) bool {
	tls := newRule(d).at(p.dest.port)
	if tls == nil {
		return p.Config.AutoMutual()
	}
	return tls.Mode == "ISTIO_MUTUAL" || tls.Mode == "MUTUAL"
}

// wider tells whether a policy applies to other pods than the collector's.
func (e *examination) wider(a *mesh.AuthorizationPolicy, c *collector) bool {
	return len(a.Selector) == 0 || slices.ContainsFunc(e.Pods, func(pod mesh.Pod) bool {
		return (pod.Namespace == a.Namespace || a.Namespace != c.Namespace) && mesh.Selects(a.Selector, pod.Labels) &&
			!slices.ContainsFunc(c.pods, func(own *mesh.Pod) bool { return own.Ref == pod.Ref })
	})
}

// mendAuthorization lets the proxies of namespaces in by a rule more, where policies say
// who is let in.
func mendAuthorization(a *mesh.AuthorizationPolicy, wider bool, port int, namespaces []string, identified bool) finding.Command {
	if actionOf(a) == "DENY" {
		return finding.Advise("add this port to notPorts of the rule that matches, so that it no longer denies the calls of proxies")
	}
	if wider { // a rule more would open the port of all pods that it applies to
		return finding.Advise("create an AuthorizationPolicy with action ALLOW for the collector's pods alone, in their namespace, with a rule for this port")
	}
	rule := map[string]any{"to": []any{map[string]any{"operation": map[string]any{"ports": []string{strconv.Itoa(port)}}}}}
	if identified {
		rule["from"] = []any{map[string]any{"source": map[string]any{"namespaces": namespaces}}}
	}
	facts := finding.Facts{"name": a.Name, "namespace": a.Namespace, "path": "/spec/rules/-", "value": finding.NewJSON(rule)}
	if len(a.Rules) == 0 {
		facts["path"], facts["value"] = "/spec/rules", finding.NewJSON([]any{rule})
	}
	return finding.NewCommand("kubectl patch authorizationpolicy {name} --namespace {namespace} --type=json --patch "+
		`'[{"op":"add","path":"{path}","value":{value}}]'`, facts)
}

// call is a proxy's call to a collector, as its sidecar sees it.
type call struct {
	namespace, account string
	port, path         string // the path is empty where it is not known
	known              bool   // who calls
}

// rejectedBy gives the policy that rejects the call: one that denies it, or the first
// of those that allow others alone.
func (c call) rejectedBy(allowing, denying []*mesh.AuthorizationPolicy) *mesh.AuthorizationPolicy {
	fits := func(least match) func(*mesh.AuthorizationPolicy) bool {
		return func(a *mesh.AuthorizationPolicy) bool {
			return slices.ContainsFunc(a.Rules, func(r mesh.AuthorizationRule) bool { return c.fits(r) >= least })
		}
	}
	if i := slices.IndexFunc(denying, fits(yes)); i >= 0 {
		return denying[i]
	}
	if len(allowing) == 0 || slices.ContainsFunc(allowing, fits(maybe)) {
		return nil
	}
	return allowing[0]
}

// match says whether a condition is true of a call.
type match int

const (
	no match = iota
	maybe
	yes
)

func matched(is bool) match {
	if is {
		return yes
	}
	return no
}

// fits tells whether a rule matches a call.
func (c call) fits(r mesh.AuthorizationRule) match {
	all := yes
	if len(r.From) > 0 {
		one := no
		for _, from := range r.From {
			one = max(one, c.hasAll(from.Source))
		}
		all = min(all, one)
	}
	if len(r.To) > 0 {
		one := no
		for _, to := range r.To {
			one = max(one, c.hasAll(to.Operation))
		}
		all = min(all, one)
	}
	for _, when := range r.When {
		if len(when.Values) > 0 {
			all = min(all, c.has(when.Key, when.Values))
		}
		if len(when.NotValues) > 0 {
			all = min(all, yes-c.has(when.Key, when.NotValues))
		}
	}
	return all
}

// hasAll tells whether all fields of a source or an operation match.
func (c call) hasAll(fields map[string][]string) match {
	all := yes
	for field, values := range fields {
		without, negated := strings.CutPrefix(field, "not")
		switch {
		case len(values) == 0:
		case negated:
			all = min(all, yes-c.has(strings.ToLower(without), values))
		default:
			all = min(all, c.has(field, values))
		}
	}
	return all
}

// has tells whether the call has one of the values of a field, or of a key of when.
func (c call) has(field string, values []string) match {
	switch field {
	case "namespaces", "source.namespace":
		return matched(c.known && some(values, c.namespace))
	case "principals", "source.principal":
		return c.principal(values)
	case "requestPrincipals", "requestprincipals", "request.auth.principal":
		return no // proxies send spans without a JWT
	case "ports", "destination.port":
		return matched(some(values, c.port))
	case "methods":
		return matched(some(values, "POST"))
	case "paths":
		switch {
		case c.path != "" && some(values, c.path):
			return yes
		case c.path != "" && !slices.ContainsFunc(values, func(path string) bool { return strings.Contains(path, "{*") }):
			return no // without a path template, {*} or {**}
		}
	}
	return maybe
}

func some(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return likes(pattern, text) })
}

// principal compares with TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT. In a policy
// cluster.local is the trust domain of the mesh, whatever its name.
func (c call) principal(patterns []string) match {
	if !c.known {
		return no
	}
	best := no
	for _, pattern := range patterns {
		own := "/ns/" + c.namespace + "/sa/" + c.account
		domain, rest, whole := strings.Cut(pattern, "/ns/")
		switch suffix, wild := strings.CutPrefix(pattern, "*"); {
		case pattern == "*" || wild && strings.HasSuffix(own, suffix):
			return yes
		case whole && domain == "cluster.local" && likes("/ns/"+rest, own):
			return yes
		case whole && !wild && likes("/ns/"+rest, own), strings.HasSuffix(pattern, "*") && !whole:
			best = maybe // of a trust domain that may be this mesh's
		}
	}
	return best
}

// likes compares as Istio does: exactly, by prefix*, by *suffix, or * for anything.
func likes(pattern, text string) bool {
	if pattern == "*" {
		return text != ""
	}
	if prefix, found := strings.CutSuffix(pattern, "*"); found {
		return strings.HasPrefix(text, prefix)
	}
	if suffix, found := strings.CutPrefix(pattern, "*"); found {
		return strings.HasSuffix(text, suffix)
	}
	return pattern == text
}
