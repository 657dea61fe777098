package migrate

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// liveUser is a kind of objects that may lead traffic to a host, or refer to a
// ServiceEntry, and its versions, the best first.
type liveUser struct {
	of     mesh.Resource
	served []string
}

var (
	ofIstio   = []string{"v1", "v1beta1", "v1alpha3"}
	ofGateway = []string{"v1", "v1beta1", "v1alpha3", "v1alpha2"}
)

// liveUsers are these kinds: of Istio, and of the Gateway API.
var liveUsers = []liveUser{
	{mesh.Resource{Group: "networking.istio.io", Name: "virtualservices", Kind: "VirtualService"}, ofIstio},
	{mesh.Resource{Group: "networking.istio.io", Name: "gateways", Kind: "Gateway"}, ofIstio},
	{mesh.Resource{Group: "networking.istio.io", Name: "sidecars", Kind: "Sidecar"}, ofIstio},
	{mesh.Resource{Group: "networking.istio.io", Name: "envoyfilters", Kind: "EnvoyFilter"}, ofIstio},
	{mesh.Resource{Group: "security.istio.io", Name: "authorizationpolicies", Kind: "AuthorizationPolicy"}, []string{"v1", "v1beta1"}},
	{mesh.Resource{Group: "security.istio.io", Name: "requestauthentications", Kind: "RequestAuthentication"}, []string{"v1", "v1beta1"}},
	{mesh.Resource{Group: "gateway.networking.k8s.io", Name: "gateways", Kind: "Gateway"}, ofGateway},
	{mesh.Resource{Group: "gateway.networking.k8s.io", Name: "httproutes", Kind: "HTTPRoute"}, ofGateway},
	{mesh.Resource{Group: "gateway.networking.k8s.io", Name: "grpcroutes", Kind: "GRPCRoute"}, ofGateway},
	{mesh.Resource{Group: "gateway.networking.k8s.io", Name: "tlsroutes", Kind: "TLSRoute"}, ofGateway},
	{mesh.Resource{Group: "gateway.networking.k8s.io", Name: "tcproutes", Kind: "TCPRoute"}, ofGateway},
}

// users reads what else may use the ServiceEntries and DestinationRules that
// were read: what names one of their hosts, or refers to a ServiceEntry, and
// Sidecars that let workloads send to known hosts alone. Without such a route
// there is nothing to keep.
func (r *liveReader) users(ctx context.Context) {
	if len(r.routed) == 0 {
		return
	}
	var names []string
	for host := range r.routed {
		names = append(names, host)
		for _, parent, found := strings.Cut(host, "."); found && strings.Contains(parent, "."); _, parent, found = strings.Cut(parent, ".") {
			names = append(names, "*."+parent)
		}
	}
	for _, user := range liveUsers {
		for _, o := range r.list(ctx, user.of, mesh.Query{}, user.served...) {
			text, err := json.Marshal(o.Spec)
			if err == nil && mayUse(strings.ToLower(string(text)), names) {
				r.add(o)
			}
		}
	}
}

// mayUse tells whether an object may use one of the hosts; Migrate looks closer.
func mayUse(text string, hosts []string) bool {
	if strings.Contains(text, `"registry_only"`) || strings.Contains(text, `"serviceentry"`) {
		return true
	}
	for _, host := range hosts {
		if strings.Contains(text, strings.ToLower(host)) {
			return true
		}
	}
	return false
}
