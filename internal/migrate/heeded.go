package migrate

import (
	"cmp"
	"slices"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// oldest is how a Telemetry is ordered: the time at which the cluster made it, and
// by the name where two have the same.
type oldest struct{ created, name string }

func (o oldest) compare(other oldest) int {
	return cmp.Or(cmp.Compare(o.created, other.created), cmp.Compare(o.name, other.name))
}

func (d *document) age() oldest {
	return oldest{textAt(d.root, "metadata.creationTimestamp"), textAt(d.root, "metadata.name")}
}

// heededTelemetries gives the Telemetries that the control plane reads, and
// tells which of them another one overrules: of the mesh-wide ones that come from
// a cluster, as their creationTimestamp shows, Istio heeds the oldest. Those that
// are overruled come first.
func (m *migration) heededTelemetries(root string) (all []*document, overruled map[*document]bool) {
	revisions := m.revisions()
	var first *oldest
	for _, d := range m.documents {
		if !d.is("Telemetry") || otherRevision(d, revisions) != "" {
			continue
		}
		all = append(all, d)
		if age := d.age(); m.meshWide(d, root) && age.created != "" && (first == nil || age.compare(*first) < 0) {
			first = &age
		}
	}
	overruled = map[*document]bool{}
	for _, d := range all {
		overruled[d] = first != nil && m.meshWide(d, root) && d.age().created != "" && d.age() != *first
	}
	slices.SortStableFunc(all, func(a, b *document) int {
		switch {
		case overruled[a] == overruled[b]:
			return 0
		case overruled[a]:
			return -1
		}
		return 1
	})
	return all, overruled
}

// revisions gives the revisions of the control planes that the sources are about;
// none where they do not tell.
func (m *migration) revisions() map[string]bool {
	known := map[string]bool{}
	for _, d := range m.documents {
		m.eachRow(d, func(_ scope, r row, s site) {
			if r.Keep && r.Value == "istio.revision" && yamltree.Text(s.Value) != "" {
				known[yamltree.Text(s.Value)] = true
			}
		})
		if d.is("ConfigMap") && at(d.root, "data.mesh") != nil && !d.ours() {
			if revision := textAt(d.root, `metadata.labels.istio\.io/rev`); revision != "" {
				known[revision] = true
			} else if textAt(d.root, "metadata.name") == "istio" {
				known["default"] = true
			}
		}
	}
	return known
}

// otherRevision gives the revision that a Telemetry is for, where it is for none
// of those that are known; "" else.
func otherRevision(d *document, known map[string]bool) string {
	revision := textAt(d.root, `metadata.labels.istio\.io/rev`)
	if len(known) == 0 || known[revision] {
		return ""
	}
	return revision
}

// tellOtherRevisions names the Telemetries of other control planes that name a
// provider of LightStep's.
func (m *migration) tellOtherRevisions() {
	revisions := m.revisions()
	for _, d := range m.documents {
		if !d.is("Telemetry") {
			continue
		}
		revision := otherRevision(d, revisions)
		for _, entry := range sites(d.root, "spec.tracing[]") {
			if ours, _ := m.names(entry); revision != "" && len(ours) > 0 {
				m.tell(d, Left, d.whole(""), "", "Telemetry "+d.namespaced()+" is for revision "+shown(revision)+" alone, and is not changed: "+
					"migrate that control plane by itself")
				break
			}
		}
	}
}
