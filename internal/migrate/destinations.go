package migrate

import (
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

// destinations gives the places that tracing of any kind sends to: extension
// providers and the proxies' own tracer.
func (m *migration) destinations() []destination {
	var all []destination
	named := m.namedProviders()
	for _, d := range m.documents {
		m.eachScope(d, func(sc scope, base site) {
			switch {
			case sc.Unread != "":
			case sc.Rows == "meshConfig":
				for _, s := range below(base, "extensionProviders[]") {
					if !m.usage.uses(textAt(s.Value, "name")) {
						continue
					}
					all = append(all, m.providerDestinations(s.Value, named)...)
				}
				all = append(all, m.tracerDestinations(at(base.Value, "defaultConfig.tracing"), "")...)
			case sc.Rows == "values":
				if tracer := textAt(base.Value, "global.proxy.tracer"); tracer != "" {
					all = append(all, m.tracerDestinations(at(base.Value, "global.tracer"), tracer)...)
				} else if address := textAt(base.Value, "global.tracer.zipkin.address"); address != "" {
					all = append(all, destinationOf(address))
				}
			}
		})
	}
	return all
}

// providerDestinations gives where one extension provider sends to. One that
// names no service counts only where it is used: Istio's own mesh config has a
// provider for Stackdriver. One that sends the token sends to LightStep, and
// to no collector.
func (m *migration) providerDestinations(provider *yaml.Node, named map[string]bool) []destination {
	var all []destination
	for _, kind := range m.table.Providers {
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
func (m *migration) tracerDestinations(tracers *yaml.Node, selected string) []destination {
	var all []destination
	for _, kind := range m.table.Tracers {
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
func (m *migration) namedProviders() map[string]bool {
	named := map[string]bool{}
	for _, d := range m.documents {
		if d.is("Telemetry") {
			for _, s := range sites(d.root, "spec.tracing[].providers[]") {
				named[textAt(s.Value, "name")] = true
			}
		}
		m.eachScope(d, func(sc scope, base site) {
			if sc.Rows == "meshConfig" {
				for _, s := range below(base, "defaultProviders.tracing[]") {
					named[yamltree.Text(s.Value)] = true
				}
			}
		})
	}
	return named
}
