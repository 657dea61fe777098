package migrate

import "slices"

// telemetry is a Telemetry that the control plane heeds.
type telemetry struct {
	document  *document
	wide      bool // it is for the whole mesh
	overruled bool // another one is heeded in its place
}

// age is how Telemetries are ordered: by the time at which the cluster made one,
// and by the name where two have the same.
func (d *document) age() string {
	created := textAt(d.root, "metadata.creationTimestamp")
	if created == "" {
		return ""
	}
	return created + "\x00" + textAt(d.root, "metadata.name")
}

// findTelemetries finds the Telemetries that the control plane heeds. Of the
// mesh-wide ones that come from a cluster, as their creationTimestamp shows, that
// is the oldest. Those that it overrules come first.
func (f *facts) findTelemetries() []telemetry {
	var heeded []telemetry
	first := ""
	for _, d := range f.documents {
		if !d.is("Telemetry") || f.plane.otherRevision(d) != "" {
			continue
		}
		t := telemetry{document: d, wide: f.plane.isMeshWide(d)}
		if age := d.age(); t.wide && age != "" && (first == "" || age < first) {
			first = age
		}
		heeded = append(heeded, t)
	}
	var overruled []telemetry
	heeded = slices.DeleteFunc(heeded, func(t telemetry) bool {
		age := t.document.age()
		if t.overruled = t.wide && age != "" && age != first; t.overruled {
			overruled = append(overruled, t)
		}
		return t.overruled
	})
	return append(overruled, heeded...)
}

// isMeshWide tells whether a Telemetry is for the whole mesh. Of a cluster it is
// known which namespace that is; in a file one of the chart's own tells it.
func (p plane) isMeshWide(d *document) bool {
	namespace := textAt(d.root, "metadata.namespace")
	narrowed := slices.ContainsFunc([]string{"spec.selector", "spec.targetRefs", "spec.targetRef"}, func(path string) bool { return at(d.root, path) != nil })
	return !narrowed && (namespace == "" || namespace == p.root || d.ours() && !d.Live)
}
