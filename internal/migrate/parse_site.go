package migrate

import (
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// site is a place in a document.
type site = yamltree.Site

// istioPath reads a path of Istio's settings, whose keys may be spelled in
// either way that JSON of protocol buffers has.
func istioPath(path string) yamltree.Path {
	if known, ok := istioPaths.Load(path); ok {
		return known.(yamltree.Path) //nolint:forcetypeassert // it holds nothing else
	}
	parsed := yamltree.Parse(path).Proto()
	istioPaths.Store(path, slices.Clip(parsed))
	return parsed
}

// istioPaths are the paths that were read: as many as this package names.
var istioPaths sync.Map

// sites gives the places below a node that a path leads to.
func sites(root *yaml.Node, path string) []site { return yamltree.Find(root, istioPath(path)) }

// below gives the places below another that a path leads to.
func below(s site, path string) []site { return s.Find(istioPath(path)) }

// at gives the first value that a path leads to, or nil.
func at(node *yaml.Node, path string) *yaml.Node { return yamltree.At(node, istioPath(path)) }

// textAt gives the scalar at a path.
func textAt(node *yaml.Node, path string) string { return yamltree.Text(at(node, path)) }

// mentions tells whether any text in a tree holds another.
func mentions(node *yaml.Node, part string) bool {
	found := false
	eachScalar(node, func(n *yaml.Node) { found = found || strings.Contains(n.Value, part) })
	return found
}

// eachScalar calls f with every key and value of a tree that is written out.
func eachScalar(node *yaml.Node, f func(*yaml.Node)) {
	if node == nil {
		return
	}
	if node.Kind == yaml.ScalarNode {
		f(node)
	}
	for _, c := range node.Content {
		eachScalar(c, f)
	}
}
