package migrate

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// destination is a place in the cluster that the mesh sends spans to. Without a
// service it is somewhere else, such as LightStep's own address.
type destination struct{ service, namespace string }

// destinationOf gives the destination that a provider's service names, or an
// address.
func destinationOf(host string) destination {
	before, after, found := strings.Cut(host, "/")
	if found {
		host = after
	}
	host, _, _ = strings.Cut(host, ":")
	service, namespace := hostOf(host)
	if namespace == "" && found {
		namespace = before
	}
	return destination{service, namespace}
}

// hostOf splits the host of a service within the cluster into the names of the
// Service and its namespace; the latter is empty where the host does not tell.
func hostOf(host string) (service, namespace string) {
	parts := strings.Split(host, ".")
	if len(parts) == 2 || len(parts) > 2 && slices.Contains([]string{"svc", "cluster"}, parts[2]) {
		return parts[0], parts[1]
	}
	return host, ""
}

// sameNamespace tells whether two namespaces may be one; that of a document may
// be left to kubectl.
func sameNamespace(a, b string) bool { return a == "" || b == "" || a == b }

// destinations gives the places that tracing of any kind sends to: extension
// providers and the proxies' own tracer.
func (f *facts) destinations() []destination {
	var all []destination
	named := f.namedProviders()
	for _, m := range f.meshes {
		for _, s := range below(m.site, "extensionProviders[]") {
			if f.usage.uses(textAt(s.Value, "name")) {
				all = append(all, f.providerDestinations(s.Value, named)...)
			}
		}
		all = append(all, f.tracerDestinations(at(m.site.Value, "defaultConfig.tracing"), "")...)
	}
	for _, d := range f.documents {
		for _, p := range d.placed {
			if p.scope.Rows != "values" || p.scope.Unread != "" {
				continue
			}
			if tracer := textAt(p.base.Value, "global.proxy.tracer"); tracer != "" {
				all = append(all, f.tracerDestinations(at(p.base.Value, "global.tracer"), tracer)...)
			} else if address := textAt(p.base.Value, "global.tracer.zipkin.address"); address != "" {
				all = append(all, destinationOf(address))
			}
		}
	}
	return all
}

// providerDestinations gives where one extension provider sends to. One that
// names no service counts only where it is used: Istio's own mesh config has a
// provider for Stackdriver. One that sends the token sends to LightStep, and
// to no collector.
func (f *facts) providerDestinations(provider *yaml.Node, named map[string]bool) []destination {
	var all []destination
	for _, kind := range f.Providers {
		settings := at(provider, kind)
		if settings == nil {
			continue
		}
		service := textAt(settings, "service")
		switch {
		case kind == "lightstep" || header(settings) != nil:
			all = append(all, destination{})
		case service != "" || named[textAt(provider, "name")]:
			all = append(all, destinationOf(service))
		}
	}
	return all
}

// tracerDestinations gives where the proxies' own tracer sends to; of several
// that are configured, the selected one alone where that is said.
func (f *facts) tracerDestinations(tracers *yaml.Node, selected string) []destination {
	var all []destination
	for _, kind := range f.Tracers {
		settings := at(tracers, kind)
		address := textAt(settings, "address")
		switch {
		case settings == nil || selected != "" && !strings.EqualFold(kind, selected):
		case kind == "lightstep":
			if address != "" {
				all = append(all, destination{})
			}
		case address != "" || kind == "stackdriver":
			all = append(all, destinationOf(address))
		}
	}
	return all
}

// namedProviders gives the names of the providers that Telemetries and
// defaultProviders name for spans.
func (f *facts) namedProviders() map[string]bool {
	named := map[string]bool{}
	for _, d := range f.documents {
		if d.is("Telemetry") {
			for _, s := range sites(d.root, "spec.tracing[].providers[]") {
				named[textAt(s.Value, "name")] = true
			}
		}
	}
	for _, m := range f.meshes {
		for _, s := range below(m.site, "defaultProviders.tracing[]") {
			named[yamltree.Text(s.Value)] = true
		}
	}
	return named
}
