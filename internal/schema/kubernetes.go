package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// definitions is in the location of each schema of a type of Kubernetes.
const definitions = location + "#/definitions/"

// isType tells whether a schema is a type of Kubernetes, which all are described.
func (s *Schema) isType(at string) bool {
	name, ok := strings.CutPrefix(at, definitions)
	return ok && !strings.Contains(name, "/") && s.at[at] != nil && s.at[at].Description != ""
}

// wanted gives what Kubernetes wants where the schema at a location holds, as
// the schema says it itself: the property's, or of the part that does not hold.
func (s *Schema) wanted(at string) (want, fix string, ok bool) {
	for strings.HasPrefix(at, definitions) {
		if sub := s.at[at]; sub != nil && sub.Comment != "" {
			return sub.Description, sub.Comment, true
		}
		above := at[:strings.LastIndex(at, "/")]
		if strings.HasSuffix(above, "/properties") || strings.HasSuffix(above, "/definitions") {
			break
		}
		at = above
	}
	return "", "", false
}

// form is the problem of a value that Kubernetes refuses.
func form(want, fix string) problem.Problem {
	return problem.Problem{
		ID:     "LS-KUBERNETES-FORM",
		Reason: fmt.Sprintf("Kubernetes wants %s here, and would reject the object or not run the pod", want),
		Fix:    fix,
	}
}

// formAt gives the problem of an error of one of Kubernetes' types, unless it is
// told as those of all values are: an unknown key, another type or another word.
func (s *Schema) formAt(at string, k any) (problem.Problem, bool) {
	switch k.(type) {
	case *kind.AdditionalProperties, *kind.Enum:
		return problem.Problem{}, false
	case *kind.Required:
		if !strings.HasPrefix(at, definitions) {
			return problem.Problem{}, false
		}
		want, fix, ok := s.wanted(at)
		if !ok {
			want, fix = "a value", "set it"
		}
		return form(want, fix), true
	case *kind.Type:
		// Elsewhere the type is told, not what a value of the right type has to be.
		if !strings.Contains(at, "/then/") {
			return problem.Problem{}, false
		}
	}
	want, fix, ok := s.wanted(at)
	return form(want, fix), ok
}

// unknownField is the problem of a key that a type of Kubernetes does not have.
func (s *Schema) unknownField(at string, here yamltree.Path) problem.Problem {
	sub := s.at[at]
	key, parent := fmt.Sprint(here[len(here)-1]), here[:len(here)-1]
	p := problem.Problem{ID: "LS-VALUES-UNKNOWN-KEY", Reason: fmt.Sprintf("the type %s has no such key", sub.Description)}
	fields := keys(sub)
	if meant := Nearest(key, fields); meant != "" {
		p.Reason += fmt.Sprintf("; did you mean `%s`?", meant)
		p.Fix = fmt.Sprintf("write `%s`", append(slices.Clone(parent), meant).Shown())
		return p
	}
	p.Fix = "take it away"
	if len(fields) <= 12 {
		p.Fix += "; the keys here are " + strings.Join(fields, ", ")
	}
	p.Fix += "; for a key of a newer Kubernetes, use Helm with --skip-schema-validation"
	return p
}
