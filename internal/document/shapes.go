package document

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

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

// holdsIstiod tells values of istiod: of its variables or sampling too, and what an
// umbrella chart gives a subchart of that name.
func holdsIstiod(s yamltree.Site) bool {
	return IsValues(s.Value) || hasAny(yamltree.Get(s.Value, "pilot"), []string{"env", "envVarFrom", "traceSampling"}) ||
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
