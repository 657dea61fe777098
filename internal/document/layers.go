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

// unvalidatedValues is the key of an IstioOperator's spec that istioctl lays over
// spec.values, after it has written spec.meshConfig into these.
//
// Source: istio's operator/pkg/render/manifest.go; of older ones TranslateHelmValues.
const unvalidatedValues = "unvalidatedValues"

// Layered gives the places of the setting at a path of a control-plane document,
// the strongest first: each holds where those before it say nothing.
func Layered(path string) []string {
	var places []string
	prefix, rest := "", path
	if below, found := strings.CutPrefix(path, "spec."); found {
		prefix = "spec.values."
		switch rest, found = strings.CutPrefix(below, "values."); {
		case found:
			places = []string{"spec." + unvalidatedValues + "." + rest}
		case strings.HasPrefix(below, "meshConfig."):
			places = []string{"spec." + unvalidatedValues + "." + rest, path}
		default:
			return []string{path}
		}
	}
	places = append(places, prefix+rest)
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
// stands in a weaker place, and what the user's hides of ours from a stronger one.
func refuseHidden(mine, ours *yaml.Node) error {
	for _, s := range yamltree.Outermost(ours, func(s yamltree.Site) bool { return s.Value.Kind != yaml.MappingNode }) {
		path := s.Path().String()
		places := Layered(path)
		at := slices.Index(places, path)
		for _, place := range places[:at] {
			if key, stronger := heldAt(mine, place); key != nil && !yamltree.Equal(stronger, s.Value) {
				return refusal(idLayer, place, key.Line, key.Column,
					"istioctl writes spec."+unvalidatedValues+" over the rest, so this would hide what this chart has at "+path,
					"move it to "+path)
			}
		}
		if key, _ := heldAt(mine, path); key != nil || s.Value.Kind != yaml.SequenceNode {
			continue // that hides weaker ones already
		}
		for _, place := range places[at+1:] {
			if key, _ := heldAt(mine, place); key != nil {
				return refusal(idLayer, place, key.Line, key.Column,
					"Istio replaces lists whole, so the list that this chart has at "+path+" would hide this one",
					"move the list to "+path)
			}
		}
	}
	return nil
}

// heldAt gives what a document has at a path, and its key, if it is not empty.
func heldAt(root *yaml.Node, path string) (key, value *yaml.Node) {
	if found := yamltree.Find(root, yamltree.Parse(path)); len(found) > 0 && !isEmpty(found[0].Value) {
		return found[0].Key, found[0].Value
	}
	return nil, nil
}

// sharedVariable is the variable of istiod's that names the one shared mesh
// ConfigMap which istiod reads.
const sharedVariable = "SHARED_MESH_CONFIG"

// environments are where the chart's documents set istiod's variables.
var environments = []string{
	"spec.components.pilot.k8s.env",
	"spec." + unvalidatedValues + ".pilot.env", "spec." + unvalidatedValues + ".pilot.envVarFrom",
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

// sharedMeshConfigs lists what the shared mesh ConfigMap is set to.
func sharedMeshConfigs(target *yaml.Node) *yaml.Node { return variable(target, sharedVariable) }

// variable lists what a variable of istiod's is set to, wherever the document does:
// as a variable of a map or of a list of variables, and in patches of istiod's
// Deployment.
func variable(target *yaml.Node, name string) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, s := range yamltree.Outermost(target, func(s yamltree.Site) bool { return says(variableIn(s.Value, name)) }) {
		list.Content = append(list.Content, ofVariable(variableIn(s.Value, name)))
	}
	return list
}

// variableIn gives what a map sets a variable to, or nil.
func variableIn(node *yaml.Node, name string) *yaml.Node {
	if node.Kind != yaml.MappingNode {
		return nil
	}
	switch value := yamltree.Get(node, "value"); {
	case yamltree.Get(node, name) != nil:
		return yamltree.Get(node, name)
	case text(node, "name") == name && (value != nil || yamltree.Get(node, "valueFrom") != nil):
		return node
	case value != nil && strings.Contains(text(node, "path"), name):
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
