package document

import (
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
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
	check := func(prefix string, types ...setting) {
		for _, s := range types {
			for _, at := range yamltree.Find(target, yamltree.Parse(prefix+s.path)) {
				if v := at.Value; !yamltree.IsNull(v) && !s.is.of(v) {
					found = append(found, refusal(idType, at.Path().String(), v.Line, v.Column,
						"the value is "+typeOf(v)+", and it must be "+string(s.is), "write "+string(s.is)).Problem)
				}
			}
		}
	}
	prefix := ""
	switch {
	case yamltree.Get(target, "kind") != nil:
		check("", specTypes...)
		check("spec.meshConfig.", meshConfigTypes...)
		prefix = "spec.values."
	case IsMeshConfig(target):
		check("", meshConfigTypes...)
		return found
	}
	places := []string{prefix}
	for _, layer := range layers {
		check(prefix, setting{layer, aMap})
		places = append(places, prefix+layer+".")
	}
	for _, place := range places {
		check(place, valuesTypes...)
		check(place+"meshConfig.", meshConfigTypes...)
	}
	return found
}

// of tells whether a value is of the kind. Numbers may be text, as in JSON of
// protocol buffers.
func (k kind) of(node *yaml.Node) bool {
	switch v := yamltree.Value(node).(type) {
	case map[string]any:
		return k == aMap
	case []any:
		return k == aList
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
