package migrate

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// tokenHeader is the gRPC metadata or HTTP header that carries the token.
const tokenHeader = "lightstep-access-token"

// release is the name of our release, and of what it makes.
const release = "istio-lightstep"

// provider is an extension provider that sends to LightStep.
type provider struct {
	document   *document
	site       site       // the item of the list
	parts      []part     // what flags and parameters set of it
	value      *yaml.Node // the item with these
	name       string
	kind       string // lightstep, direct, collector, or ours: through our own collector
	host, port string // the service it sends to
	service    string // within the cluster, its name and
	namespace  string // its namespace; empty where unknown
	within     string // the namespace that the service names; empty where it names none
	key        string // of the settings, such as opentelemetry
	settings   *yaml.Node
	header     *yaml.Node // the header that carries the token
	headerAt   yamltree.Path
}

// findProviders looks for extension providers that send to LightStep.
func (f *facts) findProviders() {
	partsOf, isPart := map[*yaml.Node][]part{}, map[*yaml.Node]bool{}
	for _, p := range f.parts {
		item := yamltree.Resolved(yamltree.Items(p.list)[p.index])
		partsOf[item], isPart[p.site.Value] = append(partsOf[item], p), true
	}
	for _, m := range f.meshes {
		for _, s := range below(m.site, "extensionProviders[]") {
			if isPart[s.Value] {
				continue
			}
			p := &provider{document: m.document, site: s, parts: partsOf[s.Value]}
			p.value = laidOver(s.Value, p.parts)
			p.name = textAt(p.value, "name")
			if f.recognise(p) {
				f.providers = append(f.providers, p)
				f.marked[m.document] = true
			}
		}
	}
}

// recognise tells whether a provider sends to LightStep, and how.
func (f *facts) recognise(p *provider) bool {
	for _, key := range f.Providers {
		if settings := at(p.value, key); settings != nil {
			p.key, p.settings = key, settings
		}
	}
	if p.settings == nil {
		return false
	}
	if p.key == "lightstep" {
		p.kind = "lightstep"
	}
	service := textAt(p.settings, "service")
	before, host, found := strings.Cut(service, "/")
	if found {
		service = host
	}
	written := endpointOf(service)
	p.host, p.port = written.host, cmp.Or(textAt(p.settings, "port"), written.port)
	if p.service, p.namespace = hostOf(p.host); p.namespace == "" && found {
		p.namespace = before
	}
	switch {
	case found:
		p.within = before
	case strings.HasPrefix(p.host, p.service+"."+p.namespace+".svc"):
		p.within = p.namespace
	}
	p.header, p.headerAt = header(p.settings)
	toCollector := len(f.toLightStep) > 0 && f.leadsToLightStep(destination{service: p.service, namespace: p.namespace})
	switch {
	case p.kind != "":
	case p.key != "opentelemetry": // a tracer of another kind, which only a collector takes
		if toCollector {
			p.kind = "collector"
		}
	case strings.Contains(p.host, collector.ServiceOf(release)):
		p.kind = "ours"
	case p.header != nil, strings.HasSuffix(p.host, "."+release+".internal"):
		p.kind = "direct"
	case toCollector:
		p.kind = "collector"
	case strings.Contains(p.host, "lightstep") && len(f.toLightStep) == 0:
		p.kind = "direct"
	}
	return p.kind != ""
}

// header gives the entry of a provider's headers that carries the token, and its
// place in the settings.
func header(settings *yaml.Node) (*yaml.Node, yamltree.Path) {
	for _, path := range []string{"grpc.initialMetadata[]", "http.headers[]"} {
		for _, s := range sites(settings, path) {
			if strings.EqualFold(textAt(s.Value, "name"), tokenHeader) {
				return s.Value, s.Path()
			}
		}
	}
	return nil, nil
}

// hasToken tells settings of which a header carries the token.
func hasToken(settings *yaml.Node) bool {
	found, _ := header(settings)
	return found != nil
}

// at gives a place below the provider's settings, and the document that it is in.
func (p *provider) at(path string) (*document, site) { return p.find(istioPath(p.key + "." + path)) }

// token gives the place of the access token, and the document that it is in. Without
// one that is the provider itself.
func (p *provider) token() (*document, site) {
	if p.header == nil {
		return p.at("accessToken")
	}
	value := at(p.header, "value")
	d, s := p.find(slices.Concat(istioPath(p.key), p.headerAt, istioPath("value")))
	if d == p.document && value != nil {
		s = site{Key: value, Value: value, Up: &p.site}
	}
	return d, s
}

// sameAs tells whether two providers send to the same place by the same token.
func (p *provider) sameAs(other *provider) bool {
	return other != nil && p.kind == other.kind && p.host == other.host && p.port == other.port && p.tokenText() == other.tokenText()
}

// tokenText gives the token, or the variable that holds it.
func (p *provider) tokenText() string {
	if p.header != nil {
		return textAt(p.header, "value") + "\x00" + textAt(p.header, "envName")
	}
	return textAt(p.settings, "accessToken")
}

// destination is a place in the cluster that the mesh sends spans to. Without a
// service it is somewhere else, such as LightStep's own address.
type destination struct {
	service, namespace string
	native             bool // in the protocol of LightStep's own tracer
}

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
	return destination{service: service, namespace: namespace}
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
		case kind == "lightstep" || hasToken(settings):
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
				all = append(all, f.nativeDestination(address))
			}
		case address != "" || kind == "stackdriver":
			all = append(all, destinationOf(address))
		}
	}
	return all
}

// nativeDestination gives where LightStep's own tracer sends to: satellites, or a
// collector in the cluster that takes what satellites do.
func (f *facts) nativeDestination(address string) destination {
	to := destinationOf(address)
	if to.native = true; to.namespace == "" {
		return destination{}
	}
	return to
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
