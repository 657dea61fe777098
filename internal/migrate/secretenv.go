package migrate

import (
	"regexp"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// fromEnvironment finds the variable that a setting of a collector is.
var fromEnvironment = regexp.MustCompile(`^\$\{(?:env:)?([A-Za-z_]\w*)\}$`)

// secretVariable is a variable of a container's that comes from a Secret.
type secretVariable struct {
	document          *document
	site              site
	secret, key, from string // from is the namespace; empty where unknown
}

// secretVariables gives every variable that comes from a Secret, by name.
func (m *migration) secretVariables() map[string][]secretVariable {
	if m.fromSecrets != nil {
		return m.fromSecrets
	}
	m.fromSecrets = map[string][]secretVariable{}
	for _, d := range m.documents {
		for s := range yamltree.All(d.root) {
			if s.Value.Kind != yaml.MappingNode || len(s.Value.Content) > 6 || textAt(s.Value, "valueFrom.secretKeyRef.name") == "" {
				continue
			}
			name := textAt(s.Value, "name")
			m.fromSecrets[name] = append(m.fromSecrets[name], secretVariable{
				d, s, textAt(s.Value, "valueFrom.secretKeyRef.name"), textAt(s.Value, "valueFrom.secretKeyRef.key"), d.outermost().target(),
			})
		}
	}
	return m.fromSecrets
}

// secretBehind gives the Secret that a collector's variable comes from; nil where
// nothing tells, or where several may be meant.
func (m *migration) secretBehind(value string, c collectorConfig) *secretVariable {
	name := fromEnvironment.FindStringSubmatch(value)
	if name == nil {
		return nil
	}
	var found *secretVariable
	for _, v := range m.secretVariables()[name[1]] {
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

func (m *migration) takeSecretBehind(v *secretVariable) {
	m.know(v.document, v.site, valueTokenFrom, v.secret, 45)
	m.know(v.document, v.site, "accessTokenFrom.key", v.key, 45)
	from := "the collector's namespace"
	if v.from != "" {
		from = "namespace " + shown(v.from)
	}
	m.tell(v.document, ByHand, v.site, valueTokenFrom, "Secret "+shown(v.secret)+" must be in the namespace of the release too, istio-system: copy it from "+from)
}
