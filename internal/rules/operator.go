package rules

import (
	"reflect"
	"regexp"
	"strconv"
)

// operator compares what stands at a path with an operand. The set is closed:
// the chart's template knows the same ones.
type operator uint8

const (
	opPresent operator = iota
	opEquals
	opIn
	opContains
	opMatches
	opIs
	opBelow
	opAbove
)

var operators = map[string]operator{
	"present": opPresent, "equals": opEquals, "in": opIn, "contains": opContains,
	"matches": opMatches, "is": opIs, "below": opBelow, "above": opAbove,
}

// holds tells whether found stands to operand as the operator says. Values
// are as Subject normalises them.
func (o operator) holds(found, operand any, pattern *regexp.Regexp) bool {
	switch o {
	case opPresent:
		return operand == present(found)
	case opEquals:
		return equal(found, operand)
	case opIn:
		return has(operand, found)
	case opContains:
		return has(found, operand)
	case opMatches:
		switch v := found.(type) {
		case string:
			return pattern.MatchString(v)
		case float64, bool:
			return pattern.MatchString(encode(v))
		}
		return false
	case opIs:
		return operand == kind(found)
	case opBelow, opAbove:
		a, aOK := number(found)
		b, bOK := number(operand)
		if !aOK || !bOK {
			return false
		}
		if o == opBelow {
			return a < b
		}
		return a > b
	}
	return false
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
