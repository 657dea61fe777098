package migrate

import "slices"

// renamed is a Telemetry of the user's that stays, and in which the chart's provider
// takes the place of the old one.
type renamed struct {
	object
	entries  []renamedEntry // of spec.tracing; none where it has none
	wide     bool           // for the whole mesh
	labelled bool           // for one revision of the control plane
}

type renamedEntry struct {
	index     int
	unnamed   bool // it has to name the provider
	unsampled bool // and a percentage
}

// findKept finds the mesh-wide Telemetries that may be in effect, where one of the
// user's stays when LightStep's tracing goes: it is older than the chart's, and Istio
// uses the oldest alone. So the chart makes none, and these name its provider.
func (m *decisions) findKept() {
	if m.partial || m.to.row.Telemetry == "" {
		return
	}
	var kept []*document
	stays := false
	for _, t := range m.telemetries {
		switch {
		case !t.wide:
		case !t.document.ours():
			stays = stays || !m.goes(t.document)
			if !t.overruled {
				kept = append(kept, t.document)
			}
		case !t.overruled:
			return // the chart's own is as old
		}
	}
	if stays {
		m.kept = kept
	}
}

// goes tells whether nothing is left of a mesh-wide Telemetry without LightStep's tracing.
func (m *decisions) goes(d *document) bool {
	entries := sites(d.root, "spec.tracing[]")
	return len(entries) > 0 && !m.namesOther(d) && !slices.ContainsFunc(sites(d.root, "spec.*"), func(s site) bool { return s.Key.Value != "tracing" && !narrows(s) })
}

// keepWide leaves a mesh-wide Telemetry where it is, and notes what of it changes.
func (m *decisions) keepWide(t telemetry) {
	d := t.document
	if t.overruled {
		m.tell(d, Left, d.whole("spec"), "", "Telemetry "+d.namespaced()+" is mesh-wide too, and an older one counts in its place: it stays as it is, and has no effect while that one is there")
		return
	}
	is := renamed{object: d.object(), wide: true, labelled: textAt(d.root, `metadata.labels.istio\.io/rev`) != ""}
	at := d.whole("spec")
	entries := sites(d.root, "spec.tracing[]")
	for i, entry := range entries {
		ours, first, all := m.names(entry)
		switch {
		case first:
			at = ours[0]
		case len(ours) > 0:
			m.tell(d, Left, ours[0], "", namesBehind)
			continue
		case all > 0:
			m.tell(d, Left, entry, "", "it names another provider, and stays as it is")
			continue
		}
		sampled := below(entry, "randomSamplingPercentage")
		for _, s := range sampled {
			m.knowKept(d, s, valueSampling, number(textAt(entry.Value, "randomSamplingPercentage")), 60)
		}
		named := all == 1 && first && textAt(ours[0].Value, "name") == release
		if !named || len(sampled) == 0 {
			is.entries = append(is.entries, renamedEntry{i, !named, len(sampled) == 0})
		}
	}
	m.knowKept(d, at, "telemetry.enabled", false, 50)
	if len(is.entries) == 0 && len(entries) > 0 {
		return
	}
	m.plan.renames = append(m.plan.renames, is)
	m.tell(d, ByHand, at, "", "Telemetry "+d.namespaced()+" stays, and the values have the chart create none: only the oldest mesh-wide Telemetry counts, and this one, or another beside it, has more than LightStep's tracing. "+
		"A step makes "+release+" its provider: do the same where you keep it, or spans are lost when it is applied again")
}
