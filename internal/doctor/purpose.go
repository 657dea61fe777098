package doctor

import (
	"maps"
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
		if at, ok := wanted[f.Subject]; ok && slices.Contains(at.ids, f.ID) && f.ID != misplaced {
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
	note := func(kind string, objects []mesh.Meta) {
		for _, m := range objects {
			if len(m.OnPurpose) > 0 && finding.ValidName(m.Name) {
				all[subject(kind, m.Ref)] = purpose{kind + "/" + m.String(), m.OnPurpose}
			}
		}
	}
	ofMesh := func(kind string, objects []mesh.Meta) {
		note(kind, slices.DeleteFunc(objects, func(m mesh.Meta) bool { return !e.Trusted(m.Namespace) }))
	}
	note("namespace", mesh.Metas(slices.Collect(maps.Values(e.Namespaces))))
	note("telemetry", mesh.Metas(e.Telemetries))
	note("sidecar", mesh.Metas(e.Sidecars))
	note("envoyfilter", mesh.Metas(e.EnvoyFilters))
	note("authorizationpolicy", mesh.Metas(e.Authorizations))
	note("secret", mesh.Metas(slices.Collect(maps.Values(e.Secrets))))
	note("networkpolicy", e.Policies())
	ofMesh("destinationrule", mesh.Metas(e.DestinationRules))
	ofMesh("serviceentry", mesh.Metas(e.ServiceEntries))
	ofMesh("service", mesh.Metas(slices.Collect(maps.Values(e.Services))))
	ofMesh("configmap", mesh.Metas(slices.Concat(e.SharedConfigs, e.CollectorConfigs)))
	for _, w := range e.Workloads {
		ofMesh(strings.ToLower(w.Kind), []mesh.Meta{w.Meta})
	}
	note("deployment", mesh.Metas(e.Istiods))
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
