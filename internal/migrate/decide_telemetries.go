package migrate

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// takeTelemetries reads the Telemetries that name a provider of LightStep's.
func (m *decisions) takeTelemetries() {
	m.tellOtherRevisions()
	for _, t := range m.telemetries {
		switch {
		case !t.wide:
			m.takeNarrow(t.document)
		case len(m.kept) > 0 && !t.document.ours():
			m.keepWide(t)
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
			if ours, _, _ := m.names(entry); len(ours) > 0 {
				m.tell(d, Left, d.whole(""), "", "Telemetry "+d.namespaced()+" is for revision "+shown(revision)+" alone, and is not changed: "+
					"migrate that control plane by itself")
				break
			}
		}
	}
}

// names gives the places in a Telemetry's tracing entry that name a provider of
// LightStep's, whether the first that it names is one, which Istio takes alone, and
// how many it names.
func (m *decisions) names(entry site) (ours []site, first bool, all int) {
	for i, s := range below(entry, "providers[]") {
		all++
		if m.taken[textAt(s.Value, "name")] {
			ours, first = append(ours, s), first || i == 0
		}
	}
	return ours, first, all
}

// namesBehind is what a name comes to that is not the first of a list.
const namesBehind = "of several providers Istio takes the first, which is another backend's: nothing is sent by this one, and it is not changed"

// takeMeshWide takes the tracing of a mesh-wide Telemetry: only one such
// Telemetry counts, and it is to be the chart's.
func (m *decisions) takeMeshWide(d *document, rank int) {
	var concerned bool
	for _, entry := range sites(d.root, "spec.tracing[]") {
		ours, first, all := m.names(entry)
		switch {
		case !first && len(ours) > 0:
			m.tell(d, Left, ours[0], "", namesBehind)
			continue
		case m.partial && all == 0:
			continue // the mesh's tracing, by another backend
		case !first && all > 0:
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
	return !slices.ContainsFunc(sites(d.root, "spec.*"), func(s site) bool {
		return !narrows(s) && (s.Key.Value != "tracing" || slices.ContainsFunc(s.Value.Content, func(n *yaml.Node) bool { return !m.gone[n] }))
	})
}

// narrows tells a setting by which a Telemetry is for less than its namespace.
func narrows(s site) bool {
	return slices.Contains([]string{"selector", "targetRefs", "targetRef"}, s.Key.Value)
}

// takeTracing reads what a mesh-wide tracing entry says.
func (m *decisions) takeTracing(d *document, entry site, rank int) {
	mode, alone := textAt(entry.Value, "match.mode"), ""
	if mode != "" && mode != "CLIENT_AND_SERVER" {
		alone = " for " + shown(mode) + " alone"
	}
	for _, s := range below(entry, "*") {
		switch yamltree.Camel(s.Key.Value) {
		case "providers":
		case "match":
			if alone != "" {
				m.tell(d, Volume, s, "", "this was set"+alone+"; the chart's Telemetry is for clients and servers, so there can be more spans, or others")
			}
		case "randomSamplingPercentage":
			m.know(d, s, "pilot.traceSampling", number(yamltree.Text(s.Value)), rank)
		case "disableSpanReporting":
			if yamltree.Text(s.Value) == "true" {
				m.tell(d, ByHand, s, "", "span reporting was switched off here"+alone+"; the chart switches it on. Install it when that is wanted")
			}
		case "customTags":
			m.tell(d, ByHand, s, "", "copy it to the value telemetry.customTags, which has the same form")
		default:
			m.tell(d, ByHand, s, "", "the chart's Telemetry has no place for "+s.Key.Value+"; where it is wanted, put it into a Telemetry of each namespace")
		}
	}
}

// tellWorkloads has the chart create no Telemetry where only workloads send to
// LightStep, each by its own configuration: none of them decides where the mesh
// sends its spans.
func (m *decisions) tellWorkloads() {
	if !m.workloads {
		return
	}
	told := map[*document]bool{}
	for _, s := range m.settings {
		d := s.document
		if told[d] || !d.ofWorkload() || !s.row.Marks || yamltree.Text(s.site.Value) == "" {
			continue
		}
		if len(told) == 0 {
			m.know(d, s.site, "telemetry.enabled", false, 5)
		}
		told[d] = true
		m.tell(d, ByHand, s.site, "", "of the mesh, only what "+d.outermost().describe()+" configures sends to LightStep, and this address is its own: the values create no Telemetry, "+
			"so that the mesh keeps what it has. See that the address is the one that is meant, and name "+release+" in a Telemetry for these workloads")
	}
}

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

// ownSampling is the chart's where none is set.
const ownSampling = 100

// narrowUse is a Telemetry for less than the mesh that named a provider of
// LightStep's.
type narrowUse struct {
	at             Finding
	what, sampling string
}

// settleVolume keeps Istio's own sampling where nothing sets one, and tells where
// the chart has more spans sent than before: by the whole mesh in place of a part.
func (m *decisions) settleVolume() {
	if m.plan.kind == "ours" || m.partial {
		return
	}
	is, sampled := m.values[valueSampling]
	volume := func(f Finding, text string) {
		f.Outcome, f.Text = Volume, text
		m.note(f)
	}
	at, parts := m.partsOfMesh()
	unknown := m.unknownSampling()
	switch {
	case unknown != nil:
		m.values[valueSampling] = noSampling
		volume(Finding{To: valueSampling}, "what "+position(unknown.at)+" sets is not known here: the values have a placeholder, which `check` refuses; set the percentage of requests to trace")
	case len(parts) > 0:
		if !sampled {
			is = ownSampling
		}
		how := "set telemetry.enabled to false"
		if len(m.kept) > 0 {
			how = "leave Telemetry " + m.kept[0].namespaced() + " as it is"
		}
		volume(at, fmt.Sprintf("only %s sent spans to LightStep; with the chart the whole mesh does, at %v %%. To keep to these, %s and name %s in Telemetries of these alone",
			strings.Join(parts, ", "), is, how, release))
	case !sampled:
		istio := m.istioSampling()
		m.values[valueSampling] = istio.Percent
		volume(Finding{To: valueSampling}, fmt.Sprintf("nothing here sets how many requests are traced, so Istio's default applied: %d %% with %s. "+
			"The values keep it; the chart's own is %d %%. If a file that is not here sets another, give it too", istio.Percent, istio.By, ownSampling))
	}
}

// noSampling stands in the values for a sampling that is not known.
const noSampling = "<percent>"

// unknownSampling gives the setting that decides about the sampling, where what it
// says is not known here; nil where another one decides, or none.
func (m *decisions) unknownSampling() *claim {
	decides, known := m.strongest()[valueSampling]
	var found *claim
	for i, c := range m.unknown {
		if c.value == valueSampling && (!known || c.rank > decides.rank || c.rank == decides.rank && c.order >= decides.order) {
			decides, known, found = c, true, &m.unknown[i]
		}
	}
	return found
}

// istioSampling gives Istio's sampling where nothing sets one: that of the profile
// that it is installed by, or of its charts. Where a profile may be another chart's,
// it is left to people.
func (m *decisions) istioSampling() sampling {
	var perhaps []func()
	for _, d := range m.documents {
		for s := range yamltree.All(d.root) {
			for _, item := range yamlfile.SetItems(s, func(name string) bool { return name == "profile" }) {
				of, known := m.samplingOf(textAt(item.Value, "value"))
				if textAt(item.Value, "name") != "profile" || !known || at(item.Value, "value") == nil {
					continue
				}
				if slices.ContainsFunc(m.documents, func(o *document) bool { return m.marked[o] && o.outermost() == d.outermost() }) {
					return of
				}
				perhaps = append(perhaps, func() { m.tellProfile(d, item, of) })
			}
			if s.Up == nil || s.Key == nil || s.Key.Value != "profile" {
				continue
			}
			of, known := m.samplingOf(yamltree.Text(s.Value))
			if !known {
				continue
			}
			own := d.kind != nil && !d.kind.Wraps && (s.Path().String() == "spec.profile" || slices.ContainsFunc(d.placed, func(p placed) bool {
				return p.scope.Unread == "" && p.base.Value == s.Up.Value
			}))
			if own || yamlfile.IsValues(s.Up.Value) || m.hasIstioKeys(s.Up.Value) {
				return of
			}
			if d.kind != nil && d.kind.Wraps && s.Up.Up == nil || s.Up.Key != nil && strings.HasPrefix(s.Up.Key.Value, "values") {
				perhaps = append(perhaps, func() { m.tellProfile(d, s, of) })
			}
		}
	}
	for _, tell := range perhaps {
		tell()
	}
	of, _ := m.samplingOf("")
	return of
}

func (m *decisions) tellProfile(d *document, s site, of sampling) {
	m.tell(d, ByHand, s, "", fmt.Sprintf("nothing tells whether this is the profile of Istio: if it is, set %s to %d, which that profile sets", valueSampling, of.Percent))
}

// partsOfMesh names what of the mesh sent spans to LightStep, with the sampling
// that is set there; nothing where all of it did, or where that is not known.
func (m *decisions) partsOfMesh() (Finding, []string) {
	if m.usage.mesh != nil || m.plan.kind == "" || len(m.narrow) == 0 {
		return Finding{}, nil
	}
	var parts []string
	named := map[string]bool{}
	for _, use := range m.narrow {
		what := use.what
		if use.sampling != "" {
			what += " (" + use.sampling + " %)"
		}
		if !named[what] {
			parts = append(parts, what)
		}
		named[what] = true
	}
	return m.narrow[0].at, parts
}
