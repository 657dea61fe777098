package migrate

import (
	"fmt"
	"slices"
	"strings"
)

// ownSampling is the chart's value where none is set.
const ownSampling = "100"

// tellVolume tells where the chart has more spans sent than before: by the whole
// mesh in place of a part of it, or at its own sampling in place of Istio's.
func (m *migration) tellVolume(chosen map[string]any) {
	if m.provider == "ours" || m.partial {
		return
	}
	sampling := ownSampling
	if is, ok := chosen["pilot.traceSampling"]; ok {
		sampling = fmt.Sprint(is)
	}
	volume := func(f Finding, text string) {
		f.Outcome, f.Text = Volume, text
		m.result.Findings = append(m.result.Findings, f)
	}
	at, parts := m.partsOfMesh()
	switch {
	case len(parts) > 0:
		volume(at, "only "+strings.Join(parts, ", ")+" sent spans to LightStep; with the chart the whole mesh does, at "+sampling+
			" %. To keep to these, set telemetry.enabled to false and name "+release+" in Telemetries of these alone")
	case m.best("pilot.traceSampling") == nil:
		volume(Finding{To: "pilot.traceSampling"}, "nothing here sets how many requests are traced, so Istio's own number held: 1 % where its charts install it; the chart's is "+
			ownSampling+" %. Set pilot.traceSampling to keep the old volume")
	}
}

// partsOfMesh names what of the mesh sent spans to LightStep, with the sampling
// that is set there; nothing where all of it did, or where that is not known.
func (m *migration) partsOfMesh() (Finding, []string) {
	var first Finding
	var parts []string
	note := func(f Finding, what, sampling string) {
		if sampling != "" {
			what += " (" + sampling + " %)"
		}
		if len(parts) == 0 {
			first = f
		}
		if !slices.Contains(parts, what) {
			parts = append(parts, what)
		}
	}
	if m.usage.mesh == nil && m.provider != "" {
		for _, t := range m.narrowUses {
			note(t.at, t.what, t.sampling)
		}
	}
	return first, parts
}

// narrowUse is a Telemetry for less than the mesh that named a provider of
// LightStep's.
type narrowUse struct {
	at             Finding
	what, sampling string
}
