package values

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// maxDepth is how deep values may be nested, as documents may. The rules judge
// none that are much deeper.
const maxDepth = yamltree.MaxDepth

// deeper tells whether a value is nested deeper than that.
func deeper(value any, most int) bool {
	if most < 0 {
		return true
	}
	switch value := value.(type) {
	case map[string]any:
		for _, v := range value {
			if deeper(v, most-1) {
				return true
			}
		}
	case []any:
		for _, v := range value {
			if deeper(v, most-1) {
				return true
			}
		}
	}
	return false
}

// deeperNode is deeper for a tree that is written out; aliases were followed
// by whom decoded it.
func deeperNode(node *yaml.Node, most int) bool {
	if most < 0 {
		return true
	}
	for _, value := range yamltree.Children(node) {
		if deeperNode(value, most-1) {
			return true
		}
	}
	return false
}

func deepFinding(file string) finding {
	return finding{Problem: problem.Problem{
		ID:     "LS-VALUES-TOO-DEEP",
		Reason: fmt.Sprintf("maps and lists are nested more than %d levels deep", maxDepth),
		Fix:    "remove what is nested that deep: no value of the chart needs it",
		File:   file,
	}}
}
