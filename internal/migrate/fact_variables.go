package migrate

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// variables are where a control plane's document may set istiod's environment.
var variables = []string{
	"spec.values.pilot.envVarFrom[]", "pilot.envVarFrom[]", "spec.components.pilot.k8s.env[]", "envVarFrom[]",
}

// variableSite is where a document sets a variable of istiod's.
type variableSite struct {
	document *document
	site     site
}

// fromEnvironment finds the variable that a setting of a collector is: ${env:X},
// ${X} or, as collectors up to 0.103 take it, $X.
var fromEnvironment = regexp.MustCompile(`^\$(?:\{(?:env:)?([A-Za-z_]\w*)\}|([A-Za-z_]\w*))$`)

// ofEnvironment tells whether a setting of a collector has a variable in it.
func ofEnvironment(value string) bool {
	return strings.Contains(value, "${") || fromEnvironment.MatchString(value)
}

// secretVariable is a variable of a container's that comes from a Secret.
type secretVariable struct {
	document          *document
	site              site
	secret, key, from string // from is the namespace; empty where unknown
}

// headerUse is where a header of an extension provider names a variable.
type headerUse struct {
	node     *yaml.Node
	provider string
}

// nameAbove gives the outermost name of what a place is part of.
func nameAbove(s site) string {
	name := ""
	for up := s.Up; up != nil; up = up.Up {
		if called := textAt(up.Value, "name"); called != "" {
			name = called
		}
	}
	return name
}

// findVariables finds the variables of istiod's, and those of any container that
// come from a Secret.
func (f *facts) findVariables() {
	f.environ, f.fromSecrets, f.headersOf = map[string][]variableSite{}, map[string][]secretVariable{}, map[string][]headerUse{}
	for _, d := range f.documents {
		for _, path := range variables {
			for _, s := range sites(d.root, path) {
				name := textAt(s.Value, "name")
				f.environ[name] = append(f.environ[name], variableSite{d, s})
			}
		}
		for s := range yamltree.All(d.root) {
			if s.Key != nil && yamltree.Camel(s.Key.Value) == "envName" {
				name := yamltree.Text(s.Value)
				f.headersOf[name] = append(f.headersOf[name], headerUse{s.Value, nameAbove(s)})
			}
			if s.Value.Kind != yaml.MappingNode || len(s.Value.Content) > 6 || textAt(s.Value, "valueFrom.secretKeyRef.name") == "" {
				continue
			}
			name := textAt(s.Value, "name")
			f.fromSecrets[name] = append(f.fromSecrets[name], secretVariable{
				d, s, textAt(s.Value, "valueFrom.secretKeyRef.name"), textAt(s.Value, "valueFrom.secretKeyRef.key"), d.outermost().target(),
			})
		}
	}
}

// secretBehind gives the Secret that a collector's variable comes from; nil where
// nothing tells, or where several may be meant.
func (f *facts) secretBehind(value string, c collectorConfig) *secretVariable {
	name := fromEnvironment.FindStringSubmatch(value)
	if name == nil {
		return nil
	}
	var found *secretVariable
	for _, v := range f.fromSecrets[name[1]+name[2]] {
		if !sameNamespace(v.from, c.document.outermost().target()) {
			continue
		}
		if found != nil && (found.secret != v.secret || found.key != v.key) {
			return nil
		}
		found = &v
	}
	return found
}
