package migrate

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// What a mount of LightStep's CA consists of: the keys around it, and those of
// the volume or mount itself.
var (
	around = []string{"spec", "template", "containers", "initContainers", "volumes", "volumeMounts", "value"}
	beside = []string{"path", "kind"}
	mount  = []string{"name", "secret", "secretName", "mountPath", "readOnly"}
)

// otherContainer finds the container that the path of a patch is about.
var otherContainer = regexp.MustCompile(`(?i)containers\.?\[(name:|[1-9])`)

// alone tells whether a value holds a mount of LightStep's CA and nothing else.
// What holds more is somebody else's too, and is never taken out.
func alone(node *yaml.Node) bool {
	node = yamltree.Resolved(node)
	switch node.Kind {
	case yaml.SequenceNode:
		return !slices.ContainsFunc(node.Content, func(item *yaml.Node) bool { return !alone(item) })
	case yaml.MappingNode:
		return aloneInMap(node)
	default:
		return aloneInText(node)
	}
}

func aloneInMap(node *yaml.Node) bool {
	all := yamltree.Pairs(node)
	if mentions(node, "lightstep") && !slices.ContainsFunc(all, func(p yamltree.Pair) bool { return !slices.Contains(mount, p.Key.Value) }) {
		return true
	}
	for _, p := range all {
		switch {
		case slices.Contains(around, p.Key.Value):
			if !alone(p.Value) {
				return false
			}
		case p.Key.Value == "path" && otherContainer.MatchString(yamltree.Text(p.Value)) && !strings.Contains(yamltree.Text(p.Value), "istio-proxy"):
			return false
		case p.Key.Value == "name" && yamltree.Text(p.Value) == "istio-proxy", slices.Contains(beside, p.Key.Value):
		default:
			return false
		}
	}
	return true
}

// aloneInText reads text that is YAML, or a template of some: an injection
// template, the value of an overlay.
func aloneInText(node *yaml.Node) bool {
	if node.ShortTag() == "!!null" {
		return true
	}
	var plainLines []string
	for line := range strings.Lines(node.Value) {
		if trimmed := strings.TrimSpace(line); !strings.HasPrefix(trimmed, "{{") || !strings.HasSuffix(trimmed, "}}") {
			plainLines = append(plainLines, line)
		}
	}
	roots, err := yamltree.Read([]byte(strings.Join(plainLines, "")), 0)
	if err != nil || len(roots) == 0 {
		return false
	}
	if roots[0].Kind != yaml.ScalarNode {
		return alone(roots[0])
	}
	return strings.Contains(node.Value, "lightstep")
}
