package doctor

import (
	"fmt"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
)

// fewest is the limit of exports at a time below which it is taken for one that was not
// made for spans. A proxy exports every five spans, from each of its threads; those that
// wait for an answer count.
const fewest = 10

// connections finds settings beside TLS with which spans do not arrive. A tracer calls the
// cluster itself: no listener, route or VirtualService counts, and there is no connection
// of a client from which Envoy would take an address or a protocol.
func (e *examination) connections(p *plane, found ruleInUse) {
	policy, path := found.policy(p.dest.port)
	if policy == nil {
		return
	}
	add := func(id, at, field string, facts finding.Facts) {
		facts["rule"], facts["name"], facts["namespace"] = found.String(), found.Name, found.Namespace
		facts["host"], facts["share"], facts["field"], facts["path"] = p.dest.fqdn(), found.share, field, at
		facts["patch"] = finding.NewCommand(`kubectl patch destinationrule {name} --namespace {namespace} --type=json --patch '[{"op":"remove","path":"{path}"}]'`, facts)
		if closeness(found.DestinationRule, p.dest.fqdn()) < exactly {
			facts["patch"] = e.mendRule(p, found.rule)
		}
		e.add(id, subject("destinationrule", found.Ref), found.Created, facts)
	}
	http := policy.ConnectionPool.HTTP
	proxyProtocol := found.Policy != nil && found.Policy.ProxyProtocol != nil
	switch c := p.dest.collector; {
	case policy.LoadBalancer.Simple == "PASSTHROUGH":
		add("LS-ROUTE-RULE-CONNECTION", path+"/loadBalancer/simple", "loadBalancer.simple to PASSTHROUGH",
			finding.Facts{"does": "by which a call goes to the address that a client asked for, and a tracer asks for none"})
	case http.UseClientProtocol && p.target.GRPC():
		add("LS-ROUTE-RULE-CONNECTION", path+"/connectionPool/http/useClientProtocol", "useClientProtocol",
			finding.Facts{"does": "by which a tracer's calls use HTTP/1.1, and gRPC requires HTTP/2"})
	case proxyProtocol && c != nil && c.IsCollector():
		add("LS-ROUTE-RULE-CONNECTION", "/spec/trafficPolicy/proxyProtocol", "proxyProtocol",
			finding.Facts{"does": "which the collector does not support"})
	}
	for _, limit := range []struct {
		field string
		is    int
	}{{"http2MaxRequests", http.MaxRequests}, {"http1MaxPendingRequests", http.MaxPending}} {
		if limit.is > 0 && limit.is < fewest {
			add("LS-ROUTE-RULE-LIMIT", path+"/connectionPool/http/"+limit.field, limit.field, finding.Facts{"limit": fmt.Sprint(limit.is)})
			return
		}
	}
}
