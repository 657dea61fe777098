package migrate

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// ofTheirOwn says what to do about what is for some clusters only.
const ofTheirOwn = ", and the values are of one mesh: nothing is taken from it, and it is not changed. " +
	"Migrate those clusters by a run of their own, of a file that has all that they get, and then remove LightStep's part here too"

// laidOverBase says why what all clusters have stays: some have more of LightStep's,
// which needs it.
const laidOverBase = "for the clusters that have more of LightStep's: take it out by hand once they are migrated too"

// traces finds settings of tracing in a text that cannot be read.
var traces = regexp.MustCompile(`(?i:lightstep)|[sS]ampling|TRACE_SAMPLING|extension_?[pP]roviders|default_?[pP]roviders|\btracing\b`)

// nameForSome names the parts of documents that are for some clusters only.
func (m *decisions) nameForSome() {
	for _, d := range m.documents {
		for _, some := range d.forSome {
			if m.setsTracing(d, some) && (m.lightstep || mentionsAny(some.site.Value)) {
				m.tell(d, ByHand, some.site, "", "this is for some clusters only"+ofTheirOwn)
				m.laidOver[d.input] = m.laidOver[d.input] || mentionsAny(some.site.Value)
			}
		}
	}
	read := map[*yaml.Node]bool{}
	for _, d := range m.documents {
		read[d.held.Value] = true
	}
	for _, d := range m.documents {
		for _, place := range m.ForSome {
			if !place.Template || textAt(d.root, "kind") != place.Kind {
				continue
			}
			for _, s := range sites(d.root, place.At) {
				if !read[s.Value] && traces.MatchString(s.Value.Value) && (m.lightstep || mentionsLightStep(s.Value.Value)) {
					m.tellPatch(d, s)
					m.laidOver[d.input] = m.laidOver[d.input] || mentionsLightStep(s.Value.Value)
				}
			}
		}
	}
}

// tellPatch names a patch that was not read, in the place of what reading it told.
func (m *decisions) tellPatch(d *document, s site) {
	if !strings.Contains(s.Value.Value, "{{") {
		m.tell(d, ByHand, s, "", "this patch is over what the template has, and nothing is taken from it: where it changes the tracing, change the values too")
		return
	}
	const why = "this is a template, and what it sets may be for some clusters only" + ofTheirOwn
	at := d.found(Template, s)
	for i, f := range m.findings {
		if f.Outcome == Template && f.File == at.File && f.Path == at.Path && f.Line == at.Line {
			m.findings[i].Text = why
			return
		}
	}
	m.tell(d, ByHand, s, "", why)
}

// setsTracing tells whether something for some clusters only has settings of
// tracing, and takes note of the tokens in it.
func (m *decisions) setsTracing(d *document, some *forSome) bool {
	found := mentionsAny(some.site.Value) || samples(some.site.Value)
	token := func(s site) {
		if text := yamltree.Text(s.Value); text != "" {
			m.hide(text)
			m.literals = append(m.literals, claim{value: valueToken, is: text, at: d.found(Rotate, s)})
		}
	}
	for _, p := range some.placed {
		for _, r := range m.Rows[p.scope.Rows] {
			for _, s := range below(p.base, r.Path) {
				if r.Keep || !r.fits(s) {
					continue
				}
				if found = true; r.Secret {
					token(s)
				}
			}
		}
		if p.scope.Rows != "meshConfig" {
			continue
		}
		found = found || at(p.base.Value, "extensionProviders") != nil || at(p.base.Value, "defaultProviders.tracing") != nil
		for _, s := range below(p.base, "extensionProviders[].lightstep.accessToken") {
			token(s)
		}
		for _, s := range below(p.base, "extensionProviders[].opentelemetry") {
			entry, _ := header(s.Value)
			if value := at(entry, "value"); value != nil {
				token(site{Key: value, Value: value, Up: &s})
			}
		}
	}
	return found
}

// samples tells whether a tree has istiod's own sampling, which values may have by
// itself.
func samples(node *yaml.Node) bool {
	for s := range yamltree.All(node) {
		if s.Value.Kind == yaml.MappingNode && (at(s.Value, "pilot.traceSampling") != nil || at(s.Value, "pilot.env.PILOT_TRACE_SAMPLING") != nil) {
			return true
		}
	}
	return false
}

// mentionsAny tells whether a key or a text of a tree mentions LightStep.
func mentionsAny(node *yaml.Node) bool {
	found := false
	eachScalar(node, func(n *yaml.Node) { found = found || mentionsLightStep(n.Value) })
	return found
}

// partOfTelemetry says what to do about a part of a Telemetry.
const partOfTelemetry = "this is a part of a Telemetry, and nothing is taken from it: what else the Telemetry has is not known. " +
	"Give the Telemetry with it, such as by `kustomize build` or `kubectl get telemetry -A -o yaml`, in place of this file, and then remove LightStep's part here by hand"

// namePartsOfTelemetries names what patches and policies set of Telemetries, where that is
// about LightStep's spans.
func (m *decisions) namePartsOfTelemetries() {
	for _, d := range m.documents {
		if d.is("Telemetry") {
			continue
		}
		for s := range yamltree.All(d.root) {
			if k := m.kindOf(s.Value); s.Value.Kind != yaml.MappingNode || k != nil && k.Kind == "Telemetry" && !d.patches {
				continue
			}
			entries := below(s, "spec.tracing[]")
			if !slices.ContainsFunc(entries, m.tracesLightStep) {
				continue
			}
			m.tell(d, ByHand, below(s, "spec.tracing")[0], "", partOfTelemetry)
			for _, entry := range entries {
				for _, sampling := range below(entry, "randomSamplingPercentage") {
					m.notKnown(d, sampling, valueSampling, 60)
				}
			}
		}
	}
}

// tracesLightStep tells an entry of a Telemetry's tracing that may decide about
// LightStep's spans.
func (m *decisions) tracesLightStep(entry site) bool {
	if named := below(entry, "providers[]"); len(named) > 0 {
		return mentionsAny(entry.Value) || slices.ContainsFunc(named, func(s site) bool { return m.taken[textAt(s.Value, "name")] })
	}
	return m.lightstep && (at(entry.Value, "randomSamplingPercentage") != nil || at(entry.Value, "disableSpanReporting") != nil)
}

// patchText finds where kustomize's patches stand that are objects as text.
var patchText = regexp.MustCompile(`(^|\.)patch$|(^|\.)patchesStrategicMerge\[\d+\]$`)

// isPatch tells an object that is the text of a patch.
func (d *document) isPatch() bool {
	return d.owner != nil && patchText.MatchString(d.held.Path().String())
}

// Places at which istiod's variable, or a Telemetry's sampling, is set beside the settings
// that are read: an item of an operator's overlay, and a path of a kustomize replacement.
var (
	overlayItem     = regexp.MustCompile(`\.k8s\.overlays\[\d+\]\.patches\[\d+\]`)
	overlayPath     = regexp.MustCompile(`\[name:PILOT_TRACE_SAMPLING\]\.value$`)
	replacementPath = regexp.MustCompile(`(^|\.)replacements\[\d+\]\.targets\[\d+\]\.fieldPaths\[\d+\]$`)
	samplingPath    = regexp.MustCompile(`\.randomSamplingPercentage$|\[name=PILOT_TRACE_SAMPLING\]\.value$`)
)

// Ranks beside those of paths.yaml. Istio reads its variable where the mesh config has no
// sampling (pilot/pkg/networking/core/tracing.go), and a Telemetry's sampling before both.
const rankOfVariable, rankOfReplacement = 25, 70

// nameSamplings takes the sampling where istiod's variable is set by an overlay or a patch,
// and names the replacements that set a sampling.
func (m *decisions) nameSamplings() {
	for _, d := range m.documents {
		ofIstiod := m.patchesIstiod(d)
		for s := range yamltree.All(d.root) {
			isVariable := s.Value.Kind == yaml.MappingNode && textAt(s.Value, "name") == "PILOT_TRACE_SAMPLING" && at(s.Value, "value") != nil
			switch {
			case isVariable && (ofIstiod || overlayItem.MatchString(s.Path().String())):
				if !m.knownAt[d.anchor(s)] {
					m.takeIstiodSampling(d, s)
				}
			case s.Value.Kind == yaml.MappingNode && overlayPath.MatchString(textAt(s.Value, "path")) && at(s.Value, "value") != nil &&
				overlayItem.MatchString(s.Path().String()):
				m.takeIstiodSampling(d, s)
			case s.Value.Kind == yaml.ScalarNode && samplingPath.MatchString(s.Value.Value) && replacementPath.MatchString(s.Path().String()):
				m.tell(d, ByHand, s, valueSampling, "this sets the sampling from elsewhere: set the value to what it sets")
				m.notKnown(d, s, valueSampling, rankOfReplacement)
			}
		}
	}
}

// patchesIstiod tells a patch of istiod's Deployment.
func (m *decisions) patchesIstiod(d *document) bool {
	if !d.patches && !d.isPatch() || textAt(d.root, "kind") != "Deployment" {
		return false
	}
	name := textAt(d.root, "metadata.name")
	return slices.Contains([]string{"", "istiod", "istiod-" + m.plane.revision}, name)
}

// takeIstiodSampling takes note of the value of istiod's variable, which stays where it is.
func (m *decisions) takeIstiodSampling(d *document, s site) {
	value := below(s, "value")[0]
	m.knowKept(d, value, valueSampling, number(yamltree.Text(value.Value)), rankOfVariable)
}
