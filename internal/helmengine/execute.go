package helmengine

import (
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
