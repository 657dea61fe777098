package migrate

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// namedByPatch finds the name of a volume in the path of a patch, or in a text
// that is its value.
var namedByPatch = regexp.MustCompile(`name["']?:\s*["']?([-A-Za-z0-9.]+)`)

// isPatch tells a patch of an overlay.
func isPatch(s site) bool {
	return s.Key != nil && s.Key == s.Value && s.Up != nil && s.Up.Key != nil && s.Up.Key.Value == "patches"
}

// patchIsNeeded tells whether something that stays needs the volume of LightStep's
// CA that a patch of an overlay adds: Kubernetes refuses a mount without its
// volume.
func patchIsNeeded(d *document, patch *yaml.Node) bool {
	volumes := volumesOfPatch(patch)
	for s := range yamltree.All(d.root) {
		switch {
		case isPatch(s):
			if goes := mountsCA(s.Value) && alone(s.Value); !goes && (mountsCA(s.Value) || namesVolume(s.Value, volumes)) {
				return true
			}
		case s.Value.Kind == yaml.MappingNode && at(s.Value, "mountPath") != nil:
			if slices.Contains(volumes, textAt(s.Value, "name")) && staysMounted(s.Value) {
				return true
			}
		}
	}
	return false
}

// volumesOfPatch gives the names of what a patch is about: volumes, and what it
// calls so in its path.
func volumesOfPatch(patch *yaml.Node) []string {
	var names []string
	if path := textAt(patch, "path"); strings.Contains(path, "olumes") {
		for _, found := range namedByPatch.FindAllStringSubmatch(path, -1) {
			names = append(names, found[1])
		}
	}
	value := at(patch, "value")
	if value != nil && value.Kind == yaml.ScalarNode {
		for _, found := range namedByPatch.FindAllStringSubmatch(value.Value, -1) {
			names = append(names, found[1])
		}
		return names
	}
	if name := textAt(value, "name"); name != "" {
		names = append(names, name)
	}
	for _, item := range yamltree.Items(value) {
		names = append(names, textAt(item, "name"))
	}
	return names
}

// namesVolume tells whether a patch names one of some volumes, as a mount does.
func namesVolume(patch *yaml.Node, volumes []string) bool {
	found := false
	eachScalar(patch, func(n *yaml.Node) {
		for _, named := range namedByPatch.FindAllStringSubmatch(n.Value, -1) {
			found = found || slices.Contains(volumes, named[1])
		}
	})
	for s := range yamltree.All(patch) {
		found = found || s.Value.Kind == yaml.MappingNode && at(s.Value, "mountPath") != nil && slices.Contains(volumes, textAt(s.Value, "name"))
	}
	return found
}
