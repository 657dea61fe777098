package migrate

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// sharedVariable tells what else uses a variable of istiod's, which a provider
// has the token from; "" where nothing does.
func (m *migration) sharedVariable(v variableSite, name string) string {
	if m.variableUsers == nil {
		m.findVariableUsers()
	}
	if who := m.variableUsers[name]; who != "" {
		return who
	}
	expanded := regexp.MustCompile(`\$(\(` + regexp.QuoteMeta(name) + `\)|\{` + regexp.QuoteMeta(name) + `\b|` + regexp.QuoteMeta(name) + `\b)`)
	found := false
	eachScalar(v.document.outermost().root, func(n *yaml.Node) { found = found || expanded.MatchString(n.Value) })
	if found {
		return "another setting of " + v.document.Name
	}
	return ""
}

// findVariableUsers finds the providers that have a header from istiod's
// environment, but for those that go.
func (m *migration) findVariableUsers() {
	m.variableUsers = map[string]string{}
	going := map[*yaml.Node]bool{}
	for _, p := range m.providers {
		if p.role != elsewhere && p.header != nil {
			going[at(p.header, "envName")] = true
		}
	}
	for _, d := range m.documents {
		for s := range yamltree.All(d.root) {
			if s.Key == nil || yamltree.Camel(s.Key.Value) != "envName" || going[s.Value] {
				continue
			}
			name := ""
			for up := s.Up; up != nil; up = up.Up {
				if called := textAt(up.Value, "name"); called != "" {
					name = called
				}
			}
			m.variableUsers[yamltree.Text(s.Value)] = "provider " + shown(name)
		}
	}
}

// mountOfCA tells a row of a mount of LightStep's CA, or of its volume.
func (r row) mountOfCA() bool { return strings.HasPrefix(r.Drop, "the chart mounts the CA") }

// sharedMount tells why a mount of LightStep's CA, or its volume, stays; ""
// where nothing else needs it.
func (m *migration) sharedMount(d *document, s site) string {
	if who := m.mountUser(); who != "" && !m.to.native() { // to native, the chart mounts it at the same path
		return who + " names a file in it"
	}
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

// mountUser names what reads files from where LightStep's CA is mounted, but for
// LightStep's own settings; "" where nothing does.
func (m *migration) mountUser() string {
	if m.mountUsed == nil {
		who := m.findMountUser()
		m.mountUsed = &who
	}
	return *m.mountUsed
}

// mountedAt finds the path of a mount within a text, such as a template.
var mountedAt = regexp.MustCompile(`mountPath["']?:\s*["']?(/[^\s"',}]+)`)

func (m *migration) findMountUser() string {
	var folders []string
	for _, d := range m.documents {
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
	for _, d := range m.documents {
		if !strings.HasPrefix(textAt(d.root, "apiVersion"), "networking.istio.io/") && len(d.placed) == 0 || m.ruleOfLightStep(d) {
			continue
		}
		for s := range yamltree.All(d.root) {
			if s.Value.Kind == yaml.ScalarNode && s.Key != nil && s.Key != s.Value && !m.ofTracing(s) &&
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
func (m *migration) ruleOfLightStep(d *document) bool {
	return d.is("DestinationRule") && len(m.ofLightStep(textAt(d.root, "spec.host"))) > 0
}

// ofTracing tells a setting of LightStep's own, or of the mount itself.
func (m *migration) ofTracing(s site) bool {
	for here := &s; here != nil && here.Key != nil; here = here.Up {
		switch yamltree.Camel(here.Key.Value) {
		case "cacertPath", "mountPath", "tracing", "tracer", "extensionProviders":
			return true
		}
	}
	return false
}
