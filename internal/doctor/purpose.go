package doctor

import (
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// onPurpose notes the findings about objects whose annotation says that they
// are wanted.
func (e *examination) onPurpose(found []finding.Finding) []finding.Finding {
	wanted := e.purposes()
	for i := range found {
		f := &found[i]
		if at, ok := wanted[f.Subject]; ok && slices.Contains(at.ids, f.ID) {
			f.IgnoredBy = "annotation on " + at.object
		}
	}
	return found
}

// purpose is what the annotation of an object says.
type purpose struct {
	object string
	ids    []string
}

// purposes reads the annotations, by the subject of findings about the object.
// An object that decides about the mesh counts only where those can write who
// run it.
func (e *examination) purposes() map[string]purpose {
	all := map[string]purpose{}
	note := func(kind string, m mesh.Meta) {
		if len(m.OnPurpose) > 0 && finding.ValidName(m.Name) {
			all[subject(kind, m.Ref)] = purpose{kind + "/" + m.String(), m.OnPurpose}
		}
	}
	ofMesh := func(kind string, m mesh.Meta) {
		if e.Trusted(m.Namespace) {
			note(kind, m)
		}
	}
	for _, n := range e.Namespaces {
		note("namespace", n.Meta)
	}
	for _, t := range e.Telemetries {
		note("telemetry", t.Meta)
	}
	for _, s := range e.Sidecars {
		note("sidecar", s.Meta)
	}
	for _, s := range e.Secrets {
		note("secret", s.Meta)
	}
	for _, n := range e.Policies() {
		note("networkpolicy", n)
	}
	for _, d := range e.DestinationRules {
		ofMesh("destinationrule", d.Meta)
	}
	for _, s := range e.ServiceEntries {
		ofMesh("serviceentry", s.Meta)
	}
	for _, s := range e.Services {
		ofMesh("service", s.Meta)
	}
	for _, m := range slices.Concat(e.SharedConfigs, e.CollectorConfigs) {
		ofMesh("configmap", m.Meta)
	}
	for _, w := range e.Workloads {
		ofMesh(strings.ToLower(w.Kind), w.Meta)
	}
	for _, i := range e.Istiods {
		note("deployment", i.Meta)
	}
	e.podPurposes(all)
	return all
}

// podPurposes reads the annotations of pods. A workload's counts if every pod
// of it that was looked at has it.
func (e *examination) podPurposes(all map[string]purpose) {
	if !slices.ContainsFunc(e.Pods, func(p mesh.Pod) bool { return len(p.OnPurpose) > 0 }) {
		return
	}
	of := map[string][]string{}
	seen := map[string]bool{}
	for i := range e.Pods {
		p := &e.Pods[i]
		if len(p.OnPurpose) > 0 && finding.ValidName(p.Name) {
			all[subject("pod", p.Ref)] = purpose{"pod/" + p.String(), p.OnPurpose}
		}
		at := workload{namespace: p.Namespace, name: p.Workload()}.subject()
		if !seen[at] {
			seen[at], of[at] = true, p.OnPurpose
			continue
		}
		of[at] = slices.DeleteFunc(slices.Clone(of[at]), func(id string) bool { return !slices.Contains(p.OnPurpose, id) })
	}
	for at, ids := range of {
		if len(ids) > 0 {
			all[at] = purpose{at, ids}
		}
	}
}
