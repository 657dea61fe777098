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
	if wanted := typed.NumIn(); len(args) != wanted && (!typed.IsVariadic() || len(args) < wanted-1) {
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
	if to.Kind() == reflect.Interface && to.NumMethod() == 0 {
		return value
	}
	return func(f *frame) (any, error) {
		v, err := value(f)
		if err == nil && reflect.TypeOf(v) != to {
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

// call is a function as it is called here.
type call func(args []any) (any, error)

// adapt gives a function as it is called here: those of the types that templates
// call most without reflection.
func adapt(fn any) call {
	for _, adapted := range adapters {
		if direct := adapted(fn); direct != nil {
			return direct
		}
	}
	return reflected(fn)
}

// adapters are for functions of one, two or three arguments, of any number, and of
// any number after the first; each gives nil for a function of another type.
var adapters = []func(fn any) call{
	one[any, bool], one[any, string], one[any, any], one[any, int], one[any, int64], one[any, float64], one[any, []any], one[any, []string],
	one[string, string], one[string, []any], one[string, map[string]any],
	two[any, any, bool], two[any, any, int64], two[string, any, bool], two[string, any, string], two[int, string, string],
	two[string, string, bool], two[string, string, string], two[string, string, []string],
	two[map[string]any, string, bool], two[map[string]any, string, any],
	three[any, any, bool, any], three[string, string, string, string],
	many[any], many[[]any], many[string], many[int64], many[map[string]any],
	rest[any, any], rest[any, bool], rest[any, int64], rest[string, string], keyed,
}

// as gives an argument, which was checked: nil is the zero value of its type.
func as[T any](arg any) T {
	typed, _ := arg.(T)
	return typed
}

func one[A, R any](fn any) call {
	switch f := fn.(type) {
	case func(A) R:
		return func(a []any) (any, error) { return f(as[A](a[0])), nil }
	case func(A) (R, error):
		return func(a []any) (any, error) { return f(as[A](a[0])) }
	}
	return nil
}

func two[A, B, R any](fn any) call {
	switch f := fn.(type) {
	case func(A, B) R:
		return func(a []any) (any, error) { return f(as[A](a[0]), as[B](a[1])), nil }
	case func(A, B) (R, error):
		return func(a []any) (any, error) { return f(as[A](a[0]), as[B](a[1])) }
	}
	return nil
}

func three[A, B, C, R any](fn any) call {
	switch f := fn.(type) {
	case func(A, B, C) R:
		return func(a []any) (any, error) { return f(as[A](a[0]), as[B](a[1]), as[C](a[2])), nil }
	case func(A, B, C) (R, error):
		return func(a []any) (any, error) { return f(as[A](a[0]), as[B](a[1]), as[C](a[2])) }
	}
	return nil
}

func many[R any](fn any) call {
	switch f := fn.(type) {
	case func(...any) R:
		return func(a []any) (any, error) { return f(a...), nil }
	case func(...any) (R, error):
		return func(a []any) (any, error) { return f(a...) }
	}
	return nil
}

func rest[A, R any](fn any) call {
	switch f := fn.(type) {
	case func(A, ...any) R:
		return func(a []any) (any, error) { return f(as[A](a[0]), a[1:]...), nil }
	case func(A, ...any) (R, error):
		return func(a []any) (any, error) { return f(as[A](a[0]), a[1:]...) }
	}
	return nil
}

// keyed is for omit and pick.
func keyed(fn any) call {
	f, ok := fn.(func(map[string]any, ...string) map[string]any)
	if !ok {
		return nil
	}
	return func(a []any) (any, error) {
		keys := make([]string, len(a)-1)
		for i := range keys {
			keys[i] = as[string](a[i+1])
		}
		return f(as[map[string]any](a[0]), keys...), nil
	}
}

func reflected(fn any) call {
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
