package migrate

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// variableSite is where a document sets a variable of istiod's.
type variableSite struct {
	document *document
	site     site
}

// fromEnvironment finds the variable that a setting of a collector is: ${env:X},
// ${X} or, as collectors up to 0.103 take it, $X. One in braces may have a default.
var fromEnvironment = regexp.MustCompile(`^\$(?:\{(?:env:)?([A-Za-z_]\w*)(?::-[^}]*)?\}|([A-Za-z_]\w*))$`)

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
		f.findEnvironment(d)
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
	f.findPatched()
}

// findPatched finds where patches of istiod's Deployment, such as those of a renderer behind Helm, set variables that
// headers of providers name.
func (f *facts) findPatched() {
	f.patched = map[string][]patchedVariable{}
	if len(f.headersOf) == 0 {
		return
	}
	take := func(d *document, at *site, root *yaml.Node) {
		for s := range yamltree.All(root) {
			name := ""
			if s.Value.Kind == yaml.MappingNode && len(s.Value.Content) <= 6 {
				name = textAt(s.Value, "name")
			}
			if v := (patchedVariable{d, s, s.Value}); f.headersOf[name] != nil && v.isSet() {
				if at != nil {
					v.site = *at
				}
				f.patched[name] = append(f.patched[name], v)
			}
		}
	}
	for _, d := range f.documents {
		if d.Live {
			continue
		}
		if isIstiod(d.root, nil) {
			take(d, nil, d.root)
			continue
		}
		for s := range yamltree.All(d.root) {
			if !yamlfile.MayBeDocument(s) || f.inner[s.Value] != nil || !strings.Contains(s.Value.Value, "env") {
				continue
			}
			file, err := yamlfile.Open([]byte(s.Value.Value))
			if err != nil {
				continue
			}
			for _, root := range slices.Concat(file.Roots, file.Patches) {
				if isIstiod(root, targetOf(s)) {
					take(d, &s, root)
				}
			}
		}
	}
}

// isIstiod tells istiod's Deployment, or a patch of it, by its name or that of the target beside it.
func isIstiod(root, target *yaml.Node) bool {
	return strings.HasPrefix(cmp.Or(textAt(root, "metadata.name"), textAt(target, "name")), "istiod") &&
		cmp.Or(textAt(root, "kind"), textAt(target, "kind")) == "Deployment"
}

// patchedVariable is where a patch sets a variable of istiod's: an entry, in a document or in a text of it.
type patchedVariable struct {
	document *document
	site     site
	entry    *yaml.Node
}

func (v patchedVariable) isSet() bool {
	return textAt(v.entry, "value") != "" || textAt(v.entry, "valueFrom.secretKeyRef.name") != ""
}

// findEnvironment finds istiod's variables in a document: in lists and, of values, in the
// map of these.
func (f *facts) findEnvironment(d *document) {
	for _, path := range f.Variables {
		for _, s := range sites(d.root, path) {
			name := textAt(s.Value, "name")
			f.environ[name] = append(f.environ[name], variableSite{d, s})
		}
	}
	for _, p := range d.placed {
		if p.scope.Rows != "values" || p.scope.Unread != "" {
			continue
		}
		for _, s := range below(p.base, "pilot.env.*") {
			f.environ[yamltree.Key(s.Key)] = append(f.environ[yamltree.Key(s.Key)], variableSite{d, s})
		}
	}
}

// text gives what a variable is set to, and its node; nil where it comes from elsewhere.
func (v variableSite) text() *yaml.Node {
	if v.site.Value.Kind == yaml.ScalarNode {
		return v.site.Value
	}
	return at(v.site.Value, "value")
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
