package helmengine

import (
	"fmt"
	"reflect"
	"slices"
	"text/template/parse"
)

// invoke calls a function.
func (c *compiler) invoke(name string, n parse.Node, nodes []parse.Node, final expression) expression {
	var args []expression
	for _, node := range nodes {
		args = append(args, c.argument(node))
	}
	if final != nil {
		args = append(args, final)
	}
	if name == "and" || name == "or" {
		return c.either(name == "or", args)
	}
	if own, ok := ofProgram[name]; ok {
		return c.with(n, name, args, own)
	}
	fn, ok := c.funcs[name]
	if !ok {
		fn, ok = builtins[name]
	}
	if !ok {
		c.refuse(n, "the function "+name)
		return nil
	}
	call, typed := adapt(fn), reflect.TypeOf(fn)
	if !c.takes(typed, len(args)) {
		c.refuse(n, fmt.Sprintf("%s with %d arguments", name, len(args)))
		return nil
	}
	for i, node := range nodes {
		args[i] = c.typed(node, args[i], parameter(typed, i))
	}
	if final != nil {
		last := len(args) - 1
		args[last] = c.checked(n, args[last], parameter(typed, last))
	}
	return c.with(n, name, args, func(_ *program, args []any) (any, error) { return call(args) })
}

// with calls what takes the program too.
func (c *compiler) with(n parse.Node, name string, args []expression, call func(*program, []any) (any, error)) expression {
	return func(f *frame) (any, error) {
		p := f.run
		base := len(p.args)
		for _, arg := range args {
			v, err := arg(f)
			if err != nil {
				p.args = p.args[:base]
				return nil, err
			}
			p.args = append(p.args, v)
		}
		v, err := safely(call, p, p.args[base:])
		p.args = p.args[:base]
		if err != nil {
			return nil, c.at(n, fmt.Errorf("error calling %s: %w", name, err))
		}
		return v, nil
	}
}

// safely makes an error of a panic, with which functions of Sprig's tell one.
func safely(call func(*program, []any) (any, error), p *program, args []any) (v any, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			failed, ok := cause.(error)
			if !ok {
				failed = fmt.Errorf("%v", cause)
			}
			err = failed
		}
	}()
	return call(p, args)
}

// either is and, or or: no more is worked out than decides.
func (c *compiler) either(or bool, args []expression) expression {
	return func(f *frame) (v any, err error) {
		for _, arg := range args {
			if v, err = arg(f); err != nil || truth(v) == or {
				return v, err
			}
		}
		return v, nil
	}
}

// takes tells whether a function takes so many arguments.
func (c *compiler) takes(typed reflect.Type, given int) bool {
	wanted := typed.NumIn()
	return given == wanted && !typed.IsVariadic() || typed.IsVariadic() && given >= wanted-1
}

// typed gives an argument as a parameter of a type takes it.
func (c *compiler) typed(n parse.Node, value expression, to reflect.Type) expression {
	given, ok := constant(n)
	if !ok {
		return c.checked(n, value, to)
	}
	number, isNumber := n.(*parse.NumberNode)
	switch kind := to.Kind(); {
	case kind == reflect.Interface:
		return value
	case given == nil && slices.Contains([]reflect.Kind{reflect.Map, reflect.Slice, reflect.Pointer, reflect.Func}, kind):
		given = reflect.Zero(to).Interface()
	case isNumber && number.IsInt && reflect.Int <= kind && kind <= reflect.Int64:
		given = reflect.ValueOf(number.Int64).Convert(to).Interface()
	case isNumber && number.IsFloat && (kind == reflect.Float64 || kind == reflect.Float32):
		given = reflect.ValueOf(number.Float64).Convert(to).Interface()
	case given == nil || !reflect.TypeOf(given).AssignableTo(to):
		c.refuse(n, "a literal of this type")
	}
	return func(*frame) (any, error) { return given, nil }
}

// checked refuses a value that a parameter does not take.
func (c *compiler) checked(n parse.Node, value expression, to reflect.Type) expression {
	switch {
	case to.Kind() == reflect.Interface && to.NumMethod() == 0:
		return value
	case to.Kind() == reflect.String:
		return func(f *frame) (any, error) {
			v, err := value(f)
			if _, ok := v.(string); !ok && err == nil {
				v, err = converted(v, to)
				if err != nil {
					err = c.at(n, err)
				}
			}
			return v, err
		}
	}
	return func(f *frame) (any, error) {
		v, err := value(f)
		if err == nil {
			if v, err = converted(v, to); err != nil {
				err = c.at(n, err)
			}
		}
		return v, err
	}
}

// converted gives a value as text/template hands it to a parameter.
func converted(v any, to reflect.Type) (any, error) {
	if v == nil {
		switch to.Kind() { //nolint:exhaustive // the others cannot be nil
		case reflect.Map, reflect.Slice, reflect.Pointer, reflect.Func, reflect.Interface, reflect.Chan:
			return reflect.Zero(to).Interface(), nil
		}
		return nil, fmt.Errorf("invalid value; expected %s", to)
	}
	typed := reflect.TypeOf(v)
	switch {
	case typed.AssignableTo(to):
		return v, nil
	case typed.Kind() == reflect.Pointer && typed.Elem().AssignableTo(to):
		return reflect.ValueOf(v).Elem().Interface(), nil
	}
	return nil, fmt.Errorf("wrong type for value; expected %s; got %s", to, typed)
}

func parameter(typed reflect.Type, i int) reflect.Type {
	if last := typed.NumIn() - 1; typed.IsVariadic() && i >= last {
		return typed.In(last).Elem()
	}
	return typed.In(i)
}

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
