package document

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// kind is a type that a setting must have.
type kind string

// The kinds, as they are written to people.
const (
	aMap    kind = "a map"
	aList   kind = "a list"
	aText   kind = "text"
	aBool   kind = "true or false"
	aNumber kind = "a number"
)

// setting is a setting that this package or a rule reads. [] stands for each
// item of a list.
type setting struct {
	path string
	is   kind
}

// Settings of a mesh config. Source: istio/api mesh/v1alpha1.
var meshConfigTypes = []setting{
	{"enableTracing", aBool},
	{"defaultConfig", aMap},
	{"defaultConfig.tracing", aMap},
	{"defaultConfig.tracing.sampling", aNumber},
	{"defaultConfig.tracing.lightstep", aMap},
	{"defaultConfig.tracing.zipkin", aMap},
	{"defaultConfig.tracing.datadog", aMap},
	{"defaultConfig.tracing.stackdriver", aMap},
	{"defaultConfig.tracing.openCensusAgent", aMap},
	{"defaultConfig.tracing.tlsSettings", aMap},
	{"defaultConfig.tracing.tlsSettings.caCertificates", aText},
	{"extensionProviders", aList},
	{"extensionProviders[]", aMap},
	{"extensionProviders[].name", aText},
	{"defaultProviders", aMap},
	{"defaultProviders.tracing", aList},
	{"defaultProviders.tracing[]", aText},
}

// Settings of an Istio chart's values.
var valuesTypes = []setting{
	{"meshConfig", aMap},
	{"global", aMap},
	{"global.enableTracing", aBool},
	{"global.proxy", aMap},
	{"global.proxy.tracer", aText},
	{"global.tracer", aMap},
	{"global.tracer.lightstep", aMap},
	{"pilot", aMap},
	{"pilot.env", aMap},
	{"pilot.envVarFrom", aList},
	{"pilot.traceSampling", aNumber},
	{"sidecarInjectorWebhook", aMap},
	{"sidecarInjectorWebhook.templates", aMap},
	{"sidecarInjectorWebhook.defaultTemplates", aList},
}

// Settings of an IstioOperator or a Sail Istio.
var specTypes = []setting{
	{"spec", aMap},
	{"spec.meshConfig", aMap},
	{"spec.values", aMap},
	{"spec.components", aMap},
	{"spec.components.pilot", aMap},
	{"spec.components.pilot.k8s", aMap},
	{"spec.components.pilot.k8s.env", aList},
	{"spec.components.pilot.k8s.overlays", aList},
}

// mistyped gives the settings of a control plane's document that are of another
// type than their reader takes: they would be passed over, and not judged.
func mistyped(target *yaml.Node) []problem.Problem {
	var found []problem.Problem
	check := func(prefix string, node *yaml.Node, types []setting) {
		for _, s := range types {
			found = append(found, s.check(prefix, node)...)
		}
	}
	values, prefix := target, ""
	switch {
	case child(target, "kind") != nil:
		check("", target, specTypes)
		check("spec.meshConfig", get(get(target, "spec"), "meshConfig"), meshConfigTypes)
		values, prefix = get(get(target, "spec"), "values"), "spec.values"
	case isMeshConfig(target):
		check("", target, meshConfigTypes)
		return found
	}
	for _, layer := range append([]string{""}, layers...) {
		at, path := values, prefix
		if layer != "" {
			found = append(found, setting{layer, aMap}.check(prefix, values)...)
			at, path = get(values, layer), join(prefix, layer)
		}
		check(path, at, valuesTypes)
		check(join(path, "meshConfig"), get(at, "meshConfig"), meshConfigTypes)
	}
	return found
}

// check gives the places at which the setting is of another type.
func (s setting) check(prefix string, node *yaml.Node) []problem.Problem {
	var found []problem.Problem
	var walk func(path string, node *yaml.Node, rest []string)
	walk = func(path string, node *yaml.Node, rest []string) {
		if node = resolved(node); isNull(node) {
			return
		}
		if len(rest) == 0 {
			if !s.is.of(node) {
				found = append(found, refusal(idType, path, node.Line, node.Column,
					"the value is "+typeOf(node)+", and it must be "+string(s.is), "write "+string(s.is)).Problem)
			}
			return
		}
		if rest[0] != "[]" {
			if value := get(node, rest[0]); value != nil {
				walk(join(path, rest[0]), value, rest[1:])
			}
			return
		}
		for i, item := range items(node) {
			walk(index(path, i), item, rest[1:])
		}
	}
	if node != nil {
		walk(prefix, node, strings.Split(strings.ReplaceAll(s.path, "[]", ".[]"), "."))
	}
	return found
}

// of tells whether a value is of the kind. Numbers may be text, as in JSON of
// protocol buffers.
func (k kind) of(node *yaml.Node) bool {
	switch k {
	case aMap:
		return node.Kind == yaml.MappingNode
	case aList:
		return node.Kind == yaml.SequenceNode
	default:
	}
	if node.Kind != yaml.ScalarNode {
		return false
	}
	switch v := scalar(node).(type) {
	case bool:
		return k == aBool
	case string:
		_, err := strconv.ParseFloat(v, 64)
		return k == aText || k == aNumber && err == nil
	default:
		return k == aNumber
	}
}

// typeOf names the type of a value.
func typeOf(node *yaml.Node) string {
	for _, k := range []kind{aMap, aList, aBool, aText, aNumber} {
		if k.of(node) {
			return string(k)
		}
	}
	return "of another type"
}

func items(node *yaml.Node) []*yaml.Node {
	if node == nil || resolved(node).Kind != yaml.SequenceNode {
		return nil
	}
	return resolved(node).Content
}
