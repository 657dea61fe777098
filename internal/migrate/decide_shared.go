package migrate

import (
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// sharedMesh is the variable of istiod that names the one shared mesh ConfigMap that it reads.
const sharedMesh = "SHARED_MESH_CONFIG"

// leaveShared leaves a shared mesh ConfigMap of the user's in its place: istiod reads
// one, so the chart's settings go into the control plane's own document.
func (m *decisions) leaveShared() {
	if !m.to.row.Shared {
		return
	}
	for _, v := range m.environ[sharedMesh] {
		name := yamltree.Text(v.text())
		if name == "" || strings.HasPrefix(name, release) {
			continue
		}
		if m.knowKept(v.document, v.site, "meshConfig.shared", false, 60) {
			m.plan.unshared = true
			m.claims[len(m.claims)-1].at.Text = "istiod reads one shared mesh ConfigMap, and this is yours"
		}
		for _, d := range m.documents {
			if d.is("ConfigMap") && at(d.root, "data.mesh") != nil && textAt(d.root, "metadata.name") == name && !slices.Contains(m.plan.shared, d) {
				m.plan.shared = append(m.plan.shared, d)
			}
		}
	}
}

// hasProviders tells whether the control plane's own document in a source has extension
// providers: a list that our part would replace.
func (m *decisions) hasProviders(in *input) bool {
	return slices.ContainsFunc(m.meshes, func(c meshConfig) bool {
		return c.document.input == in && !slices.Contains(m.plan.shared, c.document.outermost()) && len(below(c.site, "extensionProviders[]")) > 0
	})
}
