package migrate

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// takeTelemetries reads the Telemetries that name a provider of LightStep's.
func (m *decisions) takeTelemetries() {
	m.tellOtherRevisions()
	for _, t := range m.telemetries {
		switch {
		case !t.wide:
			m.takeNarrow(t.document)
		case t.overruled:
			m.takeMeshWide(t.document, 55)
		default:
			m.takeMeshWide(t.document, 60)
		}
	}
}

// tellOtherRevisions names the Telemetries of other control planes that name a
// provider of LightStep's.
func (m *decisions) tellOtherRevisions() {
	for _, d := range m.documents {
		revision := m.plane.otherRevision(d)
		if !d.is("Telemetry") || revision == "" {
			continue
		}
		for _, entry := range sites(d.root, "spec.tracing[]") {
			if ours, _ := m.names(entry); len(ours) > 0 {
				m.tell(d, Left, d.whole(""), "", "Telemetry "+d.namespaced()+" is for revision "+shown(revision)+" alone, and is not changed: "+
					"migrate that control plane by itself")
				break
			}
		}
	}
}

// names gives the places in a Telemetry's tracing entry that name a provider of
// LightStep's, and how many it names.
func (m *decisions) names(entry site) (ours []site, all int) {
	for _, s := range below(entry, "providers[]") {
		all++
		if m.taken[textAt(s.Value, "name")] {
			ours = append(ours, s)
		}
	}
	return ours, all
}

// takeMeshWide takes the tracing of a mesh-wide Telemetry: only one such
// Telemetry counts, and it is to be the chart's.
func (m *decisions) takeMeshWide(d *document, rank int) {
	var concerned bool
	for _, entry := range sites(d.root, "spec.tracing[]") {
		ours, all := m.names(entry)
		if len(ours) == 0 && all > 0 {
			m.tell(d, Left, entry, "", "it names another provider; only one mesh-wide Telemetry counts, so it and the chart's cannot both be")
			continue
		}
		concerned = true
		if len(ours) < all {
			m.tell(d, ByHand, entry, "", "it names other providers too; the chart's Telemetry names its own alone")
		}
		m.takeTracing(d, entry, rank)
		m.remove(d, entry)
	}
	if !concerned {
		return
	}
	if d.ours() {
		if revision := textAt(d.root, "metadata.labels.istio\\.io/rev"); revision != "" {
			m.know(d, d.whole("metadata.labels"), "istio.revision", revision, 30)
		}
		if namespace := textAt(d.root, "metadata.namespace"); namespace != "istio-system" {
			m.know(d, d.whole("metadata.namespace"), "istio.rootNamespace", namespace, 30)
		}
		m.remove(d, site{})
		return
	}
	if m.onlyTracing(d) {
		m.plan.telemetries = append(m.plan.telemetries, d.object())
		m.tell(d, Dropped, d.whole(""), "", "Telemetry "+d.namespaced()+" held nothing but LightStep's tracing; the chart makes its own")
		m.remove(d, site{})
		return
	}
	m.tell(d, ByHand, d.whole("spec"), "", "Telemetry "+d.namespaced()+" is mesh-wide and holds other settings too, but only the oldest mesh-wide Telemetry counts: move them to Telemetries of namespaces or with a selector, then delete it")
}

// onlyTracing tells whether all of a Telemetry's settings go.
func (m *decisions) onlyTracing(d *document) bool {
	entries := sites(d.root, "spec.*")
	return !slices.ContainsFunc(entries, func(s site) bool {
		return s.Key.Value != "tracing" && s.Key.Value != "selector" || s.Key.Value == "tracing" && slices.ContainsFunc(s.Value.Content, func(n *yaml.Node) bool { return !m.gone[n] })
	})
}

// takeTracing reads what a mesh-wide tracing entry says.
func (m *decisions) takeTracing(d *document, entry site, rank int) {
	for _, s := range below(entry, "*") {
		switch yamltree.Camel(s.Key.Value) {
		case "providers", "match":
		case "randomSamplingPercentage":
			m.know(d, s, "pilot.traceSampling", number(yamltree.Text(s.Value)), rank)
		case "disableSpanReporting":
			if yamltree.Text(s.Value) == "true" {
				m.tell(d, ByHand, s, "", "span reporting was switched off here; the chart switches it on. Install it when that is wanted")
			}
		case "customTags":
			m.tell(d, ByHand, s, "", "copy it to the value telemetry.customTags, which has the same form")
		default:
			m.tell(d, ByHand, s, "", "the chart's Telemetry has no place for "+s.Key.Value+"; where it is wanted, put it into a Telemetry of each namespace")
		}
	}
}

// takeNarrow takes the name of the provider out of a Telemetry for a namespace
// or a workload, which then has the mesh's: the chart's.
func (m *decisions) takeNarrow(d *document) {
	for _, entry := range sites(d.root, "spec.tracing[]") {
		ours, all := m.names(entry)
		if len(ours) == 0 {
			continue
		}
		if len(ours) < all {
			m.tell(d, ByHand, entry, "", "it names other providers too; Istio heeds the first")
		}
		m.narrow = append(m.narrow, narrowUse{d.found(Volume, entry), d.describe(), textAt(entry.Value, "randomSamplingPercentage")})
		if m.partial {
			m.tell(d, ByHand, ours[0], "", "put "+release+" in place of this name once the chart is installed, and before the old provider goes: the mesh itself sends to another backend")
			continue
		}
		m.plan.narrow[d.input] = true
		for _, s := range ours {
			m.tell(d, Dropped, s, "", "it has the mesh's provider then, which is the chart's")
			m.remove(d, s)
		}
		if len(ours) == all && len(entry.Value.Content) == 2 {
			m.remove(d, entry)
		}
	}
	if entries := sites(d.root, "spec.tracing[]"); len(entries) > 0 && m.onlyTracing(d) {
		m.plan.narrowGone = append(m.plan.narrowGone, d.object())
		m.tell(d, Dropped, d.whole(""), "", "Telemetry "+d.namespaced()+" sets nothing that the chart's does not; delete it from the cluster once spans arrive")
		m.remove(d, site{})
	}
}
