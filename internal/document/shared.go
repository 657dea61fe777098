package document

import (
	"strings"

	"go.yaml.in/yaml/v3"
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
		places[i] = path + "[" + sharedVariable + "]"
	}
	return places
}

// sharedMeshConfigs lists what the shared mesh ConfigMap is set to, wherever
// the document does: as a variable of a map or of a list of variables, and in
// patches of istiod's Deployment.
func sharedMeshConfigs(target *yaml.Node) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	seen := map[*yaml.Node]bool{}
	var walk func(*yaml.Node)
	walk = func(node *yaml.Node) {
		node = resolved(node)
		if seen[node] {
			return
		}
		seen[node] = true
		if value := sharedIn(node); says(value) {
			list.Content = append(list.Content, ofVariable(resolved(value)))
			return
		}
		for _, inside := range node.Content {
			walk(inside)
		}
	}
	walk(target)
	return list
}

// sharedIn gives what a map sets the variable to, or nil.
func sharedIn(node *yaml.Node) *yaml.Node {
	if node.Kind != yaml.MappingNode {
		return nil
	}
	switch value := get(node, "value"); {
	case get(node, sharedVariable) != nil:
		return get(node, sharedVariable)
	case text(node, "name") == sharedVariable && (value != nil || get(node, "valueFrom") != nil):
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
	if node.Kind != yaml.MappingNode {
		return node
	}
	for _, key := range []string{"value", "valueFrom"} {
		if value := get(node, key); value != nil {
			return resolved(value)
		}
	}
	return node
}
