package document

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

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
