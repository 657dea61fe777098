package rules

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
)

// operator compares what stands at a path with an operand. The set is closed:
// the chart's template knows the same ones.
type operator struct {
	// holds tells whether found stands to operand as the operator says. Both are
	// as Subject normalises them, or operand is what prepare made of it.
	holds func(found, operand any) bool
	// prepare gives the operand as holds wants it, or an error where it cannot be.
	prepare func(operand any) (any, error)
	// ref: the operand may also be {"ref": PATH}.
	ref bool
}

var operators = map[string]*operator{
	"present":  {holds: func(found, operand any) bool { return operand == present(found) }, prepare: only[bool]},
	"equals":   {holds: equal, prepare: anything, ref: true},
	"in":       {holds: func(found, operand any) bool { return has(operand, found) }, prepare: only[[]any], ref: true},
	"contains": {holds: has, prepare: anything, ref: true},
	"matches":  {holds: matches, prepare: pattern},
	"is":       {holds: func(found, operand any) bool { return operand == kind(found) }, prepare: kindName},
	"below":    {holds: below, prepare: numeric, ref: true},
	"above":    {holds: func(found, operand any) bool { return below(operand, found) }, prepare: numeric, ref: true},
}

func anything(operand any) (any, error) { return operand, nil }

func only[T any](operand any) (any, error) {
	if _, ok := operand.(T); !ok {
		return nil, fmt.Errorf("the operand cannot be %v", operand)
	}
	return operand, nil
}

func pattern(operand any) (any, error) {
	s, ok := operand.(string)
	if !ok {
		return nil, fmt.Errorf("%v is no regular expression", operand)
	}
	return regexp.Compile(s)
}

func kindName(operand any) (any, error) {
	if !slices.Contains([]any{"string", "number", "bool", "list", "map", "null"}, operand) {
		return nil, fmt.Errorf("%v is no type", operand)
	}
	return operand, nil
}

func numeric(operand any) (any, error) {
	if _, ok := number(operand); !ok {
		return nil, fmt.Errorf("%v is no number", operand)
	}
	return operand, nil
}

// matches looks at text as it is, at numbers and booleans as JSON.
func matches(found, operand any) bool {
	compiled, _ := operand.(*regexp.Regexp)
	switch v := found.(type) {
	case string:
		return compiled.MatchString(v)
	case bool, float64:
		return compiled.MatchString(encode(v))
	}
	return false
}

func below(found, operand any) bool {
	a, aOK := number(found)
	b, bOK := number(operand)
	return aOK && bOK && a < b
}

// present: neither missing, null, "", [] nor {}. 0 and false are present.
func present(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}

func equal(a, b any) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case string:
		b, ok := b.(string)
		return ok && a == b
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	case float64:
		b, ok := b.(float64)
		return ok && a == b
	}
	return reflect.DeepEqual(a, b)
}

// has tells whether v is a list with an element that equals e.
func has(v, e any) bool {
	list, _ := v.([]any)
	for _, item := range list {
		if equal(item, e) {
			return true
		}
	}
	return false
}

func kind(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "bool"
	case []any:
		return "list"
	case map[string]any:
		return "map"
	}
	return "null"
}

var decimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// number gives a number, or a text that is a decimal number; longer ones than
// 300 characters could be beyond what a float64 holds.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case string:
		if len(v) > 300 || !decimal.MatchString(v) {
			return 0, false
		}
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	}
	return 0, false
}
