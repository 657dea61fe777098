package schema

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/istio-lightstep/istio-lightstep/internal/values"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Schema is a compiled values.schema.json. It is safe for concurrent use.
type Schema struct {
	root *jsonschema.Schema
	// at has each schema by its location, which violations name.
	at map[string]*jsonschema.Schema
	// paths has the values paths of the declared keys by their last step.
	paths map[string][]yamltree.Path
}

// Positions tells where a value was given. *values.Values does.
type Positions interface {
	Position(path string) values.Position
}

// location is what Helm calls the schema.
const location = "file:///values.schema.json"

// Compile reads a schema, draft-07 or whatever its $schema says. A schema that
// refers to a file or an address is refused: nothing is loaded.
func Compile(schemaJSON []byte) (*Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaJSON))
	if err != nil {
		return nil, fmt.Errorf("read values schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{})
	if err := compiler.AddResource(location, document); err != nil {
		return nil, fmt.Errorf("read values schema: %w", err)
	}
	root, err := compiler.Compile(location)
	if err != nil {
		return nil, fmt.Errorf("compile values schema: %w", err)
	}
	s := &Schema{root: root, at: map[string]*jsonschema.Schema{}, paths: map[string][]yamltree.Path{}}
	s.index(root, nil)
	return s, nil
}

// index notes a schema and all below it. path is nil below what no fixed path
// leads to, except for the root.
func (s *Schema) index(sub *jsonschema.Schema, path yamltree.Path) {
	if sub == nil || s.at[sub.Location] != nil {
		return
	}
	s.at[sub.Location] = sub
	for _, key := range keys(sub) {
		if path != nil || sub == s.root {
			here := append(slices.Clone(path), key)
			s.paths[key] = append(s.paths[key], here)
			s.index(sub.Properties[key], here)
			continue
		}
		s.index(sub.Properties[key], nil)
	}
	for _, other := range applied(sub) {
		if strings.HasPrefix(other.Location, definitions) {
			s.index(other, nil) // many paths lead there
			continue
		}
		s.index(other, path)
	}
	for _, items := range items(sub) {
		s.index(items, nil)
	}
	if additional, ok := sub.AdditionalProperties.(*jsonschema.Schema); ok {
		s.index(additional, nil)
	}
}

// keys gives the keys a schema declares, sorted. One declared as false, which
// no value satisfies, is not among them.
func keys(sub *jsonschema.Schema) []string {
	names := make([]string, 0, len(sub.Properties))
	for key, property := range sub.Properties {
		if property.Bool == nil || *property.Bool {
			names = append(names, key)
		}
	}
	sort.Strings(names)
	return names
}

// applied gives the schemas that judge the same value as sub.
func applied(sub *jsonschema.Schema) []*jsonschema.Schema {
	all := slices.Concat(sub.AllOf, sub.AnyOf, sub.OneOf)
	for _, one := range []*jsonschema.Schema{sub.Ref, sub.If, sub.Then, sub.Else} {
		if one != nil {
			all = append(all, one)
		}
	}
	return all
}

// items gives the schemas of a list's items, in the forms of the drafts.
func items(sub *jsonschema.Schema) []*jsonschema.Schema {
	all := slices.Clone(sub.PrefixItems)
	switch items := sub.Items.(type) {
	case *jsonschema.Schema:
		all = append(all, items)
	case []*jsonschema.Schema:
		all = append(all, items...)
	}
	if sub.Items2020 != nil {
		all = append(all, sub.Items2020)
	}
	return all
}

// most is how many violations are told of one set of values. A file that was
// not meant for this chart may have any number.
const most = values.Most

// Check holds the coalesced values, the chart's defaults under the user's,
// against the schema and gives all violations, by path. All are errors: Helm
// refuses them too. at tells where the values were given.
func (s *Schema) Check(coalesced map[string]any, at Positions) []problem.Problem {
	if coalesced == nil {
		coalesced = map[string]any{} // as Helm, to which no values are an empty map
	}
	err := s.root.Validate(coalesced)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []problem.Problem{{
			ID: "LS-VALUES-SCHEMA", Severity: problem.SeverityError,
			Reason: "the values cannot be held against the schema", Fix: "write the values as YAML maps, lists and scalars",
		}}
	}
	c := collector{schema: s, values: coalesced}
	c.visit(invalid)
	return c.problems(at)
}
