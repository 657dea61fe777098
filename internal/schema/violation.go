package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/istio-lightstep/istio-lightstep/internal/values"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// violation is one thing the schema refuses. Its problem is written once the
// position is known, for which of many violations are told is decided first.
type violation struct {
	path  yamltree.Path
	rank  int  // of those of one path and kind the first is told
	whole bool // what is below the path is refused with it
	write func(at values.Position) problem.Problem
}

// ranks of violations of one path: Kubernetes' types know more of a key, the
// chart's own schema of a type.
const (
	rankFirst = iota
	rankOwn
)

// collector turns the tree of errors of the engine into a list.
type collector struct {
	schema *Schema
	values map[string]any
	found  []violation
}

// visit collects an error, or those that caused it.
func (c *collector) visit(e *jsonschema.ValidationError) {
	switch e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		c.alternatives(e)
		return
	}
	if len(e.Causes) == 0 {
		c.leaf(e)
	}
	for _, cause := range e.Causes {
		c.visit(cause)
	}
}

// alternatives collects an error of a value for which several forms are
// allowed: of the form whose type it has, or, if it has none's, its type.
func (c *collector) alternatives(e *jsonschema.ValidationError) {
	var wrongType []*kind.Type
	var sameType []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		if k := typeError(cause, len(e.InstanceLocation)); k != nil {
			wrongType = append(wrongType, k)
		} else {
			sameType = append(sameType, cause)
		}
	}
	path := c.path(e)
	if p, ok := c.schema.formAt(e.SchemaURL, e.ErrorKind); ok {
		c.add(path, func(values.Position) problem.Problem { return p })
		return
	}
	switch {
	case len(sameType) == 1:
		c.visit(sameType[0])
	case len(sameType) == 0 && len(wrongType) > 0:
		union := &kind.Type{Got: wrongType[0].Got}
		for _, k := range wrongType {
			union.Want = append(union.Want, k.Want...)
		}
		slices.Sort(union.Want)
		union.Want = slices.Compact(union.Want)
		c.add(path, func(at values.Position) problem.Problem { return wrongTypeProblem(path, union, at) })
	default:
		c.add(path, func(values.Position) problem.Problem {
			return problem.Problem{ID: "LS-VALUES-SCHEMA", Reason: "has none of the forms that are allowed here", Fix: documented}
		})
	}
}

// typeError gives the type error of the value itself, which is depth steps
// deep, if that is what e says.
func typeError(e *jsonschema.ValidationError, depth int) *kind.Type {
	if k, ok := e.ErrorKind.(*kind.Type); ok && len(e.InstanceLocation) == depth {
		return k
	}
	if len(e.Causes) == 1 {
		return typeError(e.Causes[0], depth)
	}
	return nil
}

const documented = "see what values.yaml of the chart says about it"

// leaf collects an error that no other caused.
func (c *collector) leaf(e *jsonschema.ValidationError) {
	path := c.path(e)
	if p, ok := c.schema.formAt(e.SchemaURL, e.ErrorKind); ok {
		c.form(path, p, e.ErrorKind)
		return
	}
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		rank, write := rankOwn, c.schema.unknownKey
		if c.schema.isType(e.SchemaURL) {
			rank, write = rankFirst, c.schema.unknownField
		}
		for _, key := range k.Properties {
			here := append(slices.Clone(path), key)
			c.add(here, func(values.Position) problem.Problem { return write(e.SchemaURL, here) })
			c.found[len(c.found)-1].rank = rank
		}
	case *kind.FalseSchema:
		c.add(path, func(values.Position) problem.Problem { return c.schema.unknownKey("", path) })
	case *kind.Type:
		c.add(path, func(at values.Position) problem.Problem { return wrongTypeProblem(path, k, at) })
	case *kind.Required:
		for _, key := range k.Missing {
			c.add(append(slices.Clone(path), key), func(values.Position) problem.Problem {
				return problem.Problem{ID: "LS-VALUES-MISSING", Reason: "is missing", Fix: "set it; " + documented}
			})
		}
	case *kind.Enum:
		c.add(path, func(at values.Position) problem.Problem { return notListed(k, at) })
	default:
		c.add(path, func(values.Position) problem.Problem {
			reason := "breaks the chart's schema"
			if keyword := k.KeywordPath(); len(keyword) > 0 {
				reason += " (" + keyword[0] + ")"
			}
			return problem.Problem{ID: "LS-VALUES-SCHEMA", Reason: reason, Fix: documented}
		})
	}
}

// form collects an error of one of Kubernetes' types.
func (c *collector) form(path yamltree.Path, p problem.Problem, of any) {
	write := func(values.Position) problem.Problem { return p }
	if k, ok := of.(*kind.Required); ok {
		for _, key := range k.Missing {
			c.add(append(slices.Clone(path), key), write)
		}
		return
	}
	c.add(path, write)
	k, ok := of.(*kind.Type)
	c.found[len(c.found)-1].whole = ok && slices.Equal(k.Want, []string{"null"})
}

func (c *collector) add(path yamltree.Path, write func(values.Position) problem.Problem) {
	c.found = append(c.found, violation{path: path, rank: rankOwn, write: write})
}

// path gives the values path of an error. The engine does not tell an index
// from a key; the values do.
func (c *collector) path(e *jsonschema.ValidationError) yamltree.Path {
	path := make(yamltree.Path, 0, len(e.InstanceLocation)+1)
	var value any = c.values
	for _, step := range e.InstanceLocation {
		if list, ok := value.([]any); ok {
			if index, err := strconv.Atoi(step); err == nil && index < len(list) {
				path, value = append(path, index), list[index]
				continue
			}
		}
		m, _ := value.(map[string]any)
		path, value = append(path, step), m[step]
	}
	return path
}

// problems writes what was found, by path, located.
func (c *collector) problems(at Positions) []problem.Problem {
	slices.SortStableFunc(c.found, func(a, b violation) int {
		return cmp.Or(comparePaths(a.path, b.path), cmp.Compare(a.rank, b.rank))
	})
	c.withoutParts()
	told := c.found[:min(len(c.found), most)]
	out := make([]problem.Problem, 0, len(told)+1)
	for _, v := range told {
		path := v.path.String()
		position := at.Position(path)
		p := v.write(position)
		p.Severity, p.Path = problem.SeverityError, path
		p.File, p.Line, p.Column = position.File, position.Line, position.Column
		if len(out) == 0 || out[len(out)-1].Path != p.Path || out[len(out)-1].ID != p.ID { // allOf may tell one thing twice
			out = append(out, p)
		}
	}
	if more := len(c.found) - len(told); more > 0 {
		out = append(out, problem.Problem{
			ID: "LS-VALUES-SCHEMA", Severity: problem.SeverityError,
			Reason: fmt.Sprintf("the values break the chart's schema in %d more places", more),
			Fix:    "check that this is the values file that was meant",
		})
	}
	return out
}

// withoutParts leaves out what is wrong within a value that may not be at all.
func (c *collector) withoutParts() {
	var refused yamltree.Path
	c.found = slices.DeleteFunc(c.found, func(v violation) bool {
		if n := len(refused); n > 0 && len(v.path) > n && comparePaths(v.path[:n], refused) == 0 {
			return true
		}
		if v.whole {
			refused = v.path
		}
		return false
	})
}

// comparePaths orders paths by their steps, indexes as numbers.
func comparePaths(a, b yamltree.Path) int {
	return slices.CompareFunc(a, b, func(a, b any) int {
		i, isIndex := a.(int)
		j, isOtherIndex := b.(int)
		if isIndex && isOtherIndex {
			return cmp.Compare(i, j)
		}
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
}
