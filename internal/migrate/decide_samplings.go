package migrate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// podSampling is what a workload's annotation says of its sampling. Istio reads it only where
// no Telemetry sets a percentage (pilot/pkg/networking/core/tracing.go), as the chart's does.
type podSampling struct {
	Namespace, Name string // of the workload; empty where a Telemetry for it cannot be written
	Kind, Telemetry string // the workload's kind, and what the Telemetry is named
	Labels          string // that select its pods, as JSON
	Percent, Place  string

	pods map[string]string // all labels of its pods that are known
}

// takePodSamplings names the annotations whose sampling ends with the chart's Telemetry, and
// notes what keeps it.
func (m *decisions) takePodSamplings() {
	sets := m.whatSetsSampling()
	if m.partial || m.plan.kind == "ours" || m.to.row.Telemetry == "" || sets == "" {
		return
	}
	mesh := fmt.Sprint(m.values[valueSampling])
	becomes := mesh + " %"
	if mesh == noSampling {
		becomes = "what " + valueSampling + " sets"
	}
	when := " before you install the chart"
	if len(m.kept) > 0 {
		when = " before you do so"
	} else if m.keepsSamplingsLate() {
		when = " as soon as the chart is installed"
	}
	for _, d := range m.documents {
		if !d.ofWorkload() {
			continue
		}
		for _, s := range sites(d.root, "tracing.sampling") {
			percent, err := strconv.ParseFloat(yamltree.Text(s.Value), 64)
			if percent > 100 {
				percent = 1 // as Istio has it
			}
			written := strconv.FormatFloat(percent, 'f', -1, 64)
			if err != nil || !(percent > 0) || written == mesh { // Istio takes 0 for unset
				continue
			}
			own := d.podSampling()
			decides := m.telemetryOf(own)
			if decides != nil && setsSampling(decides.root) {
				continue // the annotation is overruled already
			}
			own.Percent = written
			why := "Istio reads this only where no Telemetry sets a percentage: once " + sets + ", " + shown(written+" %") + " becomes " + shown(becomes) + " here"
			switch {
			case decides != nil:
				own.Name = ""
				m.tell(d, ByHand, s, "", why+". To keep it, set randomSamplingPercentage: "+written+" in "+decides.describe()+when)
			case own.Name == "":
				m.tell(d, ByHand, s, "", why+". To keep it, create a Telemetry with randomSamplingPercentage: "+written+" and a selector with labels of these pods, in their namespace,"+when)
			default:
				m.tell(d, Volume, s, "", why+"; a step keeps it by a Telemetry")
			}
			own.Place = terminal.Safe(position(d.found(Volume, s)))
			m.plan.samplings = append(m.plan.samplings, own)
		}
	}
}

// whatSetsSampling tells by what a mesh-wide Telemetry sets a percentage that has none yet; ""
// where none does.
func (m *decisions) whatSetsSampling() string {
	if m.values["telemetry.enabled"] != false {
		return "the chart's Telemetry is there"
	}
	for _, r := range m.plan.renames {
		unsampled := len(r.entries) == 0 || slices.ContainsFunc(r.entries, func(e renamedEntry) bool { return e.unsampled })
		if len(m.kept) > 0 && unsampled {
			return "a step sets one in Telemetry " + shown(r.Namespace+"/"+r.Name)
		}
	}
	return ""
}

// keepsSamplingsLate tells whether nothing names a provider for the mesh until the chart's
// Telemetry does: another Telemetry before that would end tracing, but for that of a new control plane.
func (m *decisions) keepsSamplingsLate() bool {
	if len(m.kept) > 0 {
		return false // it traces already, and gets a percentage after that
	}
	native := m.plan.kind == "" && (m.native || len(m.toLightStep) == 0)
	return !native && len(m.plan.telemetries) == 0 && m.plan.defaultProvider == ""
}

// podSampling gives the workload that an annotation is of, where a Telemetry can select it.
func (d *document) podSampling() podSampling {
	for up := &d.held; up != nil; up = up.Up {
		kind := textAt(up.Value, "kind")
		if kind == "" || !yamltree.IsMap(at(up.Value, "metadata")) {
			continue
		}
		labels := at(up.Value, "spec.selector.matchLabels")
		if kind == "Pod" {
			labels = at(up.Value, "metadata.labels")
		}
		own := podSampling{Kind: strings.ToLower(kind), Namespace: textAt(up.Value, "metadata.namespace"), Name: textAt(up.Value, "metadata.name"), Labels: asJSON(labelsOf(labels))}
		own.pods = labelsOf(at(up.Value, "spec.template.metadata.labels"))
		maps.Copy(own.pods, labelsOf(labels))
		if !properName.MatchString(own.Namespace) || !properName.MatchString(own.Name) || own.Labels == "" {
			own.Name = ""
		}
		return own
	}
	return podSampling{}
}

// labelsOf gives labels; none where some are no texts.
func labelsOf(node *yaml.Node) map[string]string {
	labels := map[string]string{}
	if node != nil && node.Decode(&labels) != nil {
		return map[string]string{}
	}
	return labels
}

// asJSON gives labels for a selector; "" where there are none, or where they are no labels.
func asJSON(labels map[string]string) string {
	for key, value := range labels {
		if !properName.MatchString(key) || !properName.MatchString(value) {
			return ""
		}
	}
	text, err := json.Marshal(labels)
	if err != nil || len(labels) == 0 {
		return ""
	}
	return string(text)
}

// telemetryOf gives the Telemetry that decides about the sampling of a workload: one that sets
// it for the mesh, its namespace or itself, or else one that selects it; nil where there is none.
func (m *decisions) telemetryOf(own podSampling) *document {
	var of *document
	for _, t := range m.telemetries {
		d := t.document
		if t.overruled {
			continue
		}
		selector := at(d.root, "spec.selector.matchLabels")
		selected := labelsOf(selector)
		selects := len(selected) > 0
		for key, value := range selected {
			selects = selects && own.pods[key] == value
		}
		sameNamespace := own.Namespace != "" && textAt(d.root, "metadata.namespace") == own.Namespace
		switch {
		case t.wide && setsSampling(d.root), sameNamespace && (selects || selector == nil) && setsSampling(d.root):
			return d
		case sameNamespace && selects:
			of = d
		}
	}
	return of
}

// setsSampling tells whether a Telemetry sets a percentage.
func setsSampling(telemetry *yaml.Node) bool {
	return len(sites(telemetry, "spec.tracing[].randomSamplingPercentage")) > 0
}

// Object gives the Telemetry that keeps a workload's sampling, for one revision or, where
// that is empty, for all.
func (o podSampling) Object(revision string) string {
	if revision != "" {
		revision = fmt.Sprintf(`, "labels": {"istio.io/rev": "%s"}`, revision)
	}
	return fmt.Sprintf(`{"apiVersion": "telemetry.istio.io/v1alpha1", "kind": "Telemetry", "metadata": {"name": "%s", "namespace": "%s"%s}, `+
		`"spec": {"selector": {"matchLabels": %s}, "tracing": [{"randomSamplingPercentage": %s}]}}`, o.Telemetry, o.Namespace, revision, o.Labels, o.Percent)
}
