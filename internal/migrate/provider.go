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
	site       site // the item of the list
	name       string
	kind       string // lightstep, direct, collector, or ours: through our own collector
	host, port string // the service it sends to
	service    string // within the cluster, its name and
	namespace  string // its namespace; empty where unknown
	within     string // the namespace that the service names; empty where it names none
	key        string // of the settings, such as opentelemetry
	settings   *yaml.Node
	header     *yaml.Node // the header that carries the token
	role       role
}

// findProviders looks for extension providers that send to LightStep.
func (m *migration) findProviders() {
	for _, d := range m.documents {
		m.eachScope(d, func(sc scope, base site) {
			if sc.Rows != "meshConfig" || sc.Unread != "" {
				return
			}
			for _, s := range below(base, "extensionProviders[]") {
				p := &provider{document: d, site: s, name: textAt(s.Value, "name")}
				if m.recognise(p) {
					m.providers = append(m.providers, p)
					d.marked = true
				}
			}
		})
	}
}

// recognise tells whether a provider sends to LightStep, and how.
func (m *migration) recognise(p *provider) bool {
	for _, key := range m.table.Providers {
		if settings := at(p.site.Value, key); settings != nil {
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
	p.header = header(p.settings)
	toCollector := len(m.collectors) > 0 && m.leadsToLightStep(destination{p.service, p.namespace})
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
	case strings.Contains(p.host, "lightstep") && len(m.collectors) == 0:
		p.kind = "direct"
	}
	return p.kind != ""
}

// header gives the entry of a provider's headers that carries the token.
func header(settings *yaml.Node) *yaml.Node {
	for _, path := range []string{"grpc.initialMetadata[]", "http.headers[]"} {
		for _, s := range sites(settings, path) {
			if strings.EqualFold(textAt(s.Value, "name"), tokenHeader) {
				return s.Value
			}
		}
	}
	return nil
}

// takeProviders reads the providers and takes them out.
func (m *migration) takeProviders() {
	for _, p := range m.providers {
		if p.role != chosen {
			m.leave(p)
			continue
		}
		m.provider = p.kind
		switch p.kind {
		case "ours":
			if p.document.is("ConfigMap") || p.document.is("meshConfig") && p.document.prefix != "" {
				break
			}
			m.keepOthers(p, "meshConfig.shared", "controlPlane.extensionProviders")
		case "collector":
			m.collector = p.host
			m.tell(p.document, ByHand, p.site, "", m.afterCollector(p))
		default:
			m.takeAddress(p)
			m.takeToken(p)
		}
		if tag := textAt(p.settings, "maxTagLength"); tag != "" {
			m.tell(p.document, Dropped, p.at("maxTagLength"), "", "the chart has no value for it; Istio's own length holds")
		}
		m.nameSettings(p)
		m.takeMisplacedTLS(p)
		m.tell(p.document, Dropped, p.site, "", "the chart makes a provider of its own, "+release)
		p.document.remove(p.site)
	}
	m.takeDefaultProviders()
}

// nameSettings names what a provider of OpenTelemetry's has that the chart's
// own does not.
func (m *migration) nameSettings(p *provider) {
	if p.key != "opentelemetry" || p.kind == "ours" {
		return
	}
	var lost []string
	for _, path := range []string{"*", "grpc.*", "http.*"} {
		for _, s := range sites(p.settings, path) {
			if !slices.Contains([]string{"service", "port", "maxTagLength", "grpc", "http", "initialMetadata", "headers", "path", "tlsSettings"}, yamltree.Camel(s.Key.Value)) {
				lost = append(lost, s.Path().String())
			}
		}
	}
	for _, path := range []string{"grpc.initialMetadata[]", "http.headers[]"} {
		for _, s := range sites(p.settings, path) {
			if name := textAt(s.Value, "name"); !strings.EqualFold(name, tokenHeader) {
				lost = append(lost, "header "+name)
			}
			m.hide(textAt(s.Value, "value"))
		}
	}
	if len(lost) > 0 {
		m.tell(p.document, ByHand, p.site, "", "the chart's provider has no "+shownAll(lost)+": what these did ends with this one, so see whether it is needed")
	}
}

// at gives a place below the provider's settings.
func (p *provider) at(path string) site {
	found := below(p.site, p.key+"."+path)
	if len(found) == 0 {
		return p.site
	}
	return found[0]
}

// takeAddress makes the satellite's address of a provider's service and port,
// by its ServiceEntry where there is one.
func (m *migration) takeAddress(p *provider) {
	to := m.through(p)
	host, port := to.host, to.port
	if p.kind == "direct" && at(p.settings, "http") != nil {
		m.tell(p.document, ByHand, p.at("http"), "", "it spoke OTLP over HTTP; the chart speaks OTLP over gRPC: see that "+host+":"+port+" takes that")
	}
	switch {
	case host == "":
	case port == "":
		m.tell(p.document, ByHand, p.at("service"), valueAddress, "no port is set for "+shown(host)+": set the address as host:port")
	default:
		if to.entry != nil && (host != p.host || port != p.port) {
			m.tell(to.entry, Moved, to.entry.whole(""), "", "the address is what this leads to: "+shown(to.address()))
		}
		m.know(p.document, p.at("service"), valueAddress, to.address(), 50)
	}
	if p.kind == "direct" && slices.Contains(m.to.row.Deliveries, "direct") {
		m.know(p.document, p.site, "delivery", "direct", 50)
	}
	m.takeRule(p)
}

// takeToken takes the access token of a provider, or the Secret that istiod's
// environment has it from.
func (m *migration) takeToken(p *provider) {
	if p.kind == "lightstep" {
		if s := p.at("accessToken"); s.Value != p.site.Value {
			m.hide(yamltree.Text(s.Value))
			m.know(p.document, s, "global.tracer.lightstep.accessToken", yamltree.Text(s.Value), 50)
		}
		return
	}
	if p.header == nil {
		return
	}
	if value := at(p.header, "value"); value != nil {
		m.hide(yamltree.Text(value))
		m.know(p.document, site{Key: value, Up: &p.site}, "global.tracer.lightstep.accessToken", yamltree.Text(value), 50)
	}
	if name := textAt(p.header, "envName"); name != "" {
		m.takeVariable(name)
	}
}

// variables are where a control plane's document may set istiod's environment.
var variables = []string{
	"spec.values.pilot.envVarFrom[]", "pilot.envVarFrom[]", "spec.components.pilot.k8s.env[]", "envVarFrom[]",
}

// variableSite is where a document sets a variable of istiod's.
type variableSite struct {
	document *document
	site     site
}

// takeVariable finds the Secret behind a variable of istiod's.
func (m *migration) takeVariable(name string) {
	if m.environ == nil {
		m.environ = map[string][]variableSite{}
		for _, d := range m.documents {
			for _, path := range variables {
				for _, s := range sites(d.root, path) {
					called := textAt(s.Value, "name")
					m.environ[called] = append(m.environ[called], variableSite{d, s})
				}
			}
		}
	}
	for _, v := range m.environ[name] {
		d, s := v.document, v.site
		if value := at(s.Value, "value"); value != nil {
			m.hide(yamltree.Text(value))
			m.know(d, s, valueToken, yamltree.Text(value), 40)
		}
		if secret := textAt(s.Value, "valueFrom.secretKeyRef.name"); secret != "" {
			m.know(d, s, valueTokenFrom, secret, 40)
			m.know(d, s, "accessTokenFrom.key", textAt(s.Value, "valueFrom.secretKeyRef.key"), 40)
		}
		if who := m.sharedVariable(v, name); who != "" {
			m.tell(d, Left, s, "", who+" uses the variable "+shown(name)+" too, so it is not changed")
			continue
		}
		d.remove(s)
	}
}

// takeMisplacedTLS reads tlsSettings that someone put into a provider, where
// Istio reads none.
func (m *migration) takeMisplacedTLS(p *provider) {
	s := p.at("tlsSettings")
	if s.Value == p.site.Value {
		return
	}
	m.tell(p.document, Dropped, s, "", "a provider has no tlsSettings, and Istio ignored them; what they say was taken for what is meant")
	if mode := textAt(s.Value, "mode"); mode != "" {
		m.know(p.document, s, "global.tracer.lightstep.secure", !strings.EqualFold(mode, "DISABLE"), 3)
	}
	if ca := textAt(s.Value, "caCertificates"); ca != "" {
		m.know(p.document, s, "global.tracer.lightstep.cacertPath", ca, 3)
	}
}

// takeDefaultProviders takes the names of what was taken out of
// defaultProviders.
func (m *migration) takeDefaultProviders() {
	for _, d := range m.documents {
		m.eachScope(d, func(sc scope, base site) {
			if sc.Rows != "meshConfig" {
				return
			}
			for _, path := range []string{"defaultProviders.tracing[]", "defaultProviders.tracing"} {
				for _, s := range below(base, path) {
					if s.Value.Kind == yaml.ScalarNode && m.taken[yamltree.Text(s.Value)] {
						m.tell(d, Dropped, s, "", "the chart's Telemetry names its own provider")
						d.remove(s)
						m.defaultProvider = yamltree.Text(s.Value)
					}
				}
			}
		})
	}
}

// keepOthers notes that our settings stand in the user's document, and that
// what else is in its list must come along, as Helm and istioctl replace lists.
func (m *migration) keepOthers(p *provider, shared, list string) {
	m.know(p.document, p.site, shared, false, 50)
	if m.kept[p.site.Up.Value] {
		return
	}
	m.kept[p.site.Up.Value] = true
	var others []any
	for _, other := range p.site.Up.Value.Content {
		if v := yamltree.Value(other); v != nil && textAt(other, "name") != p.name {
			others = append(others, v)
		}
	}
	if len(others) > 0 {
		m.know(p.document, *p.site.Up, list, others, 50)
	}
}
