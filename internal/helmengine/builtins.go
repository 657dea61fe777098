package helmengine

import (
	"errors"
	"fmt"
	"reflect"
)

// builtins are text/template's own functions, as far as charts call them.
var builtins = map[string]any{
	"not":     func(v any) bool { return !truth(v) },
	"eq":      func(a any, others ...any) (any, error) { return equalToAny(a, others) },
	"ne":      func(a, b any) (any, error) { same, err := equalTo(a, b); return !same, err },
	"lt":      func(a, b any) (any, error) { return less(a, b) },
	"le":      func(a, b any) (any, error) { more, err := less(b, a); return !more, err },
	"gt":      func(a, b any) (any, error) { return less(b, a) },
	"ge":      func(a, b any) (any, error) { fewer, err := less(a, b); return !fewer, err },
	"len":     func(v any) (any, error) { return length(v) },
	"index":   func(v any, keys ...any) (any, error) { return indexed(v, keys) },
	"print":   func(a ...any) (any, error) { return fmt.Sprint(a...), nil },
	"printf":  func(format string, a ...any) (any, error) { return fmt.Sprintf(format, a...), nil },
	"println": func(a ...any) (any, error) { return fmt.Sprintln(a...), nil },
}

var (
	errBadComparisonType = errors.New("invalid type for comparison")
	errBadComparison     = errors.New("incompatible types for comparison")
)

// kindOfValue is what values can be compared as.
func kindOfValue(v reflect.Value) (string, error) {
	switch v.Kind() { //nolint:exhaustive // the others cannot be compared
	case reflect.Bool:
		return "bool", nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "int", nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return "uint", nil
	case reflect.Float32, reflect.Float64:
		return "float", nil
	case reflect.String:
		return "string", nil
	}
	return "", errBadComparisonType
}

func equalToAny(v any, others []any) (bool, error) {
	if len(others) == 0 {
		return false, errors.New("missing argument for comparison")
	}
	for _, other := range others {
		if same, err := equalTo(v, other); same || err != nil {
			return same, err
		}
	}
	return false, nil
}

func equalTo(a, b any) (bool, error) {
	if text, ok := a.(string); ok {
		if other, ok := b.(string); ok {
			return text == other, nil
		}
	}
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	if !x.IsValid() || !y.IsValid() {
		return x.IsValid() == y.IsValid(), nil
	}
	kind, _ := kindOfValue(x)
	other, _ := kindOfValue(y)
	switch {
	case kind != other:
		return false, errBadComparison
	case kind == "":
		if x.Type() != y.Type() || !x.Comparable() || !y.Comparable() {
			return false, errBadComparisonType
		}
		return a == b, nil
	case kind == "int":
		return x.Int() == y.Int(), nil
	case kind == "uint":
		return x.Uint() == y.Uint(), nil
	case kind == "float":
		return x.Float() == y.Float(), nil
	case kind == "bool":
		return x.Bool() == y.Bool(), nil
	}
	return x.String() == y.String(), nil
}

func less(a, b any) (bool, error) {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	kind, err := kindOfValue(x)
	if err != nil {
		return false, err
	}
	other, err := kindOfValue(y)
	switch {
	case err != nil:
		return false, err
	case kind != other:
		return false, errBadComparison
	case kind == "int":
		return x.Int() < y.Int(), nil
	case kind == "uint":
		return x.Uint() < y.Uint(), nil
	case kind == "float":
		return x.Float() < y.Float(), nil
	case kind == "string":
		return x.String() < y.String(), nil
	}
	return false, errBadComparisonType
}

func length(v any) (int, error) {
	switch of := reflect.ValueOf(v); of.Kind() { //nolint:exhaustive // the others have no length
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
		return of.Len(), nil
	case reflect.Invalid:
		return 0, errors.New("len of nil pointer")
	}
	return 0, fmt.Errorf("len of type %T", v)
}

func indexed(v any, keys []any) (any, error) {
	for _, key := range keys {
		if m, ok := v.(map[string]any); ok {
			if name, ok := key.(string); ok {
				v = m[name]
				continue
			}
		}
		var err error
		if v, err = indexedBy(v, key); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func indexedBy(v, key any) (any, error) {
	of := reflect.ValueOf(v)
	switch of.Kind() { //nolint:exhaustive // the others have no items
	case reflect.Invalid:
		return nil, errors.New("index of untyped nil")
	case reflect.Slice, reflect.Array, reflect.String:
		at := reflect.ValueOf(key)
		if !at.CanInt() {
			return nil, fmt.Errorf("cannot index slice/array with type %T", key)
		}
		if at.Int() < 0 || at.Int() >= int64(of.Len()) {
			return nil, fmt.Errorf("index out of range: %d", at.Int())
		}
		return of.Index(int(at.Int())).Interface(), nil
	case reflect.Map:
		name, err := converted(key, of.Type().Key())
		if err != nil {
			return nil, fmt.Errorf("value has type %T; should be %s", key, of.Type().Key())
		}
		if item := of.MapIndex(reflect.ValueOf(name)); item.IsValid() {
			return item.Interface(), nil
		}
		return reflect.Zero(of.Type().Elem()).Interface(), nil
	}
	return nil, fmt.Errorf("can't index item of type %T", v)
}
