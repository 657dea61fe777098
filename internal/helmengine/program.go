package helmengine

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"reflect"
	"regexp"
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

// programs are a chart's parsed templates. A render takes one program and gives
// it back, for some functions of a program know what it is rendering.
type programs struct {
	parsed    *template.Template
	documents []string // names of the files that Helm renders, in its order
	knowPlace bool     // some ask which document they are part of
	idle      sync.Pool
}

// place is how templates ask for it, whether by field or by index.
var place = regexp.MustCompile(`\bTemplate\b`)

// parse reads all templates of the chart.
func parse(c *chart.Chart) (*programs, error) {
	all := &programs{parsed: template.New("gotpl").Funcs(functions()).Funcs((&program{}).functions())}
	templates := slices.Clone(c.Templates)
	slices.SortFunc(templates, func(a, b *chart.File) int { return compareExecution(a.Name, b.Name) })
	for _, t := range templates {
		name := path.Join(c.Name(), t.Name)
		if _, err := all.parsed.New(name).Parse(string(t.Data)); err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		all.knowPlace = all.knowPlace || place.Match(t.Data)
		if !isPartial(name) {
			all.documents = append(all.documents, name)
		}
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

// take gives a program for one render; give it back with put.
func (all *programs) take(ctx context.Context, root map[string]any, lookup Lookup) (*program, error) {
	p, ok := all.idle.Get().(*program)
	if !ok {
		parsed, err := all.parsed.Clone()
		if err != nil {
			return nil, err
		}
		p = &program{templates: parsed, nesting: map[string]int{}, included: map[string]string{}}
		parsed.Funcs(p.functions())
		// A clone does not take over its options.
		parsed.Option("missingkey=zero")
	}
	p.done, p.root, p.lookup = ctx.Err, root, lookup
	return p, nil
}

func (all *programs) put(p *program) {
	p.done, p.root, p.lookup = nil, nil, nil
	p.changed()
	all.idle.Put(p)
}

// program is the templates for one render at a time.
type program struct {
	templates *template.Template
	done      func() error   // why the render must end, nil while it need not
	root      map[string]any // what templates see
	lookup    Lookup
	nesting   map[string]int  // how deep each template includes itself
	buffers   []*bytes.Buffer // not in use

	// What included templates made of the root. A chart asks for the same names
	// and labels in each document, and they are the same until something that
	// the root holds is changed.
	included map[string]string
	changes  int
}

// changed tells that what a template makes of the root may be another thing now.
func (p *program) changed() {
	p.changes++
	clear(p.included)
}

// isRoot tells whether data is the root itself, not only equal to it.
func (p *program) isRoot(data any) bool {
	given, ok := data.(map[string]any)
	return ok && reflect.ValueOf(given).UnsafePointer() == reflect.ValueOf(p.root).UnsafePointer()
}

// appended is Sprig's append.
var appended = sprig.HermeticTxtFuncMap()["append"].(func(any, any) []any)

// maxNesting is how often Helm lets a template include itself.
const maxNesting = 1000

// functions are those that depend on the render. Go can't interrupt a template:
// a loop that neither prints nor calls include, append, set or unset runs to its
// end.
func (p *program) functions() template.FuncMap {
	return template.FuncMap{
		"include": func(name string, data any) (string, error) {
			if err := p.done(); err != nil {
				return "", err
			}
			if p.nesting[name] > maxNesting {
				return "", fmt.Errorf("template %s includes itself more than %d times", name, maxNesting)
			}
			atRoot := p.isRoot(data)
			if text, ok := p.included[name]; ok && atRoot {
				return text, nil
			}
			before := p.changes
			p.nesting[name]++
			defer func() { p.nesting[name]-- }()
			text, err := p.text(name, data)
			if err == nil && atRoot && p.changes == before {
				p.included[name] = text
			}
			return text, err
		},
		"set": func(object map[string]any, key string, value any) (map[string]any, error) {
			p.changed()
			object[key] = value
			return object, p.done()
		},
		"unset": func(object map[string]any, key string) (map[string]any, error) {
			p.changed()
			delete(object, key)
			return object, p.done()
		},
		"append": func(list, item any) ([]any, error) { return appended(list, item), p.done() },
		"lookup": func(apiVersion, kind, namespace, name string) (map[string]any, error) {
			p.changed() // the cluster may answer otherwise another time
			if p.lookup != nil {
				if found, err := p.lookup(apiVersion, kind, namespace, name); err != nil || found != nil {
					return found, err
				}
			}
			return map[string]any{}, nil
		},
	}
}

// printed is what a template prints, until its render must end.
type printed struct {
	text *bytes.Buffer
	done func() error
}

func (p printed) Write(text []byte) (int, error) {
	if err := p.done(); err != nil {
		return 0, err
	}
	return p.text.Write(text)
}

// text runs one template.
func (p *program) text(name string, data any) (string, error) {
	var buffer *bytes.Buffer
	if last := len(p.buffers) - 1; last >= 0 {
		buffer, p.buffers = p.buffers[last], p.buffers[:last]
	} else {
		buffer = new(bytes.Buffer)
	}
	err := p.templates.ExecuteTemplate(printed{buffer, p.done}, name, data)
	text := buffer.String()
	// A large buffer is left to the garbage collector: few renders need it.
	if buffer.Cap() <= 64<<10 {
		buffer.Reset()
		p.buffers = append(p.buffers, buffer)
	}
	return text, err
}

// execute runs one template of a render and gives its text.
func (p *program) execute(name string) (text string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("rendering %s failed: %v", name, cause)
		}
	}()
	if text, err = p.text(name, p.root); err != nil {
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
