package migrate

import (
	"cmp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
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
}

// findProviders looks for extension providers that send to LightStep.
func (f *facts) findProviders() {
	for _, m := range f.meshes {
		for _, s := range below(m.site, "extensionProviders[]") {
			p := &provider{document: m.document, site: s, name: textAt(s.Value, "name")}
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
	toCollector := len(f.toLightStep) > 0 && f.leadsToLightStep(destination{p.service, p.namespace})
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

// at gives a place below the provider's settings.
func (p *provider) at(path string) site {
	found := below(p.site, p.key+"."+path)
	if len(found) == 0 {
		return p.site
	}
	return found[0]
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
