package helmengine

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"helm.sh/helm/v3/pkg/chart"
)

// Helm's engine parses all templates at each render, which takes most of its
// time, and can't be told not to. So templates are parsed here, once, with
// Helm's settings and functions; the tests hold the two engines together.

// programs are a chart's templates, compiled.
type programs struct {
	functions map[string]*function
	documents []string // names of the files that Helm renders, in its order
}

// parseAll reads all templates of the chart.
func parseAll(c *chart.Chart) (*programs, error) {
	known := functions()
	parsed := template.New("gotpl").Funcs(known).Funcs(ofPrograms())
	all := &programs{functions: map[string]*function{}}
	templates := slices.Clone(c.Templates)
	slices.SortFunc(templates, func(a, b *chart.File) int { return compareExecution(a.Name, b.Name) })
	for _, t := range templates {
		name := path.Join(c.Name(), t.Name)
		if _, err := parsed.New(name).Parse(string(t.Data)); err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		if !isPartial(name) {
			all.documents = append(all.documents, name)
		}
	}
	for _, t := range parsed.Templates() {
		if t.Tree == nil {
			continue
		}
		compiled, err := compile(t, known)
		if err != nil {
			return nil, err
		}
		compiled.number = len(all.functions)
		all.functions[t.Name()] = compiled
	}
	return all, nil
}

func isNotes(name string) bool { return path.Base(name) == "NOTES.txt" }

func isPartial(name string) bool { return strings.HasPrefix(path.Base(name), "_") }

// compareExecution orders templates as Helm executes them: the deepest first,
// those of one depth in reverse alphabetical order.
func compareExecution(a, b string) int {
	return cmp.Or(cmp.Compare(strings.Count(b, "/"), strings.Count(a, "/")), cmp.Compare(b, a))
}

// start gives a program for one render.
func (all *programs) start(ctx context.Context, root map[string]any, lookup Lookup) *program {
	return &program{
		all: all, done: ctx.Err, root: root, lookup: lookup, nesting: make([]int, len(all.functions)),
	}
}

// program is one render.
type program struct {
	all     *programs
	done    func() error   // why the render must end, nil while it need not
	root    map[string]any // what templates see
	lookup  Lookup
	nesting []int    // how deep each template includes itself, by its number
	args    []any    // of the calls under way
	vars    []any    // of the templates under way
	frames  []*frame // of those, as many as deep, and left ones
	deep    int
}

// appended is Sprig's append.
var appended = sprig.HermeticTxtFuncMap()["append"].(func(any, any) []any)

// maxNesting is how often Helm lets a template include itself.
const maxNesting = 1000

// ofProgram are the functions that depend on the render. Go can't interrupt a
// template: a loop that neither prints nor calls one of these runs to its end.
var ofProgram map[string]func(p *program, args []any) (any, error)

func init() {
	ofProgram = map[string]func(p *program, args []any) (any, error){
		"include": func(p *program, args []any) (any, error) { return p.include(args[0].(string), args[1]) },
		"set": func(p *program, args []any) (any, error) {
			object, _ := args[0].(map[string]any)
			object[args[1].(string)] = args[2]
			return object, p.done()
		},
		"unset": func(p *program, args []any) (any, error) {
			object, _ := args[0].(map[string]any)
			delete(object, args[1].(string))
			return object, p.done()
		},
		"append": func(p *program, args []any) (any, error) { return appended(args[0], args[1]), p.done() },
		"lookup": func(p *program, args []any) (any, error) {
			if p.lookup != nil {
				found, err := p.lookup(args[0].(string), args[1].(string), args[2].(string), args[3].(string))
				if err != nil || found != nil {
					return found, err
				}
			}
			return map[string]any{}, nil
		},
	}
}

// ofPrograms names them, for templates to be parsed with.
func ofPrograms() template.FuncMap {
	named := template.FuncMap{}
	for name := range ofProgram {
		named[name] = func(...any) string { return "" }
	}
	return named
}

// frame gives one for a template that starts, which takes it back by deep.
func (p *program) frame() *frame {
	if p.deep++; p.deep > len(p.frames) {
		p.frames = append(p.frames, new(frame))
	}
	return p.frames[p.deep-1]
}

func (p *program) include(name string, data any) (string, error) {
	if err := p.done(); err != nil {
		return "", err
	}
	fn, ok := p.all.functions[name]
	if !ok {
		return "", noTemplate(name)
	}
	if p.nesting[fn.number] > maxNesting {
		return "", fmt.Errorf("template %s includes itself more than %d times", name, maxNesting)
	}
	p.nesting[fn.number]++
	defer func() { p.nesting[fn.number]-- }()
	return p.text(fn, data)
}

func noTemplate(name string) error {
	return fmt.Errorf("template: no template %q associated with template %q", name, "gotpl")
}

// printed is what a template prints, until its render must end.
type printed struct {
	buffer *bytes.Buffer
	done   func() error
}

func (p printed) text(text string) error {
	p.buffer.WriteString(text)
	return p.done()
}

func (p printed) value(v any) error {
	switch v := v.(type) {
	case string:
		p.buffer.WriteString(v)
	case nil:
		p.buffer.WriteString("<no value>")
	default:
		fmt.Fprint(p.buffer, v)
	}
	return p.done()
}

// text runs one template.
func (p *program) text(fn *function, data any) (string, error) {
	buffer := buffers.Get().(*bytes.Buffer)
	err := fn.run(p, printed{buffer, p.done}, data)
	text := buffer.String()
	buffer.Reset()
	buffers.Put(buffer)
	return text, err
}

// buffers that are not in use.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// execute runs one template of a render and gives its text.
func (p *program) execute(name string) (text string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("rendering %s failed: %v", name, cause)
		}
	}()
	fn, ok := p.all.functions[name]
	if !ok {
		return "", executionError(noTemplate(name))
	}
	if text, err = p.text(fn, p.root); err != nil {
		if ended := p.done(); ended != nil {
			return "", fmt.Errorf("rendering %s: %w", name, ended)
		}
		return "", executionError(err)
	}
	// Go writes this for what is missing, whatever the option says.
	return strings.ReplaceAll(text, "<no value>", ""), nil
}

// executionError makes of a chart's own `fail` what Helm makes of it: the place
// and the message, without the templates between.
func executionError(err error) error {
	var failed *failure
	parts := strings.SplitN(err.Error(), ": ", 3)
	if len(parts) != 3 || !errors.As(err, &failed) {
		return err
	}
	return fmt.Errorf("execution error at (%s): %w", parts[1], failed)
}
