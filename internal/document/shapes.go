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

// ofIstio tells a document without a kind that has settings of Istio at its root.
func ofIstio(node *yaml.Node) bool { return IsMeshConfig(node) || hasAny(node, valuesKeys) }
