package migrate

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// tellUncovered tells where another value holds once a setting is removed: that
// which a merge key has for the same key.
func (m *decisions) tellUncovered() {
	for _, r := range slices.Clone(m.removals) {
		up, key := r.site.Up, r.site.Key
		if up == nil || up.Value.Kind != yaml.MappingNode || !slices.ContainsFunc(up.Value.Content, yamltree.IsMerge) {
			continue
		}
		own := slices.Index(up.Value.Content, key)
		if own < 0 {
			continue // it is the merged map's own
		}
		rest := *up.Value
		rest.Content = slices.Concat(up.Value.Content[:own], up.Value.Content[own+2:])
		if base, value := yamltree.Entry(&rest, yamltree.Key(key)); base != nil && !m.gone[base] && value != nil {
			line, _ := r.document.position(base)
			m.tell(r.document, ByHand, r.site, "", "once this is removed, what `<<` merges in from "+position(Finding{File: r.document.Name, Line: line})+" takes its place: check that it is wanted")
		}
	}
}

// tellOtherUses names what else than spans a provider that goes is the default
// for.
func (m *decisions) tellOtherUses() {
	for _, mesh := range m.meshes {
		for _, kind := range []string{"metrics", "accessLogging"} {
			for _, s := range below(mesh.site, "defaultProviders."+kind+"[]") {
				if name := yamltree.Text(s.Value); m.taken[name] {
					m.tell(mesh.document, ByHand, s, "", "the provider "+shown(name)+" goes, and is the default for "+kind+" too: remove the name here, or name another provider")
				}
			}
		}
	}
}
