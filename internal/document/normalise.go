package document

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Document is the user's control-plane document in one form, whatever the kind
// it was written as.
type Document struct {
	// Value has three keys: "meshConfig", the mesh config as istiod gets it,
	// "values", the values of the istiod chart without it, and, where the
	// document sets istiod's variable SHARED_MESH_CONFIG, "sharedMeshConfig": a
	// list of what it is set to in each place. Numbers are int64 or float64.
	Value map[string]any

	// Mistyped are settings whose values are of a type that their reader refuses.
	Mistyped []problem.Problem

	root *yaml.Node // the same as a tree, which knows its positions
}

// Normalise reads the one control-plane document of a file: an
// IstioControlPlane, an IstioOperator, a Sail Istio, values of an Istio chart,
// or a mesh config alone; where the file has none, values of Istio as a map
// within one other document, such as a HelmRelease. Where an IstioOperator has both spec.meshConfig and
// spec.values.meshConfig, the former holds, as for istioctl.
//
// An error about the file is an *Error.
func Normalise(mine []byte) (*Document, error) {
	documents, err := parse(mine)
	if err != nil {
		return nil, err
	}
	plane, err := holds(documents, "a control plane's", isControlPlane)
	if err != nil {
		return nil, err
	}
	target := plane.node
	if err := refuseDuplicates("", target); err != nil {
		return nil, err
	}
	if _, err := value(target); err != nil {
		return nil, refusal(idAlias, "", target.Line, target.Column, err.Error(), "write fewer aliases")
	}
	root := settings(target)
	v, err := value(root)
	if err != nil {
		return nil, refusal(idAlias, "", target.Line, target.Column, err.Error(), "write fewer aliases")
	}
	return &Document{Value: v.(map[string]any), Mistyped: mistyped(target), root: root}, nil
}

// isControlPlane tells a control plane's document from the others of a file.
func isControlPlane(node *yaml.Node) bool {
	switch text(node, "kind") {
	case "IstioControlPlane", "IstioOperator":
		return group(node) == "install.istio.io"
	case "Istio":
		return group(node) == "sailoperator.io"
	default:
		return child(node, "kind") == nil && child(node, "apiVersion") == nil
	}
}

// meshConfigKeys are keys of a mesh config that are no values of a chart.
var meshConfigKeys = []string{
	"defaultConfig", "extensionProviders", "defaultProviders", "enableTracing", "rootNamespace",
	"trustDomain", "discoverySelectors", "outboundTrafficPolicy",
}

// settings gives the map of meshConfig and values that a document stands for,
// made of the document's own nodes.
func settings(target *yaml.Node) *yaml.Node {
	var meshConfigs []*yaml.Node // the strongest first
	values := target
	switch {
	case child(target, "kind") != nil:
		spec := get(target, "spec")
		meshConfigs = append(meshConfigs, get(spec, "meshConfig"))
		values = get(spec, "values")
	case isMeshConfig(target):
		meshConfigs = append(meshConfigs, target)
		values = nil
	}
	values = unlayered(values)
	meshConfigs = append(meshConfigs, get(values, "meshConfig"))

	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	put(root, "meshConfig", overlaid(meshConfigs))
	put(root, "values", without(values, "meshConfig"))
	if shared := sharedMeshConfigs(target); len(shared.Content) > 0 {
		put(root, "sharedMeshConfig", shared)
	}
	return root
}

func isMeshConfig(node *yaml.Node) bool {
	return get(node, "meshConfig") == nil && slices.ContainsFunc(meshConfigKeys, func(key string) bool {
		return get(node, key) != nil
	})
}

// get gives the value of a key, through aliases and merge keys, or nil.
func get(node *yaml.Node, key string) *yaml.Node {
	_, found := entry(node, key)
	return found
}

// entry gives a key and its value, through aliases and merge keys, or nil.
func entry(node *yaml.Node, key string) (k, v *yaml.Node) {
	if node == nil {
		return nil, nil
	}
	node = resolved(node)
	if i := keyIndex(node, key); i >= 0 {
		return node.Content[i], node.Content[i+1]
	}
	if node.Kind != yaml.MappingNode {
		return nil, nil
	}
	for _, base := range bases(node) {
		if k, v := entry(base, key); v != nil {
			return k, v
		}
	}
	return nil, nil
}

// put adds a map under a key that stands where its first entry does.
func put(root *yaml.Node, key string, node *yaml.Node) {
	k := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}
	if len(node.Content) > 0 {
		k.Line, k.Column = node.Content[0].Line, node.Content[0].Column
	}
	root.Content = append(root.Content, k, node)
}

// without gives a map less one key. Null and what is no map are empty.
func without(node *yaml.Node, key string) *yaml.Node {
	result := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, pair := range pairs(node) {
		if pair.key.Value != key {
			result.Content = append(result.Content, pair.key, pair.value)
		}
	}
	return result
}

// overlaid merges maps key by key, the first the strongest. Lists are not
// merged: the strongest holds.
func overlaid(maps []*yaml.Node) *yaml.Node {
	result := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, m := range maps {
		for _, pair := range pairs(m) {
			i := keyIndex(result, pair.key.Value)
			if i < 0 {
				result.Content = append(result.Content, pair.key, pair.value)
				continue
			}
			strong, weak := resolved(result.Content[i+1]), resolved(pair.value)
			if strong.Kind == yaml.MappingNode && weak.Kind == yaml.MappingNode {
				result.Content[i+1] = overlaid([]*yaml.Node{strong, weak})
			}
		}
	}
	return result
}

type keyValue struct{ key, value *yaml.Node }

// pairs lists the entries of a map, those that `<<` merges in included.
func pairs(node *yaml.Node) []keyValue {
	if node == nil {
		return nil
	}
	node = resolved(node)
	if node.Kind != yaml.MappingNode {
		return nil
	}
	var list []keyValue
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Tag != "!!merge" {
			list = append(list, keyValue{node.Content[i], node.Content[i+1]})
		}
	}
	for _, base := range bases(node) {
		for _, pair := range pairs(base) {
			if !slices.ContainsFunc(list, func(p keyValue) bool { return p.key.Value == pair.key.Value }) {
				list = append(list, pair)
			}
		}
	}
	return list
}

// Position gives the line and column, from 1, of what a path names: a path of
// Value such as `meshConfig.extensionProviders[0].lightstep`, with or without
// `document.` before it. It is the position of the key, or of the list item.
// Where the document has no such path it is the nearest part of it; where it
// has nothing of it, zeros.
func (d *Document) Position(path string) (line, column int) {
	at := d.root
	path = strings.TrimPrefix(path, "document.")
	for _, part := range strings.Split(strings.ReplaceAll(path, "[", ".["), ".") {
		var key, next *yaml.Node
		if i, isIndex := listIndex(part); isIndex {
			if list := resolved(at); list.Kind == yaml.SequenceNode && i < len(list.Content) {
				key, next = list.Content[i], list.Content[i]
			}
		} else {
			key, next = entry(at, part)
		}
		if next == nil {
			break
		}
		at = next
		line, column = key.Line, key.Column
	}
	return line, column
}

func listIndex(part string) (int, bool) {
	digits, found := strings.CutPrefix(part, "[")
	if !found {
		return 0, false
	}
	i, err := strconv.Atoi(strings.TrimSuffix(digits, "]"))
	return i, err == nil && i >= 0
}
