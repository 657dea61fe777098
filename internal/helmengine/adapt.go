package helmengine

import (
	"reflect"
	"slices"
)

// adapt gives a function as it is called here: those of common types without
// reflection.
func adapt(fn any) func(args []any) (any, error) {
	switch fn := fn.(type) {
	case func(...any) (any, error):
		return func(a []any) (any, error) { return fn(a...) }
	case func(any) bool:
		return func(a []any) (any, error) { return fn(a[0]), nil }
	case func(any) string:
		return func(a []any) (any, error) { return fn(a[0]), nil }
	case func(any) any:
		return func(a []any) (any, error) { return fn(a[0]), nil }
	case func(any) []any:
		return func(a []any) (any, error) { return fn(a[0]), nil }
	case func(any) int:
		return func(a []any) (any, error) { return fn(a[0]), nil }
	case func(any) []string:
		return func(a []any) (any, error) { return fn(a[0]), nil }
	case func(any, ...any) int64:
		return func(a []any) (any, error) { return fn(a[0], a[1:]...), nil }
	case func(...any) any:
		return func(a []any) (any, error) { return fn(a...), nil }
	case func(...any) string:
		return func(a []any) (any, error) { return fn(a...), nil }
	case func(string) []any:
		return func(a []any) (any, error) { return fn(a[0].(string)), nil }
	case func(string, any) string:
		return func(a []any) (any, error) { return fn(a[0].(string), a[1]), nil }
	case func(any, any) bool:
		return func(a []any) (any, error) { return fn(a[0], a[1]), nil }
	case func(string, any) bool:
		return func(a []any) (any, error) { return fn(a[0].(string), a[1]), nil }
	case func(string) string:
		return func(a []any) (any, error) { return fn(a[0].(string)), nil }
	case func(string, string) string:
		return func(a []any) (any, error) { return fn(a[0].(string), a[1].(string)), nil }
	case func(string, string) bool:
		return func(a []any) (any, error) { return fn(a[0].(string), a[1].(string)), nil }
	case func(string, string, string) string:
		return func(a []any) (any, error) { return fn(a[0].(string), a[1].(string), a[2].(string)), nil }
	case func(map[string]any, string) bool:
		return func(a []any) (any, error) { return fn(a[0].(map[string]any), a[1].(string)), nil }
	case func(map[string]any, string) any:
		return func(a []any) (any, error) { return fn(a[0].(map[string]any), a[1].(string)), nil }
	case func(any, any, bool) any:
		return func(a []any) (any, error) { return fn(a[0], a[1], a[2].(bool)), nil }
	case func(any, ...any) any:
		return func(a []any) (any, error) { return fn(a[0], a[1:]...), nil }
	case func(...any) []any:
		return func(a []any) (any, error) { return fn(slices.Clone(a)...), nil }
	case func(any) (any, error):
		return func(a []any) (any, error) { return fn(a[0]) }
	case func(any, any) (any, error):
		return func(a []any) (any, error) { return fn(a[0], a[1]) }
	case func(any, ...any) (any, error):
		return func(a []any) (any, error) { return fn(a[0], a[1:]...) }
	case func(string, ...any) (any, error):
		return func(a []any) (any, error) { return fn(a[0].(string), a[1:]...) }
	case func(string) map[string]any:
		return func(a []any) (any, error) { return fn(a[0].(string)), nil }
	case func(string, string) []string:
		return func(a []any) (any, error) { return fn(a[0].(string), a[1].(string)), nil }
	case func(string, string, string) (string, error):
		return func(a []any) (any, error) { return fn(a[0].(string), a[1].(string), a[2].(string)) }
	case func(any) int64:
		return func(a []any) (any, error) { return fn(a[0]), nil }
	case func(any, any) int64:
		return func(a []any) (any, error) { return fn(a[0], a[1]), nil }
	case func(any) float64:
		return func(a []any) (any, error) { return fn(a[0]), nil }
	case func(any, ...any) float64:
		return func(a []any) (any, error) { return fn(a[0], a[1:]...), nil }
	case func(map[string]any, ...string) map[string]any:
		return func(a []any) (any, error) { return fn(a[0].(map[string]any), texts(a[1:])...), nil }
	case func(int, string) string:
		return func(a []any) (any, error) { return fn(a[0].(int), a[1].(string)), nil }
	case func(string, string) (bool, error):
		return func(a []any) (any, error) { return fn(a[0].(string), a[1].(string)) }
	case func(string, string, int) []string:
		return func(a []any) (any, error) { return fn(a[0].(string), a[1].(string), a[2].(int)), nil }
	case func(...any) map[string]any:
		return func(a []any) (any, error) { return fn(a...), nil }
	}
	return reflected(fn)
}

func texts(args []any) []string {
	given := make([]string, len(args))
	for i, arg := range args {
		given[i] = arg.(string)
	}
	return given
}

func reflected(fn any) func(args []any) (any, error) {
	called, typed := reflect.ValueOf(fn), reflect.TypeOf(fn)
	return func(args []any) (any, error) {
		given := make([]reflect.Value, len(args))
		for i, arg := range args {
			if given[i] = reflect.ValueOf(arg); arg == nil {
				given[i] = reflect.Zero(parameter(typed, i))
			}
		}
		out := called.Call(given)
		if len(out) == 2 && !out[1].IsNil() {
			return nil, out[1].Interface().(error)
		}
		return out[0].Interface(), nil
	}
}
