package helmengine

import (
	"fmt"
	"slices"
	"text/template"
	"text/template/parse"
)

// text/template walks a parse tree anew each time, and calls each function by
// way of reflection: most of a render's time. Here each node of the tree is
// made a Go function, once; variables have a place in place of a name.

// frame is what one run of a template works on.
type frame struct {
	run  *program
	out  printed
	dot  any
	vars []any
}

type (
	statement  func(*frame) error
	expression func(*frame) (any, error)
)

// function is one named template, compiled.
type function struct {
	body   statement
	vars   int
	number int // its own among those of the chart
}

// compiler makes functions of one template's tree.
type compiler struct {
	tree  *parse.Tree
	name  string
	funcs map[string]any
	scope []string // names of the variables in scope; each has the place of its index in slots
	slots []int
	vars  int
	err   error // the first thing that is not supported
}

// unsupported is what a template has that no chart of ours needs.
type unsupported struct {
	place, what string
}

func (e *unsupported) Error() string {
	return fmt.Sprintf("template: %s: %s is not supported", e.place, e.what)
}

// compile makes a function of a template.
func compile(t *template.Template, funcs map[string]any) (*function, error) {
	c := &compiler{tree: t.Tree, name: t.Name(), funcs: funcs}
	c.declare("$")
	body := c.list(t.Root)
	return &function{body: body, vars: c.vars}, c.err
}

func (c *compiler) refuse(n parse.Node, what string) {
	if c.err == nil {
		place, _ := c.tree.ErrorContext(n)
		c.err = &unsupported{place, what}
	}
}

// at gives what an error at a node is told as, as text/template tells it.
func (c *compiler) at(n parse.Node, err error) error {
	place, context := c.tree.ErrorContext(n)
	return &runError{fmt.Sprintf("template: %s: executing %q at <%s>: ", place, c.name, context), err}
}

// runError is an error with the place in a template where it came up.
type runError struct {
	place string
	err   error
}

func (e *runError) Error() string { return e.place + e.err.Error() }

func (e *runError) Unwrap() error { return e.err }

func (c *compiler) declare(name string) int {
	c.scope = append(c.scope, name)
	c.slots = append(c.slots, c.vars)
	c.vars++
	return c.vars - 1
}

func (c *compiler) slot(n parse.Node, name string) int {
	for i := len(c.scope) - 1; i >= 0; i-- {
		if c.scope[i] == name {
			return c.slots[i]
		}
	}
	c.refuse(n, "an undefined variable")
	return 0
}

// scoped compiles what has variables of its own.
func (c *compiler) scoped(compile func()) {
	before := len(c.scope)
	compile()
	c.scope, c.slots = c.scope[:before], c.slots[:before]
}

func (c *compiler) list(list *parse.ListNode) statement {
	if list == nil {
		return func(*frame) error { return nil }
	}
	var all []statement
	for _, n := range list.Nodes {
		if s := c.statement(n); s != nil {
			all = append(all, s)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return func(f *frame) error {
		for _, s := range all {
			if err := s(f); err != nil {
				return err
			}
		}
		return nil
	}
}

func (c *compiler) statement(n parse.Node) statement {
	switch n := n.(type) {
	case *parse.CommentNode:
		return nil
	case *parse.TextNode:
		text := string(n.Text)
		return func(f *frame) error { return f.out.text(text) }
	case *parse.ActionNode:
		return c.action(n)
	case *parse.IfNode:
		return c.branch(&n.BranchNode, false)
	case *parse.WithNode:
		return c.branch(&n.BranchNode, true)
	case *parse.RangeNode:
		return c.loop(&n.BranchNode)
	}
	c.refuse(n, "this action")
	return nil
}

func (c *compiler) action(n *parse.ActionNode) statement {
	value := c.pipe(n.Pipe)
	if len(n.Pipe.Decl) > 0 {
		return func(f *frame) error {
			_, err := value(f)
			return err
		}
	}
	return func(f *frame) error {
		v, err := value(f)
		if err != nil {
			return err
		}
		return f.out.value(v)
	}
}

func (c *compiler) branch(n *parse.BranchNode, with bool) (s statement) {
	c.scoped(func() {
		value := c.pipe(n.Pipe)
		var yes, no statement
		c.scoped(func() { yes = c.list(n.List) })
		c.scoped(func() { no = c.list(n.ElseList) })
		s = func(f *frame) error {
			v, err := value(f)
			switch {
			case err != nil:
				return err
			case !truth(v):
				return no(f)
			case !with:
				return yes(f)
			}
			before := f.dot
			f.dot = v
			err = yes(f)
			f.dot = before
			return err
		}
	})
	return s
}

func (c *compiler) loop(n *parse.BranchNode) (s statement) {
	c.scoped(func() {
		value := c.commands(n.Pipe)
		key, item := -1, -1
		if n.Pipe.IsAssign {
			c.refuse(n, "assignment by range")
		}
		switch declared := n.Pipe.Decl; len(declared) {
		case 1:
			item = c.declare(declared[0].Ident[0])
		case 2:
			key = c.declare(declared[0].Ident[0])
			item = c.declare(declared[1].Ident[0])
		}
		var body, none statement
		c.scoped(func() { body = c.list(n.List) })
		c.scoped(func() { none = c.list(n.ElseList) })
		s = func(f *frame) error {
			v, err := value(f)
			if err != nil {
				return err
			}
			before, empty := f.dot, true
			ok, err := each(v, func(k, i any) error {
				empty = false
				if key >= 0 {
					f.vars[key] = k
				}
				if item >= 0 {
					f.vars[item] = i
				}
				f.dot = i
				return body(f)
			})
			if !ok {
				return c.at(n.Pipe, fmt.Errorf("range can't iterate over %v", v))
			}
			f.dot = before
			if err == nil && empty {
				return none(f)
			}
			return err
		}
	})
	return s
}

// run prints what a template makes of a value.
func (fn *function) run(p *program, out printed, dot any) error {
	base := len(p.vars)
	p.vars = slices.Grow(p.vars, fn.vars)[:base+fn.vars]
	f := p.frame()
	*f = frame{run: p, out: out, dot: dot, vars: p.vars[base:]}
	f.vars[0] = dot
	err := fn.body(f)
	p.vars = p.vars[:base]
	p.deep--
	return err
}
