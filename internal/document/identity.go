package document

import (
	"regexp"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// putIdentity adds what a document says of the control plane itself, as far as
// the values of the chart say the same: the namespace of istiod, the version and
// the sampling.
func putIdentity(root, target, meshConfig, values *yaml.Node) {
	spec := &yaml.Node{Kind: yaml.MappingNode}
	if yamltree.Get(target, "kind") != nil {
		spec = yamltree.Get(target, "spec")
	}
	for _, fact := range []struct {
		key    string
		places []*yaml.Node // the strongest first
	}{
		{"istiodNamespace", []*yaml.Node{yamltree.Get(spec, "namespace"), at(values, "global.istioNamespace")}},
		{"version", []*yaml.Node{yamltree.Get(spec, "version"), yamltree.Get(spec, "tag"), at(values, "global.tag")}},
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
// Istio's, and not `latest`.
var versionText = regexp.MustCompile(`^v?[0-9]+\.[0-9]+`)

// putFact adds a single value under a key that stands where the value does. A
// version is a text, also where it is written as a number.
func putFact(root *yaml.Node, key string, place *yaml.Node) {
	value := *yamltree.Resolved(place)
	value.Anchor = ""
	if key == "version" {
		if !versionText.MatchString(value.Value) {
			return
		}
		value.Tag = "!!str"
	}
	k := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key, Line: place.Line, Column: place.Column}
	root.Content = append(root.Content, k, &value)
}
