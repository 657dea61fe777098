package document

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// layers are the keys under which the values of Istio's charts hold defaults,
// the strongest first: `defaults` from 1.20 on, the other from 1.23 on. What
// the values say beside them holds; a list is replaced whole.
//
// Source: files/profile or zzz_profile.yaml of the charts, mustMergeOverwrite.
var layers = []string{"defaults", "_internal_defaults_do_not_set"}

// Layered gives a path of a control-plane document and the weaker places of the
// same setting: those under which it holds where the path itself says nothing.
func Layered(path string) []string {
	prefix, rest := "", path
	switch {
	case strings.HasPrefix(path, "spec.values."):
		prefix, rest = "spec.values.", strings.TrimPrefix(path, "spec.values.")
	case strings.HasPrefix(path, "spec.meshConfig."):
		return append([]string{path}, Layered("spec.values."+strings.TrimPrefix(path, "spec."))...)
	case strings.HasPrefix(path, "spec."):
		return []string{path}
	}
	places := []string{path}
	for _, layer := range layers {
		places = append(places, prefix+layer+"."+rest)
	}
	return places
}

// unlayered gives values with the defaults that they hold laid under them.
func unlayered(values *yaml.Node) *yaml.Node {
	maps := []*yaml.Node{values}
	for _, layer := range layers {
		maps = append(maps, yamltree.Get(values, layer))
	}
	merged := overlaid(maps)
	for _, layer := range layers {
		drop(merged, layer)
	}
	return merged
}

// refuseHidden refuses a list of ours that would hide one of the user's, which
// stands in a weaker place.
func refuseHidden(mine, ours *yaml.Node) error {
	for _, list := range yamltree.Outermost(ours, func(s yamltree.Site) bool { return s.Value.Kind == yaml.SequenceNode }) {
		path := list.Path().String()
		places := Layered(path)
		for _, place := range places[1:] {
			weaker := yamltree.Find(mine, yamltree.Parse(place))
			if len(weaker) == 0 || isEmpty(weaker[0].Value) {
				continue
			}
			if stronger := yamltree.At(mine, list.Path()); stronger != nil && !isEmpty(stronger) {
				break // that hides it already
			}
			return refusal(idLayer, place, weaker[0].Key.Line, weaker[0].Key.Column,
				"Istio replaces lists whole, so the list that this chart has at "+path+" would hide this one",
				"move the list to "+path)
		}
	}
	return nil
}

// sharedVariable is the variable of istiod's that names the one shared mesh
// ConfigMap which istiod reads.
const sharedVariable = "SHARED_MESH_CONFIG"

// environments are where the chart's documents set istiod's variables.
var environments = []string{
	"spec.components.pilot.k8s.env",
	"spec.values.pilot.env", "spec.values.pilot.envVarFrom", "spec.values.env", "spec.values.envVarFrom",
	"pilot.env", "pilot.envVarFrom", "env", "envVarFrom",
}

// SharedPlaces are the paths at which the chart's documents name the shared mesh
// ConfigMap, as [Keep] writes them.
func SharedPlaces() []string {
	places := make([]string, len(environments))
	for i, path := range environments {
		places[i] = path + "[name=" + sharedVariable + "]"
	}
	return places
}

// sharedMeshConfigs lists what the shared mesh ConfigMap is set to, wherever
// the document does: as a variable of a map or of a list of variables, and in
// patches of istiod's Deployment.
func sharedMeshConfigs(target *yaml.Node) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, s := range yamltree.Outermost(target, func(s yamltree.Site) bool { return says(sharedIn(s.Value)) }) {
		list.Content = append(list.Content, ofVariable(sharedIn(s.Value)))
	}
	return list
}

// sharedIn gives what a map sets the variable to, or nil.
func sharedIn(node *yaml.Node) *yaml.Node {
	if node.Kind != yaml.MappingNode {
		return nil
	}
	switch value := yamltree.Get(node, "value"); {
	case yamltree.Get(node, sharedVariable) != nil:
		return yamltree.Get(node, sharedVariable)
	case text(node, "name") == sharedVariable && (value != nil || yamltree.Get(node, "valueFrom") != nil):
		return node
	case value != nil && strings.Contains(text(node, "path"), sharedVariable):
		return value
	default:
		return nil
	}
}

// ofVariable gives the value of an item of a list of variables, or what it
// comes from, and that of a map's entry as it is.
func ofVariable(node *yaml.Node) *yaml.Node {
	if node = yamltree.Resolved(node); node.Kind != yaml.MappingNode {
		return node
	}
	for _, key := range []string{"value", "valueFrom"} {
		if value := yamltree.Get(node, key); value != nil {
			return yamltree.Resolved(value)
		}
	}
	return node
}

// proxyConfig is the annotation by which pods configure their own proxy.
const proxyConfig = "proxy.istio.io/config"

// tracers are those of which a proxy takes one.
var tracers = []string{"lightstep", "zipkin", "datadog", "stackdriver", "openCensusAgent"}

// annotationTracers lists the tracers that pods' annotations in the document
// set, such as a gateway's: each stands where its annotation does.
func annotationTracers(target *yaml.Node) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for s := range yamltree.All(target) {
		if s.Key == nil || s.Key.Value != proxyConfig || s.Value.Kind != yaml.ScalarNode {
			continue
		}
		var config yaml.Node
		if yaml.Unmarshal([]byte(s.Value.Value), &config) != nil || len(config.Content) == 0 {
			continue // Istio refuses the pod, and says so
		}
		tracing := yamltree.Get(config.Content[0], "tracing")
		for _, tracer := range tracers {
			if says(yamltree.Get(tracing, tracer)) {
				list.Content = append(list.Content, &yaml.Node{
					Kind: yaml.ScalarNode, Tag: "!!str", Value: tracer, Line: s.Key.Line, Column: s.Key.Column,
				})
			}
		}
	}
	return list
}

// meshConfigKeys are keys of a mesh config that are no values of a chart.
var meshConfigKeys = []string{
	"defaultConfig", "extensionProviders", "defaultProviders", "enableTracing", "rootNamespace",
	"trustDomain", "discoverySelectors", "outboundTrafficPolicy",
}

// valuesKeys are keys of values of which one at least stands at the root where
// Istio reads them.
var valuesKeys = append([]string{
	"global", "pilot", "meshConfig", "gateways", "sidecarInjectorWebhook", "env", "envVarFrom", "volumes", "revision",
}, layers...)

func hasAny(node *yaml.Node, keys []string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return yamltree.Get(node, key) != nil })
}

// IsMeshConfig tells a mesh config by what it holds.
func IsMeshConfig(node *yaml.Node) bool {
	return yamltree.Get(node, "meshConfig") == nil && hasAny(node, meshConfigKeys)
}

// IsValues tells values of an Istio chart, wherever they stand, by what they
// hold.
func IsValues(node *yaml.Node) bool {
	global := yamltree.Get(node, "global")
	return IsMeshConfig(yamltree.Get(node, "meshConfig")) || yamltree.IsMap(yamltree.Get(global, "tracer")) ||
		yamltree.Get(yamltree.Get(global, "proxy"), "tracer") != nil
}

// istiodKeys are keys of the values of istiod's chart, which those of its gateways
// have not.
var istiodKeys = []string{"pilot", "meshConfig", "sidecarInjectorWebhook", "global"}

// holdsValues tells values of Istio that set anything of tracing.
func holdsValues(s yamltree.Site) bool { return IsValues(s.Value) }

// holdsIstiod tells values of istiod: of its variables or sampling too, what an
// umbrella chart gives a subchart of that name, and what installs the chart.
func holdsIstiod(s yamltree.Site) bool {
	return IsValues(s.Value) || installsIstiod(s) || hasAny(yamltree.Get(s.Value, "pilot"), []string{"env", "envVarFrom", "traceSampling"}) ||
		s.Key != nil && yamltree.Key(s.Key) == "istiod" && hasAny(s.Value, istiodKeys)
}

// hasOnlyGlobals tells a root of which an umbrella chart's values are as likely:
// Helm gives "global" to every subchart.
func hasOnlyGlobals(root *yaml.Node) bool {
	return !IsValues(root) && !IsMeshConfig(root) &&
		!slices.ContainsFunc(valuesKeys, func(key string) bool { return key != "global" && yamltree.Get(root, key) != nil })
}

// ofIstio tells a document without a kind that has settings of Istio at its root.
func ofIstio(node *yaml.Node) bool { return IsMeshConfig(node) || hasAny(node, valuesKeys) }
