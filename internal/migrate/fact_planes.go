package migrate

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// plane is what the documents say of the control plane itself.
type plane struct {
	namespace string          // of istiod
	root      string          // whose Telemetry is for the whole mesh
	revisions map[string]bool // none where nothing tells
	revision  string          // that settings name
	managed   bool            // a provider runs it: nobody else sets its variables
	operated  bool            // Istio's own operator installs it
}

// findPlane finds the control plane's own settings.
func (f *facts) findPlane() plane {
	best := map[string]int{}
	is := map[string]string{}
	p := plane{revisions: map[string]bool{}}
	for _, s := range f.settings {
		text := yamltree.Text(s.site.Value)
		if !s.row.Keep || text == "" || f.isOther(s.document) {
			continue
		}
		if s.row.Value == "istio.revision" {
			p.revisions[text] = true
		}
		rank := s.scope.Rank
		if s.document.below != nil { // flags and parameters are laid over files
			rank += overFiles
		}
		if rank >= best[s.row.Value] {
			best[s.row.Value], is[s.row.Value] = rank, text
		}
	}
	p.namespace, p.revision = is["istio.namespace"], is["istio.revision"]
	p.managed = slices.ContainsFunc(f.documents, func(d *document) bool { return f.managedBy(d) != nil })
	p.operated = f.isOperated()
	for _, d := range f.meshConfigMaps() {
		// istiod reads the mesh config of its own namespace.
		p.namespace = cmp.Or(p.namespace, textAt(d.root, "metadata.namespace"))
		if revision, _ := d.revisionOfMesh(); revision != "" {
			p.revisions[revision] = true
		}
	}
	p.namespace = cmp.Or(p.namespace, "istio-system")
	p.root = cmp.Or(is["istio.rootNamespace"], p.namespace)
	for _, d := range f.documents {
		if d.into != nil && d.into.name != "" && !f.isOther(d) {
			p.namespace = d.into.name // Istio's chart takes the root namespace from global.istioNamespace all the same
		}
	}
	return p
}

// meshConfigMaps gives the user's ConfigMaps with a mesh config.
func (f *facts) meshConfigMaps() (all []*document) {
	for _, d := range f.documents {
		if d.is("ConfigMap") && at(d.root, "data.mesh") != nil && !d.ours() {
			all = append(all, d)
		}
	}
	return all
}

// revisionOfMesh gives the revision whose mesh config a ConfigMap holds, and where
// that stands; "" where nothing tells.
func (d *document) revisionOfMesh() (revision, path string) {
	const label, name = `metadata.labels.istio\.io/rev`, "metadata.name"
	if revision := textAt(d.root, label); revision != "" {
		return revision, label
	}
	if textAt(d.root, name) == "istio" {
		return "default", name
	}
	revision, found := strings.CutPrefix(textAt(d.root, name), "istio-")
	if !found {
		return "", ""
	}
	return revision, name
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

// isMeshWide tells whether a Telemetry is for the whole mesh. Of a cluster it is
// known which namespace that is; in a file one of the chart's own tells it.
func (p plane) isMeshWide(d *document) bool {
	namespace := textAt(d.root, "metadata.namespace")
	return !d.narrowed() && (namespace == "" || namespace == p.root || d.ours() && !d.Live)
}

// findOthers finds what is of another control plane than the one that sends to LightStep, by the revision that commands
// install, and tells of each whether it sends to LightStep too: the commands, and the files that these alone read. Of
// several that do the last is the one. Without one there are no others.
func (f *facts) findOthers() map[*document]bool {
	sends := map[*document]bool{}
	var commands []*document
	var of *document
	for _, d := range f.documents {
		if len(d.words) == 0 {
			continue
		}
		commands = append(commands, d)
		if sends[d] = f.sendsToLightStep(d); sends[d] {
			of = d
		}
	}
	others := map[*document]bool{}
	if of == nil {
		return others
	}
	isOther := func(d *document) bool { return d.installedRevision() != of.installedRevision() }
	for _, d := range f.documents {
		if len(d.words) > 0 {
			if isOther(d) {
				others[d] = sends[d]
			}
			continue
		}
		reads := slices.DeleteFunc(slices.Clone(commands), func(c *document) bool { return !c.names(d.input) })
		if d.command == nil && len(reads) > 0 && !slices.ContainsFunc(reads, func(c *document) bool { return !isOther(c) }) {
			others[d] = mentionsLightStep(string(d.Data))
		}
	}
	return others
}

// isOther tells whether a document is of another control plane.
func (f *facts) isOther(d *document) bool {
	_, other := f.others[d]
	return other
}

// installedRevision gives the revision that a command sets; "" where it sets none.
func (d *document) installedRevision() string {
	if d.is("IstioOperator") {
		return cmp.Or(textAt(d.root, "spec.revision"), textAt(d.root, "spec.values.revision"))
	}
	return textAt(d.root, "revision")
}

// names tells whether a command has the name of a file.
func (d *document) names(in *input) bool {
	return slices.ContainsFunc(d.words, func(w word) bool { return path.Base(w.text) == path.Base(in.Name) })
}

// sendsToLightStep tells a command that mentions LightStep, or that reads a file which does.
func (f *facts) sendsToLightStep(d *document) bool {
	return slices.ContainsFunc(d.words, func(w word) bool { return mentionsLightStep(w.text) }) ||
		slices.ContainsFunc(f.inputs, func(in *input) bool { return in.command == nil && d.names(in) && mentionsLightStep(string(in.Data)) })
}
