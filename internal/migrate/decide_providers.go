package migrate

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// role is what a provider of LightStep's is to the mesh.
type role int

const (
	chosen    role = iota // its settings become the values
	unused                // nothing names it
	elsewhere             // a namespace or a workload sends by it to another place
)

// chooseProviders decides whether spans are sent to LightStep, and which
// providers' settings become the values: those of the one that the mesh sends by.
// What nothing uses is no reason to move anything.
func (m *decisions) chooseProviders() {
	name := m.chosenName(m.usage)
	var chief *provider
	for _, p := range m.providers {
		if p.name == name {
			chief = p
		}
	}
	for _, p := range m.providers {
		m.roles[p] = m.roleOf(p, chief)
		if m.roles[p] != elsewhere {
			m.taken[p.name] = true
		}
	}
	m.lightstep = chief != nil || m.configured
	m.leftover = !m.lightstep && len(m.providers) > 0
	m.workloads = m.ofWorkloads && !m.ofMesh && chief == nil && len(m.toLightStep) == 0
	if m.partial = m.workloads; m.workloads && m.to.old() {
		m.lightstep = false // the proxies of that Istio read their own configuration as before
	}
	if chief != nil && m.usage.mesh != nil && !slices.Contains(m.usage.mesh, name) {
		m.partial = true
		m.know(chief.document, chief.site, "telemetry.enabled", false, 50)
		m.note(m.meshElsewhere(m.usage, chief))
	}
}

// roleOf decides what a provider is to the mesh, of which chief is the chosen one.
func (m *decisions) roleOf(p, chief *provider) role {
	switch {
	case chief != nil && (p.name == chief.name || p.sameAs(chief)):
		return chosen
	case m.usage.known() && m.usage.uses(p.name):
		return elsewhere
	case chief != nil && !m.usage.known():
		m.tell(p.document, ByHand, p.site, "", "several providers send to LightStep, and nothing here tells which of them the mesh uses; the values are those of "+
			shown(chief.name)+". Where it is "+shown(p.name)+", give the Telemetry or the defaultProviders that name it too")
	}
	return unused
}

// chosenName gives the name of the provider whose settings become the values;
// "" where none of LightStep's is used.
func (m *decisions) chosenName(u usage) string {
	known := func(name string) bool {
		return slices.ContainsFunc(m.providers, func(p *provider) bool { return p.name == name })
	}
	for _, name := range u.mesh {
		if known(name) {
			return name
		}
	}
	last, behind := "", ""
	for _, p := range m.providers {
		switch {
		case u.uses(p.name):
			last = p.name
		case slices.Contains(u.behind, p.name):
			behind = p.name
		}
	}
	return cmp.Or(last, behind)
}

// meshElsewhere tells that the mesh sends elsewhere, and that the chart would
// take that over.
func (m *decisions) meshElsewhere(u usage, chief *provider) Finding {
	f := u.place
	f.Outcome = ByHand
	if u.of[chief.name] == nil {
		f.Text = "the mesh sends its spans by " + shownAll(u.mesh) + ": of several providers Istio takes the first, so none go to LightStep by " + shown(chief.name) + "; " +
			"a Telemetry of the chart would be for the whole mesh and take its place, so the values have it create none: name " + release + " in a Telemetry of what is to send to LightStep"
		return f
	}
	f.Outcome = Left
	f.Text = "the mesh sends its spans by " + shownAll(u.mesh) + ", and to LightStep by " + shown(chief.name) + " only what a narrower Telemetry names; " +
		"a Telemetry of the chart would be for the whole mesh and take its place, so the values have it create none, and a step names " + release + " in the narrower Telemetry"
	return f
}

// leave tells of a provider that is not the chosen one, and takes out one that
// nothing uses.
func (m *decisions) leave(p *provider) {
	d, token := p.token()
	literal := token.Value != nil && token.Value.Kind == yaml.ScalarNode && yamltree.Text(token.Value) != ""
	if literal {
		m.hide(yamltree.Text(token.Value))
	}
	if m.roles[p] == elsewhere {
		why := "this provider sends to another place, and " + m.usage.of[p.name].describe() + " uses it; one release of the chart sends to one place: " +
			"it is not changed, and no value is taken from it. Decide where these spans are to go"
		if p.kind == "lightstep" {
			why += " before an istiod of 1.27 or newer runs, which crashes on a provider of kind lightstep"
		}
		m.tell(p.document, ByHand, p.site, "", why)
		return
	}
	if literal && m.standsFor(yamltree.Text(token.Value), true) == "" {
		m.rotate(d.found(Rotate, token))
	}
	m.tell(p.document, Dropped, p.site, "", "unused: nothing here names it, and no value is taken from it")
	m.removeProvider(p)
}

// takeProviders reads the providers and takes them out.
func (m *decisions) takeProviders() {
	m.findRunning()
	for _, p := range m.providers {
		if m.roles[p] != chosen {
			m.leave(p)
			continue
		}
		m.plan.kind = p.kind
		switch p.kind {
		case "ours":
			if p.document.is("ConfigMap") || p.document.is("meshConfig") && p.document.prefix != "" {
				break
			}
			m.keepOthers(p, "meshConfig.shared", "controlPlane.extensionProviders")
		case "collector":
			m.tell(p.document, ByHand, p.site, "", m.afterCollector(p.host, destination{service: p.service, namespace: p.namespace}))
		default:
			m.takeAddress(p)
			m.takeToken(p)
		}
		if tag := textAt(p.settings, "maxTagLength"); tag != "" {
			d, s := p.at("maxTagLength")
			m.tell(d, Dropped, s, "", "the chart has no value for it; Istio's default length applies")
		}
		m.nameSettings(p)
		m.takeMisplacedTLS(p)
		m.tell(p.document, Dropped, p.site, "", "the chart makes a provider of its own, "+release)
		m.removeProvider(p)
	}
	m.nameLaterParts()
	m.takeDefaultProviders()
}

// removeProvider takes out a provider and what flags and parameters set of it.
func (m *decisions) removeProvider(p *provider) {
	m.remove(p.document, p.site)
	for _, over := range p.parts {
		m.tell(over.document, Dropped, over.site, "", "it is part of provider "+shown(p.name)+" of "+terminal.Safe(p.document.Name))
		m.remove(over.document, over.site)
	}
}

// nameLaterParts names flags and parameters that set items of a list from which an
// earlier item goes.
func (m *decisions) nameLaterParts() {
	if len(m.parts)+len(m.added) == 0 {
		return
	}
	first := map[*yaml.Node]int{}
	for _, p := range m.providers {
		if m.roles[p] == elsewhere || p.site.Up == nil {
			continue
		}
		i := slices.Index(p.site.Up.Value.Content, p.site.Value)
		if before, known := first[p.site.Up.Value]; !known || i < before {
			first[p.site.Up.Value] = i
		}
	}
	for _, s := range slices.Concat(m.parts, m.added) {
		if before, known := first[s.list]; known && before < s.index {
			m.tell(s.document, ByHand, s.site, "", fmt.Sprintf("this sets item %d of a list of which item %d goes: number it anew", s.index, before))
		}
	}
}

// nameSettings names what a provider has that no Istio reads, and what one of
// OpenTelemetry's has that the chart's own does not.
func (m *decisions) nameSettings(p *provider) {
	if p.key == "lightstep" {
		for _, s := range below(p.site, "lightstep.*") {
			if !slices.Contains(m.LightStepKeys, yamltree.Camel(s.Key.Value)) {
				m.hideBelow(s.Key.Value, s.Value)
				m.tell(p.document, ByHand, s, "", "no Istio reads this key of a provider, and no value is taken from it")
			}
		}
	}
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

// takeAddress makes the satellite's address of a provider's service and port,
// by its ServiceEntry where there is one.
func (m *decisions) takeAddress(p *provider) {
	to := m.through(p)
	host, port := to.host, to.port
	if p.kind == "direct" && at(p.settings, "http") != nil {
		d, s := p.at("http")
		m.tell(d, ByHand, s, "", "it used OTLP over HTTP; the chart uses OTLP over gRPC: check that "+host+":"+port+" accepts it")
	}
	d, s := p.at("service")
	switch {
	case host == "":
	case port == "":
		m.tell(d, ByHand, s, valueAddress, "no port is set for "+shown(host)+": set the address as host:port")
	default:
		if to.entry != nil && (host != p.host || port != p.port) {
			m.tell(to.entry, Moved, to.entry.whole(""), "", "the address is what this leads to: "+shown(to.address()))
		}
		m.know(d, s, valueAddress, to.address(), 50)
	}
	if p.kind == "direct" && slices.Contains(m.to.row.Deliveries, "direct") && m.to.backend == nil && !m.plane.managed {
		m.takeDirect(p)
	}
	m.takeRule(p)
}

// takeDirect has proxies send to LightStep themselves as before, where the Istio that runs takes
// the chart's provider for that: the steps have the chart fit it before they upgrade. What a
// header over gRPC needs is of the same version.
func (m *decisions) takeDirect(p *provider) {
	if m.runs == "" && (m.runsNamed || at(p.settings, "http") == nil) {
		m.know(p.document, p.site, "delivery", "direct", 50)
		return
	}
	since := "proxies sent to LightStep themselves, which the chart has for Istio " + m.to.direct.Minor() + " and newer, and "
	if m.runs == "" {
		since += "nothing here says which Istio runs: the values have collectors, which each Istio takes. If " + m.to.direct.Minor() + " or newer runs, you can set it to direct now. If not, set it"
	} else {
		since += m.runs + " runs: the values have collectors, which each Istio takes. To have proxies send themselves again, set it"
	}
	m.tell(p.document, ByHand, p.site, "delivery", since+" to direct after the last step")
}

// takeToken takes the access token of a provider, or the Secret that istiod's
// environment has it from.
func (m *decisions) takeToken(p *provider) {
	if p.kind == "lightstep" {
		if d, s := p.at("accessToken"); s.Value != p.site.Value {
			m.hide(yamltree.Text(s.Value))
			m.know(d, s, "global.tracer.lightstep.accessToken", yamltree.Text(s.Value), 50)
		}
		return
	}
	if p.header == nil {
		return
	}
	if value := at(p.header, "value"); value != nil {
		m.hide(yamltree.Text(value))
		d, s := p.token()
		m.know(d, s, "global.tracer.lightstep.accessToken", yamltree.Text(value), 50)
	}
	if name := textAt(p.header, "envName"); name != "" {
		m.takeVariable(name)
	}
}

// takeVariable finds the Secret behind a variable of istiod's.
func (m *decisions) takeVariable(name string) {
	for _, v := range m.environ[name] {
		d, s := v.document, v.site
		if value := v.text(); value != nil {
			m.hide(yamltree.Text(value))
			m.know(d, s, valueToken, yamltree.Text(value), 40)
		}
		if secret := textAt(s.Value, "valueFrom.secretKeyRef.name"); secret != "" {
			m.know(d, s, valueTokenFrom, secret, 40)
			m.know(d, s, valueTokenKey, textAt(s.Value, "valueFrom.secretKeyRef.key"), 40)
		}
		if who := m.variableUser(v, name); who != "" {
			m.tell(d, Left, s, "", who+" uses the variable "+shown(name)+" too, so it is not changed")
			continue
		}
		m.remove(d, s)
	}
	for _, v := range m.patched[name] {
		d, s := v.document, v.site
		if token := textAt(v.entry, "value"); token != "" {
			m.hide(token)
			m.know(d, s, valueToken, token, 39)
		}
		if secret := textAt(v.entry, "valueFrom.secretKeyRef.name"); secret != "" {
			m.know(d, s, valueTokenFrom, secret, 39)
			m.know(d, s, valueTokenKey, textAt(v.entry, "valueFrom.secretKeyRef.key"), 39)
		}
		m.tell(d, ByHand, s, "", "this sets istiod's variable "+shown(name)+", which the provider's header names, and is not changed: once the provider is gone, take the variable out of it")
	}
}

// variableUser tells what else uses a variable of istiod's, which a provider that
// goes has the token from; "" where nothing does.
func (m *decisions) variableUser(v variableSite, name string) string {
	for _, use := range m.headersOf[name] {
		if !slices.ContainsFunc(m.providers, func(p *provider) bool {
			return p.header != nil && at(p.header, "envName") == use.node && m.roles[p] != elsewhere
		}) {
			return "provider " + shown(use.provider)
		}
	}
	expanded := regexp.MustCompile(`\$(\(` + regexp.QuoteMeta(name) + `\)|\{` + regexp.QuoteMeta(name) + `\b|` + regexp.QuoteMeta(name) + `\b)`)
	found := false
	eachScalar(v.document.outermost().root, func(n *yaml.Node) { found = found || expanded.MatchString(n.Value) })
	if found {
		return "another setting of " + v.document.Name
	}
	return ""
}

// takeMisplacedTLS reads tlsSettings that someone put into a provider, where
// Istio reads none.
func (m *decisions) takeMisplacedTLS(p *provider) {
	d, s := p.at("tlsSettings")
	if s.Value == p.site.Value {
		return
	}
	m.tell(d, Dropped, s, "", "a provider has no tlsSettings, and Istio ignored them; what they say was taken for what is meant")
	if mode := textAt(s.Value, "mode"); mode != "" {
		m.know(d, s, "global.tracer.lightstep.secure", !strings.EqualFold(mode, "DISABLE"), 3)
	}
	if ca := textAt(s.Value, "caCertificates"); ca != "" {
		m.know(d, s, "global.tracer.lightstep.cacertPath", ca, 3)
	}
}

// takeDefaultProviders takes the names of what was taken out of
// defaultProviders.
func (m *decisions) takeDefaultProviders() {
	for _, d := range m.documents {
		for _, p := range d.placed {
			if p.scope.Rows != "meshConfig" {
				continue
			}
			for _, path := range []string{"defaultProviders.tracing[]", "defaultProviders.tracing"} {
				for _, s := range below(p.base, path) {
					if s.Value.Kind == yaml.ScalarNode && m.taken[yamltree.Text(s.Value)] {
						why, instead := "the chart's Telemetry names its own provider", !m.partial && len(m.kept) == 0
						if !instead {
							why = "this provider goes"
						}
						m.tell(d, Dropped, s, "", why)
						m.remove(d, s)
						if instead && slices.Contains(m.usage.mesh, yamltree.Text(s.Value)) {
							m.plan.defaultProvider = yamltree.Text(s.Value)
						}
					}
				}
			}
		}
	}
}

// keepOthers notes that our settings stand in the user's document, and that
// what else is in its list must come along, as Helm and istioctl replace lists.
func (m *decisions) keepOthers(p *provider, shared, list string) {
	m.know(p.document, p.site, shared, false, 50)
	if slices.ContainsFunc(m.claims, func(c claim) bool { return c.value == list && c.from == p.site.Up.Value }) {
		return
	}
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
