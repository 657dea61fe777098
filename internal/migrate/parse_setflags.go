package migrate

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

var setFlags = []string{"--set", "-s", "--set-string", "--set-json", "--set-file", "--set-literal"}

// setBy writes what a flag of some form of --set says.
func (p *parsed) setBy(in *input, form string, s *yamlfile.Setter, expr string) {
	key, value, found := strings.Cut(expr, "=")
	switch form {
	case "--set-literal":
		if found {
			s.Set(key, s.Scalar(value))
		}
	case "--set-file":
		for _, one := range yamlfile.Assignments(expr) {
			if key, file, found := strings.Cut(one, "="); found {
				s.Set(key, s.Scalar("$(cat "+file+")")) // nobody takes it for the value
			}
		}
	case "--set-json":
		whole := strings.HasPrefix(strings.TrimSpace(expr), "{") // Helm 4 takes an object without a key
		if whole {
			value, found = expr, true
		}
		roots, err := yamltree.Read([]byte(value), 0)
		if !found || err != nil || len(roots) == 0 || whole && !yamltree.IsMap(roots[0]) {
			p.notes.hideTokens(expr)
			p.notes.note(Finding{
				Outcome: Unread, File: in.Name, Line: s.Line, Column: s.Column, Path: "--set-json", Text: "it is no JSON: give the settings in it as a file of their own",
			})
			return
		}
		s.Placed(roots[0])
		if !whole {
			if replacesVariables(key, roots[0]) {
				p.byHand(in, s.Line, s.Column, key,
					"this replaces all variables of istiod, also SHARED_MESH_CONFIG, by which istiod reads the chart's mesh ConfigMap: set each of them by a flag of its own")
			}
			s.Set(key, roots[0])
			return
		}
		setMap(s, nil, roots[0])
	default:
		if !found {
			p.byHand(in, s.Line, s.Column, form, "this flag has no =, and sets nothing: where its key goes on in the next line, write both as one")
		}
		s.SetEach(expr)
	}
}

// replacesVariables tells what sets istiod's variables as a whole.
func replacesVariables(key string, value *yaml.Node) bool {
	switch strings.TrimPrefix(key, "values.") {
	case "pilot":
		value = at(value, "env")
	case "pilot.env":
	default:
		return false
	}
	return value != nil && at(value, "SHARED_MESH_CONFIG") == nil
}

// setMap sets what a map holds, beside what was set before, as Helm merges it.
func setMap(s *yamlfile.Setter, path yamltree.Path, node *yaml.Node) {
	for key, value := range yamltree.Children(node) {
		below := append(slices.Clone(path), yamltree.Key(key))
		if yamltree.IsMap(value) && len(value.Content) > 0 {
			setMap(s, below, value)
			continue
		}
		s.Set(below.String(), value)
	}
}

// flagAt gives the name of a flag and its value: what is joined to it, or else the next word.
func flagAt(words []word, i int) (name, value string) {
	name, value, joined := strings.Cut(words[i].text, "=")
	if !joined && i+1 < len(words) {
		value = words[i+1].text
	}
	return name, value
}
