package migrate

import (
	"slices"

	"go.yaml.in/yaml/v3"

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
	last := ""
	for _, p := range m.providers {
		if u.uses(p.name) {
			last = p.name
		}
	}
	return last
}

// meshElsewhere tells that the mesh sends elsewhere, and that the chart would
// take that over.
func (m *decisions) meshElsewhere(u usage, chief *provider) Finding {
	f := u.place
	f.Outcome = ByHand
	f.Text = "the mesh sends its spans by " + shownAll(u.mesh) + ", and to LightStep by " + shown(chief.name) + " only what a narrower Telemetry names; " +
		"a Telemetry of the chart would be for the whole mesh and take its place, so the values have it create none: name " + release + " in the narrower Telemetry"
	return f
}

// leave tells of a provider that is not the chosen one, and takes out one that
// nothing uses.
func (m *decisions) leave(p *provider) {
	token := p.at("accessToken")
	if p.header != nil {
		token = site{Key: at(p.header, "value"), Value: at(p.header, "value"), Up: &p.site}
	}
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
		m.rotate(p.document.found(Rotate, token))
	}
	m.tell(p.document, Dropped, p.site, "", "unused: nothing here names it, and no value is taken from it")
	m.remove(p.document, p.site)
}
