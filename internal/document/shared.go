package document

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// sharedVariable is the variable of istiod's that names the one shared mesh
// ConfigMap which istiod reads.
const sharedVariable = "SHARED_MESH_CONFIG"

// environments are where a control plane's document sets istiod's variables.
var environments = []string{
	"spec.components.pilot.k8s.env",
	"spec.values.pilot.env", "spec.values.pilot.envVarFrom", "spec.values.env", "spec.values.envVarFrom",
	"pilot.env", "pilot.envVarFrom", "env", "envVarFrom",
}

// SharedPlaces are the paths at which a document of any kind names the shared
// mesh ConfigMap, as [Keep] writes them.
func SharedPlaces() []string {
	places := make([]string, len(environments))
	for i, path := range environments {
		places[i] = path + "[" + sharedVariable + "]"
	}
	return places
}

// sharedMeshConfigs lists what the shared mesh ConfigMap is set to, in every
// place.
func sharedMeshConfigs(target *yaml.Node) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, path := range SharedPlaces() {
		_, value := find(target, steps(path))
		if value == nil {
			continue
		}
		list.Content = append(list.Content, ofVariable(resolved(value)))
	}
	for _, value := range patched(target) {
		list.Content = append(list.Content, ofVariable(value))
	}
	return list
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

// patched gives what patches of istiod's Deployment set the variable to.
func patched(target *yaml.Node) []*yaml.Node {
	var found []*yaml.Node
	_, overlays := find(target, steps("spec.components.pilot.k8s.overlays"))
	for _, overlay := range items(overlays) {
		for _, patch := range items(get(overlay, "patches")) {
			value := get(patch, "value")
			if value == nil {
				continue
			}
			value = resolved(value)
			if text(value, "name") == sharedVariable || value.Kind == yaml.ScalarNode && strings.Contains(text(resolved(patch), "path"), sharedVariable) {
				found = append(found, value)
			}
		}
	}
	return found
}

func items(node *yaml.Node) []*yaml.Node {
	if node == nil || resolved(node).Kind != yaml.SequenceNode {
		return nil
	}
	return resolved(node).Content
}
