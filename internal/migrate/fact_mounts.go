package migrate

import (
	"path"
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

// mountNeeded tells what of a document needs a mount of LightStep's CA, or its
// volume; "" where nothing else does.
func mountNeeded(d *document, s site) string {
	if isPatch(s) {
		if patchIsNeeded(d, s.Value) {
			return "another patch beside it needs the same volume"
		}
		return ""
	}
	name := textAt(s.Value, "name")
	if name == "" {
		return ""
	}
	for other := range yamltree.All(d.root) {
		if other.Value.Kind == yaml.MappingNode && other.Value != s.Value && textAt(other.Value, "name") == name && staysMounted(other.Value) {
			return "another entry of the name " + shown(name) + " needs it"
		}
	}
	return ""
}

func mountsCA(node *yaml.Node) bool {
	return mentions(node, "lightstep.cacert") || mentions(node, "lightstep-certs")
}

// staysMounted tells a volume or a mount that no row takes out.
func staysMounted(node *yaml.Node) bool {
	if at(node, "mountPath") != nil {
		return textAt(node, "name") != "lightstep-certs" && textAt(node, "secretName") != "lightstep.cacert"
	}
	isVolume := at(node, "secret") != nil || at(node, "projected") != nil
	return isVolume && (!mentions(node, "lightstep.cacert") || !alone(node))
}

// mountedAt finds the path of a mount within a text, such as a template.
var mountedAt = regexp.MustCompile(`mountPath["']?:\s*["']?(/[^\s"',}]+)`)

func (f *facts) findMountUser() string {
	var folders []string
	for _, d := range f.documents {
		for s := range yamltree.All(d.root) {
			switch {
			case s.Value.Kind == yaml.MappingNode && mountsCA(s.Value) && at(s.Value, "mountPath") != nil:
				folders = append(folders, path.Clean(textAt(s.Value, "mountPath")))
			case s.Value.Kind == yaml.ScalarNode && mountsCA(s.Value):
				for _, found := range mountedAt.FindAllStringSubmatch(s.Value.Value, -1) {
					folders = append(folders, path.Clean(found[1]))
				}
			}
		}
	}
	if len(folders) == 0 {
		return ""
	}
	for _, d := range f.documents {
		if !strings.HasPrefix(textAt(d.root, "apiVersion"), "networking.istio.io/") && len(d.placed) == 0 || f.ruleOfLightStep(d) {
			continue
		}
		for s := range yamltree.All(d.root) {
			if s.Value.Kind == yaml.ScalarNode && s.Key != nil && s.Key != s.Value && !f.ofTracing(s) &&
				slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(s.Value.Value, folder+"/") }) {
				if textAt(d.root, "kind") == "" {
					return shown(s.Path().String()) + " of " + d.Name
				}
				return d.describe()
			}
		}
	}
	return ""
}

// ruleOfLightStep tells a DestinationRule for a host that LightStep's providers
// send to.
func (f *facts) ruleOfLightStep(d *document) bool {
	return d.is("DestinationRule") && len(f.ports[textAt(d.root, "spec.host")]) > 0
}

// ofTracing tells a setting of LightStep's own, or of the mount itself.
func (f *facts) ofTracing(s site) bool {
	for here := &s; here != nil && here.Key != nil; here = here.Up {
		switch yamltree.Camel(here.Key.Value) {
		case "cacertPath", "mountPath", "tracing", "tracer", "extensionProviders":
			return true
		}
	}
	return false
}

// templatesOfPod is the annotation by which a pod names its injection templates.
const templatesOfPod = "inject.istio.io/templates"

// templateStays tells why an injection template stays; "" where it may go. A
// pod for which a template is named that is not there is not created, and pods
// that no source shows may name any of them. Only the chart's own is known to be
// named by what the chart renders alone.
func (f *facts) templateStays(s site) string {
	name := yamltree.Key(s.Key)
	pod := f.podWithTemplate(name)
	if name == release && pod == "" {
		return ""
	}
	who := "defaultTemplates or the annotation " + templatesOfPod + " of a pod may name it"
	if pod != "" {
		who = pod + " names it by the annotation " + templatesOfPod
	}
	return "it mounts LightStep's CA, but was left in: " + who + ", and no pod starts for which a template is named that is not there. " +
		"Take the name " + shown(name) + " out of defaultTemplates and of all pods first, and the template after that"
}

// podWithTemplate names an object whose pods name an injection template; ""
// where no source has one.
func (f *facts) podWithTemplate(name string) string {
	for _, d := range f.documents {
		for s := range yamltree.All(d.root) {
			if s.Key == nil || s.Key.Value != templatesOfPod {
				continue
			}
			named := strings.Split(yamltree.Text(s.Value), ",")
			if !slices.ContainsFunc(named, func(one string) bool { return strings.TrimSpace(one) == name }) {
				continue
			}
			if textAt(d.root, "kind") == "" {
				return "something in " + d.Name
			}
			return d.describe()
		}
	}
	return ""
}
