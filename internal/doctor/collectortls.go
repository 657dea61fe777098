package doctor

import (
	"slices"
	"strconv"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// collectorTLS finds TLS that a collector does not support, and a collector that does
// not accept plaintext.
func (e *examination) collectorTLS(p *plane, found ruleInUse) {
	if p.dest.collector == nil {
		return
	}
	tls := found.at(p.dest.port)
	if tls == nil {
		if !p.Config.AutoMutual() && e.accepts(p) == "mutual TLS" {
			e.notMutual(p, found)
		}
		return // Istio uses what the collector supports
	}
	id := ""
	switch accepts := e.accepts(p); tls.Mode {
	case "ISTIO_MUTUAL":
		if accepts == "plaintext" {
			id = "LS-ROUTE-MTLS"
		}
	case "SIMPLE", "MUTUAL":
		// The receivers of the chart's collectors have no TLS of their own; others may.
		if p.dest.collector.IsCollector() || accepts == "plaintext" && tls.Mode == "MUTUAL" {
			id = "LS-ROUTE-MTLS"
		}
	default:
		if accepts == "mutual TLS" {
			id = "LS-ROUTE-PLAINTEXT"
		}
	}
	if id != "" {
		e.add(id, subject("destinationrule", found.Ref), found.Created, finding.Facts{
			"rule": found.String(), "mode": tls.Mode, "host": p.dest.fqdn(), "share": found.share, "patch": e.mendRule(p, found.rule),
		})
	}
}

// notMutual tells of proxies that use plaintext because nothing tells them otherwise.
func (e *examination) notMutual(p *plane, found ruleInUse) {
	facts := finding.Facts{"rule": "no DestinationRule sets", "host": p.dest.fqdn(), "share": found.share, "patch": e.restore()}
	if found.rule == nil {
		e.add("LS-ROUTE-AUTO-MTLS", "host "+p.dest.fqdn(), time.Time{}, facts)
		return
	}
	facts["rule"], facts["name"], facts["namespace"] = "DestinationRule "+found.String()+" does not set", found.Name, found.Namespace
	switch {
	case closeness(found.DestinationRule, p.dest.fqdn()) < exactly:
		facts["patch"] = e.mendRule(p, found.rule)
	case found.ofPort(p.dest.port) >= 0:
		facts["patch"] = finding.Advise("set tls.mode to ISTIO_MUTUAL in its settings of this port")
	default:
		facts["patch"] = finding.NewCommand("kubectl patch destinationrule {name} --namespace {namespace} --type=merge --patch "+
			`'{"spec":{"trafficPolicy":{"tls":{"mode":"ISTIO_MUTUAL"}}}}'`, facts)
	}
	e.add("LS-ROUTE-AUTO-MTLS", subject("destinationrule", found.Ref), found.Created, facts)
}

// accepts says what the sidecars of a collector take from proxies: plaintext, mutual
// TLS, or both; empty if there are no pods to tell. It is plaintext without a sidecar
// that guards the port in each of its pods.
func (e *examination) accepts(p *plane) string {
	c := p.dest.collector
	if len(c.pods) == 0 || p.dest.service == nil {
		return ""
	}
	port, _ := e.targetPort(p)
	if slices.ContainsFunc(c.pods, func(pod *mesh.Pod) bool { return !pod.Guards(port) }) {
		return "plaintext"
	}
	switch e.peerMode(p, c, port) {
	case "STRICT":
		return "mutual TLS"
	case "DISABLE":
		return "plaintext"
	default:
		return "both"
	}
}

// peerMode is the mode of the PeerAuthentications that count for the collector's port:
// of its labels, or else of its namespace, or else of the root namespace
// (pilot/pkg/security/authn, ComposePeerAuthentication).
func (e *examination) peerMode(p *plane, c *collector, port int) string {
	oldest := func(counts func(*mesh.PeerAuthentication) bool) (mode string) {
		for i := range e.PeerPolicies {
			if a := &e.PeerPolicies[i]; p.Heeds(a.Meta) && counts(a) {
				if mode = a.Ports[strconv.Itoa(port)]; len(a.Selector) > 0 && set(mode) {
					return mode
				}
				return a.Mode
			}
		}
		return ""
	}
	for _, mode := range []string{
		oldest(func(a *mesh.PeerAuthentication) bool {
			return a.Namespace == c.Namespace && a.Namespace != p.RootNamespace() && len(a.Selector) > 0 && mesh.Selects(a.Selector, c.PodLabels)
		}),
		oldest(func(a *mesh.PeerAuthentication) bool {
			return a.Namespace == c.Namespace && a.Namespace != p.RootNamespace() && len(a.Selector) == 0
		}),
		oldest(func(a *mesh.PeerAuthentication) bool { return a.Namespace == p.RootNamespace() && len(a.Selector) == 0 }),
	} {
		if set(mode) {
			return mode
		}
	}
	return "PERMISSIVE"
}

func set(mode string) bool { return mode != "" && mode != "UNSET" }
