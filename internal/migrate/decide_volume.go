package migrate

import (
	"fmt"
	"strings"
)

// ownSampling is the chart's value where none is set.
const ownSampling = "100"

// narrowUse is a Telemetry for less than the mesh that named a provider of
// LightStep's.
type narrowUse struct {
	at             Finding
	what, sampling string
}

// tellVolume tells where the chart has more spans sent than before: by the whole
// mesh in place of a part of it, or at its own sampling in place of Istio's.
func (m *decisions) tellVolume() {
	if m.plan.kind == "ours" || m.partial {
		return
	}
	sampling := ownSampling
	is, sampled := m.values[valueSampling]
	if sampled {
		sampling = fmt.Sprint(is)
	}
	volume := func(f Finding, text string) {
		f.Outcome, f.Text = Volume, text
		m.note(f)
	}
	at, parts := m.partsOfMesh()
	switch {
	case len(parts) > 0:
		volume(at, "only "+strings.Join(parts, ", ")+" sent spans to LightStep; with the chart the whole mesh does, at "+sampling+
			" %. To keep to these, set telemetry.enabled to false and name "+release+" in Telemetries of these alone")
	case !sampled:
		volume(Finding{To: valueSampling}, "nothing here sets how many requests are traced, so Istio's default applied: 1 % with its charts; the chart's default is "+
			ownSampling+" %. Set pilot.traceSampling to keep the old volume")
	}
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
