package migrate

import (
	"cmp"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// plane is what the documents say of the control plane itself.
type plane struct {
	namespace string          // of istiod
	root      string          // whose Telemetry is for the whole mesh
	revisions map[string]bool // none where nothing tells
}

// findPlane finds the control plane's own settings.
func (f *facts) findPlane() plane {
	best := map[string]int{}
	is := map[string]string{}
	p := plane{revisions: map[string]bool{}}
	for _, s := range f.settings {
		text := yamltree.Text(s.site.Value)
		if !s.row.Keep || text == "" {
			continue
		}
		if s.row.Value == "istio.revision" {
			p.revisions[text] = true
		}
		if s.scope.Rank >= best[s.row.Value] {
			best[s.row.Value], is[s.row.Value] = s.scope.Rank, text
		}
	}
	p.namespace = cmp.Or(is["istio.namespace"], "istio-system")
	p.root = cmp.Or(is["istio.rootNamespace"], p.namespace)
	for _, d := range f.documents {
		if !d.is("ConfigMap") || at(d.root, "data.mesh") == nil || d.ours() {
			continue
		}
		if revision := textAt(d.root, `metadata.labels.istio\.io/rev`); revision != "" {
			p.revisions[revision] = true
		} else if textAt(d.root, "metadata.name") == "istio" {
			p.revisions["default"] = true
		}
	}
	return p
}

// otherRevision gives the revision that a Telemetry is for, where it is for none
// of those that are known; "" else.
func (p plane) otherRevision(d *document) string {
	revision := textAt(d.root, `metadata.labels.istio\.io/rev`)
	if len(p.revisions) == 0 || p.revisions[revision] {
		return ""
	}
	return revision
}

// decidesForMesh tells whether a namespace is one of those who run the mesh.
func (p plane) decidesForMesh(namespace string) bool {
	return namespace == "" || namespace == p.root || namespace == p.namespace
}
