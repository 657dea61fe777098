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

// noRange tells of what is no list.
type noRange struct {
	value any
	told  bool // with its place
}

func (e *noRange) Error() string { return fmt.Sprintf("range can't iterate over %v", e.value) }

// each calls a function with the items of a list, or of a map in the order of
// its keys.
func each(v any, call func(key, item any) error) error {
	switch v := v.(type) {
	case nil:
	case []any:
		for i, item := range v {
			if err := call(i, item); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if err := call(key, v[key]); err != nil {
				return err
			}
		}
	default:
		return eachOf(v, call)
	}
	return nil
}

func eachOf(v any, call func(key, item any) error) error {
	switch of := reflect.ValueOf(v); of.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range of.Len() {
			if err := call(i, of.Index(i).Interface()); err != nil {
				return err
			}
		}
	case reflect.Map:
		keys := of.MapKeys()
		if of.Type().Key().Kind() == reflect.String {
			slices.SortFunc(keys, func(a, b reflect.Value) int { return compareTexts(a.String(), b.String()) })
		}
		for _, key := range keys {
			if err := call(key.Interface(), of.MapIndex(key).Interface()); err != nil {
				return err
			}
		}
	default:
		return &noRange{value: v}
	}
	return nil
}

// fieldOf gives a field, or what a method gives, of what is no map of ours: the
// files, the capabilities.
func fieldOf(v any, name string, args []any) (any, error) {
	of := reflect.ValueOf(v)
	if !of.IsValid() {
		return nil, fmt.Errorf("nil pointer evaluating interface {}.%s", name)
	}
	if method := of.MethodByName(name); method.IsValid() {
		return callMethod(method, name, args)
	}
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch of.Kind() { //nolint:exhaustive // the others have no fields
	case reflect.Struct:
		field := of.FieldByName(name)
		switch {
		case field.Kind() == reflect.Struct && field.CanAddr():
			return field.Addr().Interface(), nil // it may have methods
		case field.IsValid():
			return field.Interface(), nil
		}
	case reflect.Map:
		if len(args) > 0 {
			return nil, fmt.Errorf("%s is not a method but has arguments", name)
		}
		if of.Type().Key().Kind() == reflect.String {
			if item := of.MapIndex(reflect.ValueOf(name)); item.IsValid() {
				return item.Interface(), nil
			}
			return reflect.Zero(of.Type().Elem()).Interface(), nil
		}
	}
	return nil, &noField{name, fmt.Sprintf("%T", v)}
}

// noField tells of a field that a value of a type does not have.
type noField struct{ name, of string }

func (e *noField) Error() string {
	return fmt.Sprintf("can't evaluate field %s in type %s", e.name, e.of)
}

func callMethod(method reflect.Value, name string, args []any) (any, error) {
	typed := method.Type()
	if typed.NumIn() != len(args) {
		return nil, fmt.Errorf("wrong number of args for %s: want %d got %d", name, typed.NumIn(), len(args))
	}
	given := make([]reflect.Value, len(args))
	for i, arg := range args {
		v, err := converted(arg, typed.In(i))
		if err != nil {
			return nil, err
		}
		given[i] = reflect.ValueOf(v)
	}
	return method.Call(given)[0].Interface(), nil
}

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
