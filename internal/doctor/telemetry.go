package doctor

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// meshWideTelemetry is the one that counts for every proxy: the oldest of the
// root namespace (pilot/pkg/model/telemetry.go).
func (e *examination) meshWideTelemetry(p *plane) *mesh.Telemetry {
	return e.namespaceTelemetry(p, p.RootNamespace())
}

func (e *examination) namespaceTelemetry(p *plane, namespace string) *mesh.Telemetry {
	for i := range e.Telemetries {
		t := &e.Telemetries[i]
		if t.Namespace == namespace && t.Wide() && p.Heeds(t.Meta) {
			return t
		}
	}
	return nil
}

// telemetry checks which provider the Telemetries choose, and how much is
// sampled.
func (e *examination) telemetry(p *plane) {
	if p.target.Name == "" || p.row.Telemetry == "" || e.Unseen("telemetries") || !e.known(p) {
		return
	}
	if p.meshWide == nil || !slices.Contains(providersOf(p.meshWide), p.target.Name) {
		e.notMeshWide(p)
	}
	if p.meshWide != nil {
		e.entries(p, p.meshWide, "the mesh")
		e.sampling(p, p.meshWide)
	}
	for i := range e.Telemetries {
		if t := &e.Telemetries[i]; t != p.meshWide && p.Heeds(t.Meta) {
			e.narrow(p, t)
		}
	}
}

// misplaced is found of a Telemetry of one namespace, and is about the mesh.
const misplaced = "LS-TELEMETRY-NAMESPACE"

// notMeshWide says why the provider is not used by all.
func (e *examination) notMeshWide(p *plane) {
	if slices.Contains(p.Config.DefaultProviders, p.target.Name) {
		return
	}
	root := p.RootNamespace()
	for i := range e.Telemetries {
		t := &e.Telemetries[i]
		if !t.Wide() || !slices.Contains(providersOf(t), p.target.Name) {
			continue
		}
		facts := finding.Facts{"name": t.Name, "namespace": t.Namespace, "root": root, "revision": t.Revision(), "running": p.Revision}
		switch {
		case t.Namespace == root && !p.Heeds(t.Meta):
			if e.gone(t.Revision()) {
				e.add("LS-TELEMETRY-REVISION", subject("telemetry", t.Ref), t.Created, facts)
				return
			}
		case t.Namespace == root && p.meshWide != nil:
			facts["name"], facts["item"] = p.meshWide.Name, p.meshWide.Name
			e.add("LS-TELEMETRY-OTHER", subject("telemetry", p.meshWide.Ref), t.Created, facts)
			return
		case t.Namespace != root && p.meshWide == nil && p.Heeds(t.Meta) && t.Labelled:
			e.add(misplaced, subject("telemetry", t.Ref), t.Created, facts)
			return
		}
	}
	if p.meshWide == nil || len(providersOf(p.meshWide)) == 0 {
		e.add("LS-TELEMETRY-MISSING", subject("namespace", mesh.Ref{Name: root}), time.Time{}, finding.Facts{
			"root": root, "provider": p.target.Name,
		})
	}
}

// narrow checks a Telemetry of one namespace or some workloads.
func (e *examination) narrow(p *plane, t *mesh.Telemetry) {
	if t.Targeted || t.Wide() && (t.Namespace == p.RootNamespace() || e.namespaceTelemetry(p, t.Namespace) != t) {
		return
	}
	var pods []*mesh.Pod
	for _, pod := range p.pods {
		if pod.Namespace == t.Namespace && mesh.Selects(t.Selector, pod.Labels) {
			pods = append(pods, pod)
		}
	}
	if len(pods) == 0 {
		return
	}
	scope := "namespace " + t.Namespace
	if !t.Wide() {
		if chosen := workloadsOf(pods, func(*mesh.Pod) bool { return true }); len(chosen) > 0 {
			scope = fmt.Sprintf("%d workloads of namespace %s", len(chosen), t.Namespace)
			if len(chosen) == 1 {
				scope = chosen[0].subject()
			}
		}
	}
	e.entries(p, t, scope)
	if percentage, index := lastSampling(t); percentage != nil {
		e.sampled(t, *percentage, index, scope, true)
	}
}

// entries checks the tracing entries of a Telemetry.
func (e *examination) entries(p *plane, t *mesh.Telemetry, scope string) {
	for i, entry := range t.Tracing {
		facts := finding.Facts{
			"name": t.Name, "namespace": t.Namespace, "scope": scope, "index": strconv.Itoa(i), "provider": p.target.Name,
		}
		if len(entry.Providers) > 0 && entry.Providers[0].Name != p.target.Name {
			wrong := entry.Providers[0].Name
			facts["wrong"] = wrong
			id := "LS-TELEMETRY-OVERRIDE"
			if _, there := p.Config.Provider(wrong); !there {
				id = "LS-TELEMETRY-PROVIDER"
			}
			e.tell(id, t, id == "LS-TELEMETRY-OVERRIDE" && t != p.meshWide, facts)
		}
		if entry.Disable != nil && *entry.Disable {
			e.tell("LS-TELEMETRY-DISABLED", t, t != p.meshWide, facts)
		}
	}
}

// tell reports a Telemetry. One of a namespace or of some workloads says what
// its owner chose for them.
func (e *examination) tell(id string, t *mesh.Telemetry, chosen bool, facts finding.Facts) {
	e.add(id, subject("telemetry", t.Ref), t.Created, facts)
	if chosen {
		e.found[len(e.found)-1].Choose()
	}
}

func lastSampling(t *mesh.Telemetry) (percentage *float64, index int) {
	for i, entry := range t.Tracing {
		if entry.Sampling != nil {
			percentage, index = entry.Sampling, i
		}
	}
	return percentage, index
}

// sampling checks the mesh-wide percentage, stated or not.
func (e *examination) sampling(p *plane, t *mesh.Telemetry) {
	if len(t.Tracing) == 0 {
		return
	}
	percentage, index := lastSampling(t)
	if percentage != nil {
		e.sampled(t, *percentage, index, "the mesh", false)
		return
	}
	fallback, from := e.fallbackSampling(p)
	if fallback >= 100 {
		return
	}
	e.add("LS-SAMPLING-UNSET", subject("telemetry", t.Ref), t.Created, finding.Facts{
		"name": t.Name, "namespace": t.Namespace, "scope": "the mesh", "index": "0", "version": p.Version.String(),
		"percentage": number(fallback), "lost": number(100 - fallback), "from": from,
	})
}

// fallbackSampling is what is sampled where no Telemetry states it, and where
// that comes from.
func (e *examination) fallbackSampling(p *plane) (percentage float64, from string) {
	if p.row.UnsetSamplesNone {
		return 0, "because an unset percentage is read as 0"
	}
	if s := p.Config.Sampling(); s > 0 && s <= 100 {
		return s, "from defaultConfig.tracing.sampling"
	}
	if v, ok := p.Variable("PILOT_TRACE_SAMPLING"); ok {
		if s, err := strconv.ParseFloat(v.Value, 64); err == nil && s >= 0 && s <= 100 {
			return s, "from istiod's PILOT_TRACE_SAMPLING"
		}
	}
	return 1, "its default"
}

func (e *examination) sampled(t *mesh.Telemetry, percentage float64, index int, scope string, chosen bool) {
	id := "LS-SAMPLING-PARTIAL"
	switch {
	case percentage >= 100:
		return
	case percentage <= 0:
		id = "LS-SAMPLING-NONE"
	}
	e.tell(id, t, chosen, finding.Facts{
		"name": t.Name, "namespace": t.Namespace, "scope": scope, "index": strconv.Itoa(index),
		"value": number(percentage), "lost": number(100 - percentage),
	})
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
