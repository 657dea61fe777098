package migrate

import "slices"

// takeNarrow takes the name of the provider out of a Telemetry for a namespace
// or a workload, which then inherits the chart's. Where it would inherit another
// one, a step puts the chart's in place of the name.
func (m *decisions) takeNarrow(d *document) {
	inherits := m.inheritsOurs(d)
	renames, removals := renamed{object: d.object()}, renamed{object: d.object()}
	for i, entry := range sites(d.root, "spec.tracing[]") {
		ours, first, all := m.names(entry)
		if !first {
			if len(ours) > 0 {
				m.tell(d, Left, ours[0], "", namesBehind)
			}
			continue
		}
		m.narrow = append(m.narrow, narrowUse{d.found(Volume, entry), d.describe(), textAt(entry.Value, "randomSamplingPercentage")})
		if !inherits {
			m.tell(d, ByHand, ours[0], "", "a step puts "+release+" in place of this name, as without a name it would send to another backend: do the same where you keep this Telemetry")
			renames.entries = append(renames.entries, renamedEntry{index: i, unnamed: true})
			continue
		}
		removals.entries = append(removals.entries, renamedEntry{index: i})
		for _, s := range ours {
			m.tell(d, Dropped, s, "", "it has the mesh's provider then, which is the chart's")
			m.remove(d, s)
		}
		if len(ours) < all {
			others := below(entry, "providers")[0]
			m.tell(d, Dropped, others, "", "it names other providers too, of which Istio takes none: without the first it would take the next")
			m.remove(d, others)
		}
		if len(entry.Value.Content) == 2 {
			m.remove(d, entry)
		}
	}
	if len(renames.entries) > 0 {
		m.plan.renames = append(m.plan.renames, renames)
	}
	entries := sites(d.root, "spec.tracing[]")
	if len(entries) > 0 && m.onlyTracing(d) {
		m.plan.narrowGone = append(m.plan.narrowGone, d.object())
		m.tell(d, Dropped, d.whole(""), "", "Telemetry "+d.namespaced()+" sets nothing that the chart's does not; delete it from the cluster once spans arrive")
		m.remove(d, site{})
		return
	}
	if len(removals.entries) == 0 {
		return
	}
	if !slices.ContainsFunc(entries, func(entry site) bool { return !m.gone[entry.Value] }) {
		removals.entries = nil
	}
	m.plan.narrow = append(m.plan.narrow, removals)
}

// inheritsOurs tells whether a Telemetry for less than the mesh has the chart's
// provider where it names none: by that for the mesh, and for its namespace.
func (m *decisions) inheritsOurs(d *document) bool {
	if m.partial || slices.ContainsFunc(m.kept, func(wide *document) bool { return !m.sendsByOurs(wide) }) {
		return false
	}
	return !d.narrowed() || !slices.ContainsFunc(m.telemetries, func(t telemetry) bool {
		return !t.wide && !t.document.narrowed() && t.document.object().Namespace == d.object().Namespace && m.namesOther(t.document)
	})
}

// namesOther tells whether a Telemetry names another provider than LightStep's.
func (m *decisions) namesOther(d *document) bool {
	return slices.ContainsFunc(sites(d.root, "spec.tracing[]"), func(entry site) bool {
		_, first, all := m.names(entry)
		return all > 0 && !first
	})
}

// sendsByOurs tells whether clients and servers both send by the chart's provider once
// keepWide's changes are made to a mesh-wide Telemetry.
func (m *decisions) sendsByOurs(wide *document) bool {
	entries := sites(wide.root, "spec.tracing[]")
	client, server := len(entries) == 0, len(entries) == 0
	for _, entry := range entries {
		_, first, all := m.names(entry)
		mode, ours := textAt(entry.Value, "match.mode"), first || all == 0
		if mode != "SERVER" {
			client = ours
		}
		if mode != "CLIENT" {
			server = ours
		}
	}
	return client && server
}
