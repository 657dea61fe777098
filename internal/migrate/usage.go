package migrate

import (
	"cmp"
	"slices"
	"strings"

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

// usage tells which extension providers the mesh sends its spans by.
type usage struct {
	mesh   []string        // names, the first the one that Istio takes; nil where nothing tells
	place  Finding         // where that stands
	narrow map[string]site // by name, the first place in a Telemetry for less than the mesh
	of     map[string]*document
}

// readUsage reads the Telemetries and defaultProviders. A mesh-wide Telemetry
// overrules the latter.
func (m *migration) readUsage() usage {
	u := usage{narrow: map[string]site{}, of: map[string]*document{}}
	rank := -1
	for _, d := range m.documents {
		m.eachScope(d, func(sc scope, base site) {
			list := below(base, "defaultProviders.tracing")
			if sc.Rows != "meshConfig" || sc.Unread != "" || len(list) == 0 || sc.Rank < rank {
				return
			}
			rank, u.mesh, u.place = sc.Rank, nil, d.found(Left, list[0])
			for _, s := range append(below(list[0], "[]"), list[0]) {
				if s.Value.Kind == yaml.ScalarNode {
					u.mesh = append(u.mesh, yamltree.Text(s.Value))
				}
			}
		})
	}
	root := m.settledRoot()
	all, overruled := m.heededTelemetries(root)
	for _, d := range all {
		if overruled[d] {
			continue
		}
		found := sites(d.root, "spec.tracing[].providers[]")
		if m.meshWide(d, root) {
			if len(found) > 0 {
				u.mesh, u.place = nil, d.found(Left, found[0])
			}
			for _, s := range found {
				u.mesh = append(u.mesh, textAt(s.Value, "name"))
			}
			continue
		}
		for _, s := range found {
			if name := textAt(s.Value, "name"); u.of[name] == nil {
				u.narrow[name], u.of[name] = s, d
			}
		}
	}
	return u
}

// meshWide tells whether a Telemetry is for the whole mesh. Of a cluster it is
// known which namespace that is; in a file one of the chart's own tells it.
func (m *migration) meshWide(d *document, root string) bool {
	namespace := textAt(d.root, "metadata.namespace")
	return at(d.root, "spec.selector") == nil && at(d.root, "spec.targetRefs") == nil && at(d.root, "spec.targetRef") == nil &&
		(namespace == "" || namespace == root || d.ours() && !d.Live)
}

// settledRoot gives the namespace whose Telemetry is for the whole mesh, before
// any setting is taken.
func (m *migration) settledRoot() string {
	best := map[string]int{}
	is := map[string]string{}
	for _, d := range m.documents {
		m.eachRow(d, func(sc scope, r row, s site) {
			if r.Keep && yamltree.Text(s.Value) != "" && sc.Rank >= best[r.Value] {
				best[r.Value], is[r.Value] = sc.Rank, yamltree.Text(s.Value)
			}
		})
	}
	return cmp.Or(is["istio.rootNamespace"], is["istio.namespace"], "istio-system")
}

// uses tells whether anything names a provider; true where nothing tells.
func (u usage) uses(name string) bool {
	return u.mesh == nil && len(u.narrow) == 0 || slices.Contains(u.mesh, name) || u.of[name] != nil
}

// chooseProviders decides which providers' settings become the values: those of
// the one that the mesh sends by. It tells whether there is any.
func (m *migration) chooseProviders() bool {
	u := m.usage
	name := m.chosenName(u)
	var chief *provider
	for _, p := range m.providers {
		if p.name == name {
			chief = p
		}
	}
	for _, p := range m.providers {
		switch {
		case p.name == name || p.sameAs(chief):
		case u.uses(p.name) && (u.mesh != nil || len(u.narrow) > 0):
			p.role = elsewhere
		case chief == nil || u.mesh != nil || len(u.narrow) > 0:
			p.role = unused
		default: // nothing tells which is used
			p.role = unused
			m.tell(p.document, ByHand, p.site, "", "several providers send to LightStep, and nothing here tells which of them the mesh uses; the values are those of "+
				shown(name)+". Where it is "+shown(p.name)+", give the Telemetry or the defaultProviders that name it too")
		}
		if p.role != elsewhere {
			m.taken[p.name] = true
		}
	}
	if chief != nil && u.mesh != nil && !slices.Contains(u.mesh, name) {
		m.partial = true
		m.know(chief.document, chief.site, "telemetry.enabled", false, 50)
		m.result.Findings = append(m.result.Findings, m.meshElsewhere(u, chief))
	}
	return chief != nil
}

// chosenName gives the name of the provider whose settings become the values;
// "" where none of LightStep's is used.
func (m *migration) chosenName(u usage) string {
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
func (m *migration) meshElsewhere(u usage, chief *provider) Finding {
	f := u.place
	f.Outcome = ByHand
	f.Text = "the mesh sends its spans by " + shownAll(u.mesh) + ", and to LightStep by " + shown(chief.name) + " only what a narrower Telemetry names; " +
		"a Telemetry of the chart would be for the whole mesh and take its place, so the values have it create none: name " + release + " in the narrower Telemetry"
	return f
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

// leave tells of a provider that is not the chosen one, and takes out one that
// nothing uses.
func (m *migration) leave(p *provider) {
	token := p.at("accessToken")
	if p.header != nil {
		token = site{Key: at(p.header, "value"), Value: at(p.header, "value"), Up: &p.site}
	}
	literal := token.Value != nil && token.Value.Kind == yaml.ScalarNode && yamltree.Text(token.Value) != ""
	if literal {
		m.hide(yamltree.Text(token.Value))
	}
	if p.role == elsewhere {
		why := "this provider sends to another place, and " + m.usage.of[p.name].describe() + " uses it; one release of the chart sends to one place: " +
			"it is not changed, and no value is taken from it. Decide where these spans are to go"
		if p.kind == "lightstep" {
			why += " before an istiod of 1.27 or newer runs, which crashes on a provider of kind lightstep"
		}
		m.tell(p.document, ByHand, p.site, "", why)
		return
	}
	if literal && m.table.standsFor(yamltree.Text(token.Value), true) == "" {
		m.rotate(p.document.found(Rotate, token))
	}
	m.tell(p.document, Dropped, p.site, "", "unused: nothing here names it, and no value is taken from it")
	p.document.remove(p.site)
}

// describe names an object for a sentence.
func (d *document) describe() string {
	if d == nil {
		return "another Telemetry"
	}
	return shown(textAt(d.root, "kind") + " " + strings.Trim(d.namespaced(), "/"))
}

// rotate tells that a token was stored in plain text.
func (m *migration) rotate(f Finding) {
	f.Outcome, f.To = Rotate, ""
	f.Text = "the access token stood in clear here, in the mesh config and in what proxies show: once spans arrive, make a new one and withdraw it"
	m.result.Findings = append(m.result.Findings, f)
}
