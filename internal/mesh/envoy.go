package mesh

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// EnvoyFilter patches what istiod sends to proxies.
type EnvoyFilter struct {
	Meta
	Targeted bool // targetRefs: for a gateway or waypoint
	Selector map[string]string
	Patches  []EnvoyPatch
}

// EnvoyPatch is one of its patches, as far as it can be about spans.
type EnvoyPatch struct {
	Index                         int
	ApplyTo, Operation            string
	Context, ProxyVersion, Filter string // what it matches; empty is all
	Narrow                        bool   // it also matches what is not kept here
	Route                         bool   // it is for a single route
	Cluster                       EnvoyCluster
	Tracing                       map[string]any // settings of tracing
	Runtime                       map[string]int // see [Runtime]
}

// EnvoyCluster matches Envoy clusters; empty fields match all.
type EnvoyCluster struct {
	Name    string `json:"name"`
	Service string `json:"service"`
	Subset  string `json:"subset"`
	Port    int    `json:"portNumber"`
}

var newEnvoyFilter = reading("an EnvoyFilter", func(o *object[struct {
	Selector struct {
		Labels map[string]string `json:"labels"`
	} `json:"workloadSelector"`
	TargetRefs []struct{} `json:"targetRefs"`
	Patches    []struct {
		ApplyTo string `json:"applyTo"`
		Match   struct {
			Context string `json:"context"`
			Proxy   struct {
				Version  string         `json:"proxyVersion"`
				Metadata map[string]any `json:"metadata"`
			} `json:"proxy"`
			Cluster  EnvoyCluster   `json:"cluster"`
			Listener map[string]any `json:"listener"`
			Routes   map[string]any `json:"routeConfiguration"`
		} `json:"match"`
		Patch struct {
			Operation string         `json:"operation"`
			Value     map[string]any `json:"value"`
		} `json:"patch"`
	} `json:"configPatches"`
}],
) EnvoyFilter {
	f := EnvoyFilter{Meta: newMeta(&o.Metadata), Targeted: len(o.Spec.TargetRefs) > 0, Selector: o.Spec.Selector.Labels}
	for i, p := range o.Spec.Patches {
		patch := EnvoyPatch{
			Index: i, ApplyTo: p.ApplyTo, Operation: p.Patch.Operation, Context: p.Match.Context, ProxyVersion: p.Match.Proxy.Version,
			Narrow: len(p.Match.Proxy.Metadata)+len(p.Match.Routes) > 0, Cluster: p.Match.Cluster,
		}
		patch.listener(p.Match.Listener)
		host, _ := p.Match.Routes["vhost"].(map[string]any)
		route, _ := host["route"].(map[string]any)
		name, _ := route["name"].(string)
		patch.Route = name != "" && name != "default" // which Istio calls many routes
		value, _ := camelKeys(p.Patch.Value, 0).(map[string]any)
		patch.value(value)
		f.Patches = append(f.Patches, patch)
	}
	return f
})

// listener keeps the name of the filter that a patch matches, and whether it matches more.
func (p *EnvoyPatch) listener(match map[string]any) {
	chain, _ := match["filterChain"].(map[string]any)
	filter, _ := chain["filter"].(map[string]any)
	p.Filter, _ = filter["name"].(string)
	for _, fields := range []struct {
		of    map[string]any
		known string
	}{{match, "filterChain"}, {chain, "filter"}, {filter, "name"}} {
		for field := range fields.of {
			p.Narrow = p.Narrow || field != fields.known
		}
	}
}

// value keeps what the value of a patch says of tracing.
func (p *EnvoyPatch) value(value map[string]any) {
	if p.ApplyTo == "NETWORK_FILTER" {
		value, _ = value["typedConfig"].(map[string]any)
		if inner, wrapped := value["value"].(map[string]any); wrapped { // a TypedStruct
			value = inner
		}
	}
	p.Tracing, _ = value["tracing"].(map[string]any)
	layered, _ := value["layeredRuntime"].(map[string]any)
	layers, _ := layered["layers"].([]any)
	p.Runtime = map[string]int{}
	for _, one := range layers {
		layer, _ := one.(map[string]any)
		static, _ := layer["staticLayer"].(map[string]any)
		maps.Copy(p.Runtime, Runtime(static))
	}
}

// samplingKeys are the runtime keys by which Envoy limits sampling, whatever is
// configured (source/common/http/conn_manager_utility.cc).
var samplingKeys = []string{"tracing.random_sampling", "tracing.global_enabled"}

// Runtime gives the percentages of runtime values that limit sampling: below 100.
// Envoy ignores what is not a whole number.
func Runtime(values map[string]any) map[string]int {
	found := map[string]int{}
	nested, _ := values["tracing"].(map[string]any)
	for _, key := range samplingKeys {
		value, given := values[key]
		if !given {
			value, given = nested[strings.TrimPrefix(key, "tracing.")]
		}
		if percentage, err := strconv.ParseUint(fmt.Sprint(value), 10, 32); given && err == nil && percentage < 100 {
			found[key] = int(percentage)
		}
	}
	return found
}

// PodRuntime reads what annotation proxy.istio.io/config says of [Runtime].
func PodRuntime(annotation string) map[string]int {
	if !strings.Contains(annotation, "untime") {
		return nil
	}
	tree, err := readTree(annotation)
	if err != nil {
		return nil
	}
	values, _ := tree["runtimeValues"].(map[string]any)
	return Runtime(values)
}
