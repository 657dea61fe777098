package doctor

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// plane is a control plane, and what is meant to send its proxies' spans.
type plane struct {
	*mesh.Istiod
	row      *dialect.Row
	pods     []*mesh.Pod // with a proxy of this control plane, but for collectors
	target   mesh.Provider
	has      bool            // the mesh config has the target
	meshWide *mesh.Telemetry // the one that counts
	dest     destination     // where the target sends to
}

func (e *examination) planes() []*plane {
	var planes []*plane
	for _, i := range e.Istiods {
		p := &plane{Istiod: i, row: e.dialects.Nearest(i.Version)}
		if p.Config == nil {
			p.Config = &mesh.Config{}
		}
		for at := range e.Pods {
			pod := &e.Pods[at]
			if pod.Running && pod.Proxy != nil && pod.Proxy.Revision == i.Revision {
				p.pods = append(p.pods, pod)
			}
		}
		p.meshWide = e.meshWideTelemetry(p)
		p.target, p.has = e.targetOf(p)
		p.dest = e.destinationOf(p)
		if c := p.dest.collector; c != nil { // Its sidecars send no spans.
			p.pods = slices.DeleteFunc(p.pods, func(pod *mesh.Pod) bool { return slices.Contains(c.pods, pod) })
		}
		planes = append(planes, p)
	}
	return planes
}

// known tells whether the mesh config could be looked at.
func (e *examination) known(p *plane) bool {
	return p.ConfigErr == nil && !e.Unseen("configmaps")
}

// targetOf finds the provider that is meant to send spans: the chart's own, or
// else the one in use. Where the mesh config lacks it, its name is known from
// the chart's other objects.
func (e *examination) targetOf(p *plane) (target mesh.Provider, found bool) {
	if p.native() {
		return mesh.Provider{}, false
	}
	var names []string
	for _, provider := range p.Config.Providers {
		if provider.Shared || provider.Hidden {
			names = append(names, provider.Name)
		}
	}
	for _, t := range e.Telemetries {
		if e.Ours(t.Meta) && p.Heeds(t.Meta) {
			names = append(names, providersOf(&t)...)
		}
	}
	for _, m := range e.SharedConfigs {
		if e.Ours(m.Meta) && p.Heeds(m.Meta) {
			names = append(names, m.Name)
		}
	}
	if p.meshWide != nil {
		names = append(names, providersOf(p.meshWide)...)
	}
	names = append(names, p.Config.DefaultProviders...)
	for _, name := range names {
		if provider, ok := p.Config.Provider(name); ok && (provider.Traces() || provider.Shared) {
			return provider, true
		}
	}
	for _, provider := range p.Config.Providers {
		if provider.Traces() {
			return provider, true
		}
	}
	for _, name := range names {
		if provider, ok := p.Config.Provider(name); ok {
			return provider, true
		}
	}
	if len(names) > 0 {
		return mesh.Provider{Name: names[0]}, false
	}
	return mesh.Provider{}, false
}

// providersOf names the providers of a Telemetry.
func providersOf(t *mesh.Telemetry) []string {
	var names []string
	for _, entry := range t.Tracing {
		if len(entry.Providers) > 0 {
			names = append(names, entry.Providers[0].Name)
		}
	}
	return names
}

// native tells whether proxies send spans by the tracer of old.
func (p *plane) native() bool {
	return p.row.Native != "" && slices.Contains(p.Config.Tracers(), "lightstep")
}

// workload is a workload and its pods that have something wrong.
type workload struct {
	namespace, name string
	first           *mesh.Pod
	pods            int
}

// workloadsOf groups pods by their workload, sorted.
func workloadsOf(pods []*mesh.Pod, wrong func(*mesh.Pod) bool) []workload {
	byName := map[string]*workload{}
	for _, pod := range pods {
		if !wrong(pod) {
			continue
		}
		key := pod.Namespace + "/" + pod.Workload()
		if byName[key] == nil {
			byName[key] = &workload{namespace: pod.Namespace, name: pod.Workload(), first: pod}
		}
		byName[key].pods++
	}
	all := make([]workload, 0, len(byName))
	for _, key := range slices.Sorted(maps.Keys(byName)) {
		all = append(all, *byName[key])
	}
	return all
}

// subject names the workload for people.
func (w workload) subject() string { return w.name + " in " + w.namespace }

// namespacesOf gives the namespaces of pods, sorted.
func namespacesOf(pods []*mesh.Pod) []string {
	names := map[string]bool{}
	for _, pod := range pods {
		names[pod.Namespace] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// scopeOf says in words which pods are meant.
func scopeOf(pods []*mesh.Pod) string {
	names := namespacesOf(pods)
	switch len(names) {
	case 0:
		return "no workload"
	case 1:
		return "namespace " + names[0]
	default:
		return fmt.Sprintf("%d namespaces (%s)", len(names), listed(names))
	}
}

// configMapOf names the ConfigMap in which a provider stands.
func (p *plane) configMapOf(provider mesh.Provider) string {
	if provider.Shared {
		return p.Shared
	}
	return p.StandardName
}

// selectorText writes labels as kubectl takes them, by their keys.
func selectorText(labels map[string]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		parts = append(parts, key+"="+labels[key])
	}
	return strings.Join(parts, ",")
}
