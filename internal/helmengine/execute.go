package helmengine

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"text/template"
)

// truth tells what counts as true.
func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	is, _ := template.IsTrue(v)
	return is
}

// each calls a function with the items of a list, or of a map in the order of its
// keys, each with its index or key. It is false for what is neither.
func each(v any, call func(key, item any) error) (bool, error) {
	switch v := v.(type) {
	case nil:
	case []any:
		for i, item := range v {
			if err := call(i, item); err != nil {
				return true, err
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if err := call(key, v[key]); err != nil {
				return true, err
			}
		}
	default:
		of := reflect.ValueOf(v)
		if of.Kind() != reflect.Slice {
			return false, nil
		}
		for i := range of.Len() {
			if err := call(i, of.Index(i).Interface()); err != nil {
				return true, err
			}
		}
	}
	return true, nil
}

// noField tells of a field that a value of a type does not have.
func noField(v any, name string) error {
	if v == nil {
		return fmt.Errorf("nil pointer evaluating interface {}.%s", name)
	}
	return fmt.Errorf("can't evaluate field %s in type interface {}", name) // as text/template sees what is in a map
}

// builtins are text/template's own functions, as far as charts call them.
var builtins = map[string]any{
	"not":    func(v any) bool { return !truth(v) },
	"eq":     equalToAny,
	"ne":     func(a, b any) (bool, error) { same, err := equalTo(a, b); return !same, err },
	"lt":     less,
	"le":     func(a, b any) (bool, error) { more, err := less(b, a); return !more, err },
	"gt":     func(a, b any) (bool, error) { return less(b, a) },
	"ge":     func(a, b any) (bool, error) { fewer, err := less(a, b); return !fewer, err },
	"len":    length,
	"index":  indexed,
	"printf": fmt.Sprintf,
}

var (
	errBadComparisonType = errors.New("invalid type for comparison")
	errBadComparison     = errors.New("incompatible types for comparison")
)

// kindOfValue is what a value can be compared as, "" where it cannot.
func kindOfValue(v reflect.Value) string {
	switch {
	case v.CanInt():
		return "int"
	case v.CanUint():
		return "uint"
	case v.CanFloat():
		return "float"
	case v.Kind() == reflect.Bool || v.Kind() == reflect.String:
		return v.Kind().String()
	}
	return ""
}

func equalToAny(v any, others ...any) (bool, error) {
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
	kind := kindOfValue(x)
	switch {
	case kind != kindOfValue(y):
		return false, errBadComparison
	case kind == "" && (x.Type() != y.Type() || !x.Comparable() || !y.Comparable()):
		return false, errBadComparisonType
	case kind == "int":
		return x.Int() == y.Int(), nil
	case kind == "uint":
		return x.Uint() == y.Uint(), nil
	case kind == "float":
		return x.Float() == y.Float(), nil
	}
	return a == b, nil
}

func less(a, b any) (bool, error) {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	switch kind, other := kindOfValue(x), kindOfValue(y); {
	case kind == "" || other == "":
		return false, errBadComparisonType
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

func indexed(v any, keys ...any) (any, error) {
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
	}
	return nil, fmt.Errorf("can't index item of type %T", v)
}
