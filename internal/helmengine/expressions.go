package helmengine

import (
	"reflect"
	"strings"
	"text/template/parse"
)

// pipe gives a pipeline's value, and keeps it where it declares or sets a
// variable.
func (c *compiler) pipe(n *parse.PipeNode) expression {
	value := c.commands(n)
	if len(n.Decl) == 0 {
		return value
	}
	name := n.Decl[0].Ident[0]
	slot := 0
	if n.IsAssign {
		slot = c.slot(n, name)
	} else {
		slot = c.declare(name)
	}
	return func(f *frame) (any, error) {
		v, err := value(f)
		f.vars[slot] = v
		return v, err
	}
}

func (c *compiler) commands(n *parse.PipeNode) expression {
	value := c.command(n.Cmds[0], nil)
	for _, command := range n.Cmds[1:] {
		value = c.command(command, value)
	}
	return value
}

// command gives the value of one command of a pipeline; final is that of the
// one before it.
func (c *compiler) command(n *parse.CommandNode, final expression) expression {
	switch first := n.Args[0].(type) {
	case *parse.IdentifierNode:
		return c.invoke(first.Ident, n, n.Args[1:], final)
	case *parse.FieldNode:
		return c.fields(first, func(f *frame) (any, error) { return f.dot, nil }, first.Ident, n.Args[1:], final)
	case *parse.VariableNode:
		return c.fields(first, c.variable(first), first.Ident[1:], n.Args[1:], final)
	case *parse.ChainNode:
		return c.fields(first, c.argument(first.Node), first.Field, n.Args[1:], final)
	}
	if len(n.Args) > 1 || final != nil {
		c.refuse(n, "an argument of what is no function")
	}
	return c.argument(n.Args[0])
}

func (c *compiler) variable(n *parse.VariableNode) expression {
	slot := c.slot(n, n.Ident[0])
	return func(f *frame) (any, error) { return f.vars[slot], nil }
}

// argument gives the value of a node that stands as an argument.
func (c *compiler) argument(n parse.Node) expression {
	if value, ok := constant(n); ok {
		return func(*frame) (any, error) { return value, nil }
	}
	if list, ok := constantList(n); ok {
		return func(*frame) (any, error) { return list, nil }
	}
	switch n := n.(type) {
	case *parse.DotNode:
		return func(f *frame) (any, error) { return f.dot, nil }
	case *parse.PipeNode:
		return c.pipe(n)
	case *parse.FieldNode:
		return c.fields(n, func(f *frame) (any, error) { return f.dot, nil }, n.Ident, nil, nil)
	case *parse.VariableNode:
		return c.fields(n, c.variable(n), n.Ident[1:], nil, nil)
	case *parse.ChainNode:
		return c.fields(n, c.argument(n.Node), n.Field, nil, nil)
	case *parse.IdentifierNode:
		return c.invoke(n.Ident, n, nil, nil)
	}
	c.refuse(n, "this argument")
	return nil
}

// constant gives what a literal is where any type will do.
func constant(n parse.Node) (any, bool) {
	switch n := n.(type) {
	case *parse.NilNode:
		return nil, true
	case *parse.BoolNode:
		return n.True, true
	case *parse.StringNode:
		return n.Text, true
	case *parse.NumberNode:
		if n.IsInt && !strings.ContainsAny(n.Text, ".eEpP") || n.IsInt && strings.HasPrefix(n.Text, "0x") {
			return int(n.Int64), true
		}
		return n.Float64, true
	}
	return nil, false
}

// constantList gives the list that literals in parentheses make, (list "a" "b"):
// one for all times, as no function changes a list that it is given.
func constantList(n parse.Node) (any, bool) {
	pipe, ok := n.(*parse.PipeNode)
	if !ok || len(pipe.Cmds) != 1 || len(pipe.Decl) > 0 {
		return nil, false
	}
	args := pipe.Cmds[0].Args
	name, ok := args[0].(*parse.IdentifierNode)
	if !ok || name.Ident != "list" || len(args) == 1 {
		return nil, false
	}
	literals := make([]any, 0, len(args)-1)
	for _, arg := range args[1:] {
		item, ok := constant(arg)
		if !ok {
			item, ok = constantList(arg)
		}
		if !ok {
			return nil, false
		}
		literals = append(literals, item)
	}
	return literals, true
}

// fields follows names from a value; arguments are the last one's, a method.
func (c *compiler) fields(n parse.Node, value expression, names []string, args []parse.Node, final expression) expression {
	if len(names) == 0 {
		if len(args) > 0 || final != nil {
			c.refuse(n, "an argument of what is no function")
		}
		return value
	}
	var given []expression
	for _, arg := range args {
		given = append(given, c.argument(arg))
	}
	if final != nil {
		given = append(given, final)
	}
	if len(given) > 0 {
		return c.method(n, c.fields(n, value, names[:len(names)-1], nil, nil), names[len(names)-1], given)
	}
	return func(f *frame) (any, error) {
		v, err := value(f)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			m, ok := v.(map[string]any)
			if !ok {
				return nil, c.at(n, noField(v, name))
			}
			v = m[name]
		}
		return v, nil
	}
}

// method calls what the files and the API versions have.
func (c *compiler) method(n parse.Node, value expression, name string, args []expression) expression {
	return func(f *frame) (any, error) {
		v, err := value(f)
		given := make([]any, len(args))
		for i := range args {
			if err != nil {
				return nil, err
			}
			given[i], err = args[i](f)
		}
		if err != nil {
			return nil, err
		}
		method := reflect.ValueOf(v).MethodByName(name)
		if !method.IsValid() {
			return nil, c.at(n, noField(v, name))
		}
		return reflected(method.Interface())(given)
	}
}
