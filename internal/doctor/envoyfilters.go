package doctor

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// envoyFilters finds EnvoyFilters that change how proxies trace, or where they send
// spans.
func (e *examination) envoyFilters(p *plane) {
	for i := range e.EnvoyFilters {
		f := &e.EnvoyFilters[i]
		if f.Targeted || !p.Heeds(f.Meta) {
			continue
		}
		told := map[string]bool{}
		for _, patch := range f.Patches {
			does, id := effect(p, patch)
			if patch.Narrow && id == lost {
				does, id = does+" where its match applies", changed
			}
			if does == "" || patch.Route || told[id] {
				continue
			}
			pods := patched(p, f, patch)
			if len(pods) == 0 {
				continue
			}
			told[id] = true // one at a time: a tenant can write thousands
			e.add(id, subject("envoyfilter", f.Ref), f.Created, finding.Facts{
				"name": f.Name, "namespace": f.Namespace, "index": patch.Index, "does": does, "scope": scopeOf(pods),
			})
		}
	}
}

// patched are the pods that a patch is for.
func patched(p *plane, f *mesh.EnvoyFilter, patch mesh.EnvoyPatch) []*mesh.Pod {
	const longest = 256 // istiod takes no longer pattern either
	if len(patch.ProxyVersion) > longest {
		return nil
	}
	version, err := regexp.Compile(patch.ProxyVersion)
	if err != nil {
		return nil
	}
	var pods []*mesh.Pod
	for _, pod := range p.pods {
		switch {
		case f.Namespace != pod.Namespace && f.Namespace != p.RootNamespace():
		case !mesh.Selects(f.Selector, pod.Labels):
		case patch.Context == "GATEWAY" && !pod.Proxy.Gateway, strings.HasPrefix(patch.Context, "SIDECAR") && pod.Proxy.Gateway:
		case pod.Proxy.Version.Known() && !version.MatchString(pod.Proxy.Version.String()):
		default:
			pods = append(pods, pod)
		}
	}
	return pods
}

// managers are the names of the filter that makes spans, that of Istio up to 1.8 too.
var managers = []string{"", "envoy.filters.network.http_connection_manager", "envoy.http_connection_manager"}

// What a patch is: spans are lost by it for certain, or it may be so.
const (
	lost    = "LS-ENVOYFILTER-LOST"
	changed = "LS-ENVOYFILTER-TRACING"
)

// lostIf tells which of both it is.
func lostIf(certain bool) string {
	if certain {
		return lost
	}
	return changed
}

// harmless are settings of tracing that lose no span.
var harmless = []string{"customTags", "maxPathTagLength", "verbose"}

// effect says in words what a patch does to tracing, "" for nothing, and what finding
// it is.
func effect(p *plane, patch mesh.EnvoyPatch) (does, id string) {
	set := slices.Sorted(maps.Keys(patch.Tracing))
	if patch.Operation != "REPLACE" {
		set = slices.DeleteFunc(set, func(key string) bool { return slices.Contains(harmless, key) })
	}
	switch patch.ApplyTo {
	case "CLUSTER":
		return clusterEffect(p, patch)
	case "NETWORK_FILTER":
		const manager = " the HTTP connection manager"
		switch {
		case !slices.Contains(managers, patch.Filter), patch.Operation == "REPLACE" && patch.Filter == "":
		case patch.Operation == "REMOVE":
			return "removes" + manager, lost
		case patch.Operation == "REPLACE" && len(set) == 0:
			return "replaces" + manager + " by one without tracing", lost
		case len(set) > 0:
			return "sets tracing (" + listed(set) + ") of" + manager, changed
		}
	case "HTTP_ROUTE":
		if len(set) > 0 {
			sampling, given := patch.Tracing["randomSampling"].(map[string]any)
			return "sets tracing (" + listed(set) + ") of routes", lostIf(given && zero(sampling["numerator"]))
		}
	case "BOOTSTRAP":
		for _, key := range slices.Sorted(maps.Keys(patch.Runtime)) {
			return fmt.Sprintf("sets runtime value %s to %d", key, patch.Runtime[key]), lostIf(patch.Runtime[key] == 0)
		}
		if len(set) > 0 {
			return "sets tracing (" + listed(set) + ") of the bootstrap configuration", changed
		}
	}
	return "", ""
}

// zero tells whether a number is not set, or is 0.
func zero(number any) bool { return number == nil || fmt.Sprint(number) == "0" }

// clusterEffect is what a patch does to the Envoy cluster to which spans go. What is
// changed in all clusters alike is taken for harmless.
func clusterEffect(p *plane, patch mesh.EnvoyPatch) (does, id string) {
	m, host := patch.Cluster, p.dest.fqdn()
	named := m.Name == fmt.Sprintf("outbound|%d||%s", p.dest.port, host) || m.Name == "" && m.Service == host
	fits := named || m.Name == "" && m.Service == ""
	if p.dest.host == "" || !fits || m.Subset != "" || m.Port != 0 && m.Port != p.dest.port || patch.Context == "SIDECAR_INBOUND" {
		return "", ""
	}
	switch {
	case patch.Operation == "REMOVE":
		return "removes the Envoy cluster of " + host, lost
	case named && strings.HasPrefix(patch.Operation, "MERGE"):
		return "changes the Envoy cluster of " + host, changed
	}
	return "", ""
}

// runtime finds runtime values of the proxies that limit sampling, whatever a Telemetry
// says.
func (e *examination) runtime(p *plane) {
	if e.known(p) {
		at := mesh.Ref{Namespace: p.Namespace, Name: p.StandardName}
		e.limits(p.Config.Runtime, subject("configmap", at), time.Time{}, finding.Facts{
			"where": "defaultConfig.runtimeValues of the mesh config", "scope": "the mesh",
			"patch": finding.NewCommand("kubectl edit configmap {name} --namespace {namespace}", finding.Facts{"name": at.Name, "namespace": at.Namespace}),
		})
	}
	limited := func(pod *mesh.Pod) bool { return len(mesh.PodRuntime(pod.Proxy.Config)) > 0 }
	for _, w := range workloadsOf(p.pods, limited) {
		e.limits(mesh.PodRuntime(w.first.Proxy.Config), w.subject(), w.first.Created, finding.Facts{
			"where": "runtimeValues in annotation proxy.istio.io/config", "scope": "this workload",
			"patch": finding.NewCommand("kubectl edit {workload} --namespace {namespace}", finding.Facts{"workload": w.name, "namespace": w.namespace}),
		})
	}
}

// limits reports the value that limits most.
func (e *examination) limits(runtime map[string]int, at string, since time.Time, facts finding.Facts) {
	lowest := ""
	for _, key := range slices.Sorted(maps.Keys(runtime)) {
		if lowest == "" || runtime[key] < runtime[lowest] {
			lowest = key
		}
	}
	if lowest == "" {
		return
	}
	facts["setting"], facts["value"], facts["lost"] = lowest, runtime[lowest], 100-runtime[lowest]
	e.add("LS-SAMPLING-RUNTIME", at, since, facts)
	if runtime[lowest] > 0 {
		e.found[len(e.found)-1].Choose()
	}
}
