package document

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Document is the user's control-plane document in one form, whatever the kind
// it was written as.
type Document struct {
	// Value has these keys: "meshConfig", the mesh config as istiod gets it,
	// "values", what rules look at of the other values of the istiod chart, and, where the
	// document sets istiod's variable SHARED_MESH_CONFIG, "sharedMeshConfig": a
	// list of what it is set to in each place; likewise "gatewayFilter" for
	// PILOT_FILTER_GATEWAY_CLUSTER_CONFIG. Where the document may set such
	// variables, "takesVariables" is true; where it says that there is to be no istiod,
	// "istiod" is false. "istiodNamespace", "version", "revision" and "sampling" are what
	// it says of the control plane itself. Where annotations of pods set tracers of
	// their own, "annotationTracers" lists these, and "objects" the Telemetries,
	// EnvoyFilters and other objects of Istio that can take spans from a release.
	// Numbers are int64 or float64.
	Value map[string]any

	// Telemetries are those of the file, by NAMESPACE/NAME, or by the name alone
	// where it gives no namespace.
	Telemetries map[string]*yaml.Node

	// Problems are settings whose values are of a type that their reader refuses, and
	// a document in which nothing is read.
	Problems []problem.Problem

	root *yaml.Node // the same as a tree, which knows its positions
}

// Normalise reads the one control-plane document of a file: an
// IstioControlPlane, an IstioOperator, a Sail Istio or IstioRevision, values of an Istio chart, a
// mesh config alone or in its ConfigMap; where the file has none, values of Istio
// within one other document, such as a HelmRelease or an Application. Where an
// IstioOperator has both spec.meshConfig and spec.values.meshConfig, the former
// holds, as for istioctl, and spec.unvalidatedValues over both.
//
// Objects of the file that change tracing by themselves are read beside it, or
// without one: Telemetries, EnvoyFilters and the like, and workloads whose pods have
// a tracer.
//
// An error about the file is an *Error.
func Normalise(mine []byte) (*Document, error) {
	documents, err := parse(mine)
	if err != nil {
		return nil, err
	}
	documents, err = unfolded(mine, documents)
	if err != nil {
		return nil, err
	}
	rest, beside := separated(documents)
	switch {
	case beside.found() && !slices.ContainsFunc(rest, mayHold) && !slices.ContainsFunc(rest, installs):
		return beside.document(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}), nil
	case len(rest) == 0:
		rest = documents // to say what there is
	case !slices.ContainsFunc(rest, mayHold):
		if d, err := beside.installed(rest); d != nil {
			return d, err
		}
	}
	plane, err := holds(rest, "a control plane's", isControlPlane, holdsIstiod)
	if err != nil {
		return nil, err
	}
	target := plane.Value
	if err := refuseDuplicates(target); err != nil {
		return nil, err
	}
	root := settings(target, plane.version())
	if !plane.ofIstiod() { // that of a gateway may be a tag
		drop(root, "revision")
	}
	if plane.takesVariables() {
		put(root, "takesVariables", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"})
	}
	d := beside.document(root)
	d.Problems, err = mistyped(target)
	if yamltree.Get(target, "kind") == nil && plane.Up == nil && !ofIstio(target) {
		d.Problems = append(d.Problems, unread(target))
	}
	return d, err
}

// takesVariables tells what may set istiod's variables: not a mesh config alone, nor
// values that may be a gateway's.
func (h held) takesVariables() bool {
	switch {
	case isMeshConfigMap(h.Value) || IsMeshConfig(h.Value):
		return false
	case h.Up != nil || yamltree.Get(h.Value, "kind") != nil:
		return true
	default:
		return hasAny(unlayered(h.Value), istiodKeys)
	}
}

// ofIstiod tells what is of istiod itself: not values that may be a gateway's, which
// has a global and a revision too.
func (h held) ofIstiod() bool {
	if isMeshConfigMap(h.Value) || yamltree.Get(h.Value, "kind") != nil || installsIstiod(h.Site) {
		return true
	}
	own := without(unlayered(h.Value), "global")
	return IsMeshConfig(h.Value) || hasAny(own, istiodKeys) || yamltree.Get(own, "traceSampling") != nil
}

// unread is the problem of a document that may be the values of any chart.
func unread(target *yaml.Node) problem.Problem {
	found := refusal(idKind, "", target.Line, target.Column, "none of these keys is a setting of Istio that this check reads",
		"if it is the wrong file, give values of an Istio chart or a control-plane document").Problem
	found.Severity = problem.SeverityWarning
	return found
}

// isControlPlane tells a control plane's document from the others of a file.
func isControlPlane(node *yaml.Node) bool {
	switch text(node, "kind") {
	case "IstioControlPlane", "IstioOperator":
		return group(node) == "install.istio.io"
	case "Istio", "IstioRevision":
		return group(node) == "sailoperator.io"
	case "ConfigMap":
		return isMeshConfigMap(node)
	default:
		return yamltree.Get(node, "kind") == nil && yamltree.Get(node, "apiVersion") == nil
	}
}

// mayHold tells a document that is a control plane's, or holds values of one.
func mayHold(root *yaml.Node) bool {
	return isControlPlane(root) || len(yamltree.Outermost(root, func(s yamltree.Site) bool {
		return s.Up != nil && s.Value.Kind == yaml.MappingNode && holdsIstiod(s)
	})) > 0
}

// settings gives the map of meshConfig and values that a document stands for,
// made of the document's own nodes. installed is the version of the chart that takes
// the values, or nil.
func settings(target, installed *yaml.Node) *yaml.Node {
	var meshConfigs []*yaml.Node // the strongest first
	values := target
	switch {
	case isMeshConfigMap(target):
		meshConfigs = append(meshConfigs, withoutDefaults(at(target, meshConfigText)))
		values = nil
	case yamltree.Get(target, "kind") != nil:
		spec := yamltree.Get(target, "spec")
		unvalidated := yamltree.Get(spec, unvalidatedValues)
		meshConfigs = append(meshConfigs, yamltree.Get(unvalidated, "meshConfig"), yamltree.Get(spec, "meshConfig"))
		values = overlaid([]*yaml.Node{unvalidated, yamltree.Get(spec, "values")})
	case IsMeshConfig(target):
		meshConfigs = append(meshConfigs, target)
		values = nil
	}
	values = unlayered(values)
	meshConfigs = append(meshConfigs, yamltree.Get(values, "meshConfig"))

	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	meshConfig := overlaid(meshConfigs)
	put(root, "meshConfig", meshConfig)
	put(root, "values", ofRules(values))
	putIdentity(root, target, meshConfig, values, installed)
	for key, name := range map[string]string{"sharedMeshConfig": sharedVariable, "gatewayFilter": "PILOT_FILTER_GATEWAY_CLUSTER_CONFIG"} {
		if set := variable(target, name); len(set.Content) > 0 {
			put(root, key, set)
		}
	}
	return root
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
	for _, pair := range yamltree.Pairs(node) {
		if yamltree.Key(pair.Key) != key {
			result.Content = append(result.Content, pair.Key, pair.Value)
		}
	}
	return result
}

// ofRules gives the values that a rule may look at: the rest, which may be ten
// megabytes of another chart's, would be read for nothing.
func ofRules(values *yaml.Node) *yaml.Node {
	result := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, pair := range yamltree.Pairs(values) {
		if key := yamltree.Key(pair.Key); key != "meshConfig" && slices.Contains(valuesKeys, key) {
			result.Content = append(result.Content, pair.Key, pair.Value)
		}
	}
	return result
}

// overlaid merges maps key by key, the first the strongest. Lists are not
// merged: the strongest holds.
func overlaid(maps []*yaml.Node) *yaml.Node {
	result := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, m := range maps {
		for _, pair := range yamltree.Pairs(m) {
			i := yamltree.Index(result, yamltree.Key(pair.Key))
			if i < 0 {
				result.Content = append(result.Content, pair.Key, pair.Value)
				continue
			}
			strong, weak := yamltree.Resolved(result.Content[i+1]), yamltree.Resolved(pair.Value)
			if strong.Kind == yaml.MappingNode && weak.Kind == yaml.MappingNode {
				result.Content[i+1] = overlaid([]*yaml.Node{strong, weak})
			}
		}
	}
	return result
}

// Position gives the line and column, from 1, of what a path names: a path of
// Value such as `meshConfig.extensionProviders[0].lightstep`, with or without
// `document.` before it. It is the position of the key, or of the list item.
// Where the document has no such path it is the nearest part of it; where it
// has nothing of it, zeros.
func (d *Document) Position(path string) (line, column int) {
	for p := yamltree.Parse(strings.TrimPrefix(path, "document.")); len(p) > 0; p = p[:len(p)-1] {
		if found := yamltree.Find(d.root, p); len(found) > 0 {
			return found[0].Key.Line, found[0].Key.Column
		}
	}
	return 0, 0
}

// putIdentity adds what a document says of the control plane itself, as far as
// the values of the chart say the same: the namespace of istiod, the version, the
// revision and the sampling.
func putIdentity(root, target, meshConfig, values, installed *yaml.Node) {
	spec := &yaml.Node{Kind: yaml.MappingNode}
	switch {
	case isMeshConfigMap(target): // istiod reads it in its own namespace
		spec = yamltree.Get(target, "metadata")
	case yamltree.Get(target, "kind") != nil:
		spec = yamltree.Get(target, "spec")
	}
	for _, fact := range []struct {
		key    string
		places []*yaml.Node // the strongest first
	}{
		{"istiodNamespace", []*yaml.Node{yamltree.Get(spec, "namespace"), at(values, "global.istioNamespace")}},
		{"version", []*yaml.Node{
			yamltree.Get(spec, "version"), yamltree.Get(spec, "tag"), at(values, "global.tag"), installed,
		}},
		{"revision", []*yaml.Node{
			yamltree.Get(spec, "revision"), at(spec, `labels.istio\.io/rev`), yamltree.Get(values, "revision"),
		}},
		{"istiod", []*yaml.Node{at(spec, "components.pilot.enabled"), at(values, "pilot.enabled")}},
		{"sampling", []*yaml.Node{
			at(meshConfig, "defaultConfig.tracing.sampling"),
			samplingVariable(target), at(values, "pilot.traceSampling"), at(values, "traceSampling"),
		}},
	} {
		for _, place := range fact.places {
			if says(place) && yamltree.Resolved(place).Kind == yaml.ScalarNode {
				putFact(root, fact.key, place)
				break
			}
		}
	}
}

func at(root *yaml.Node, path string) *yaml.Node {
	if root == nil {
		return nil
	}
	return yamltree.At(root, yamltree.Parse(path))
}

// samplingVariable gives what istiod's variable for the sampling is set to, a
// text there, as the number that it is.
func samplingVariable(target *yaml.Node) *yaml.Node {
	for _, path := range environments {
		for _, s := range yamltree.Find(target, yamltree.Parse(path+"[name=PILOT_TRACE_SAMPLING]")) {
			value := *ofVariable(s.Value)
			value.Tag, value.Style = "", 0
			return &value
		}
	}
	return nil
}

// versionText is what a tag or version starts with if it says a version of
// Istio's, and not `latest`; versionRange is a range of them, as Helm reads it.
var (
	versionText  = regexp.MustCompile(`^v?[0-9]+\.[0-9]+`)
	versionRange = regexp.MustCompile(`^([<>]=?|[~^])? ?v?[0-9]+(\.([0-9]+|[xX*])){0,2}` +
		`((, ?| )[<>]=? ?v?[0-9]+(\.[0-9]+){0,2})*$`)
)

// putFact adds a single value under a key that stands where the value does. A
// version is a text, also where it is written as a number.
func putFact(root *yaml.Node, key string, place *yaml.Node) {
	value := *yamltree.Resolved(place)
	value.Anchor = ""
	switch key {
	case "revision":
		value.Tag = "!!str"
	case "version":
		one := versionText.MatchString(value.Value)
		several := versionRange.MatchString(value.Value) && strings.ContainsAny(value.Value, "<>~^xX*")
		if !one && !several {
			return
		}
		value.Tag = "!!str"
	}
	k := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key, Line: place.Line, Column: place.Column}
	root.Content = append(root.Content, k, &value)
}
