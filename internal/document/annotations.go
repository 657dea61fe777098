package document

import (
	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// proxyConfig is the annotation by which pods configure their own proxy.
const proxyConfig = "proxy.istio.io/config"

// tracers are those of which a proxy takes one.
var tracers = []string{"lightstep", "zipkin", "datadog", "stackdriver", "openCensusAgent"}

// annotationTracers lists the tracers that pods' annotations in the document
// set, such as a gateway's: each stands where its annotation does.
func annotationTracers(target *yaml.Node) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for s := range yamltree.All(target) {
		if s.Key == nil || s.Key.Value != proxyConfig || s.Value.Kind != yaml.ScalarNode {
			continue
		}
		var config yaml.Node
		if yaml.Unmarshal([]byte(s.Value.Value), &config) != nil || len(config.Content) == 0 {
			continue // Istio refuses the pod, and says so
		}
		tracing := yamltree.Get(config.Content[0], "tracing")
		for _, tracer := range tracers {
			if says(yamltree.Get(tracing, tracer)) {
				list.Content = append(list.Content, &yaml.Node{
					Kind: yaml.ScalarNode, Tag: "!!str", Value: tracer, Line: s.Key.Line, Column: s.Key.Column,
				})
			}
		}
	}
	return list
}
