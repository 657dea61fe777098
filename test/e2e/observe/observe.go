// Package observe reads what the suite observe is told: the source in which traces are
// looked for, and the tree that they are to be.
package observe

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"k8s.io/client-go/rest"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// Source reads KIND=WHERE. The cluster is asked for only where the source is a tap.
func Source(text string, client *http.Client, cluster func() (*rest.Config, error)) (spantest.Source, error) {
	kind, where, _ := strings.Cut(text, "=")
	of := map[string]func(string, ...spantest.SourceOption) spantest.Source{
		"jaeger": spantest.Jaeger, "tempo": spantest.Tempo, "zipkin": spantest.Zipkin,
	}
	switch namespace, release, slash := strings.Cut(where, "/"); {
	case of[kind] != nil && where != "":
		return of[kind](where, spantest.WithSourceClient(client)), nil
	case kind == "file" && where != "":
		return spantest.File(where), nil
	case kind == "tap" && slash && namespace != "" && release != "":
		config, err := cluster()
		if err != nil {
			return nil, err
		}
		return spantest.Tap(config, namespace, release), nil
	}
	return nil, fmt.Errorf("source %q (E2E_SOURCE) is not jaeger=URL, tempo=URL, zipkin=URL, file=PATH or tap=NAMESPACE/RELEASE", text)
}

// Tree reads a tree: a service, + or ? after it where it may be there more often or not
// at all, and those below it in parentheses.
func Tree(text string) (*spantest.Tree, error) {
	p := parser{text: text}
	tree, err := p.tree()
	if err == nil && strings.TrimSpace(p.text) != "" {
		err = errors.New("more follows it")
	}
	if err != nil {
		return nil, fmt.Errorf("tree %q (E2E_TREE), before %q: %w", text, p.text, err)
	}
	return tree, nil
}

type parser struct{ text string }

// take gives what comes before one of these characters, and leaves the rest.
func (p *parser) take(until string) string {
	i := strings.IndexAny(p.text, until)
	if i < 0 {
		i = len(p.text)
	}
	taken := p.text[:i]
	p.text = p.text[i:]
	return strings.TrimSpace(taken)
}

// next takes a character if it comes next.
func (p *parser) next(c string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSpace(p.text), c)
	if ok {
		p.text = rest
	}
	return ok
}

func (p *parser) tree() (*spantest.Tree, error) {
	name := p.take("(),?+")
	if name == "" {
		return nil, errors.New("a service is missing")
	}
	as := func(tree *spantest.Tree) *spantest.Tree { return tree }
	switch {
	case p.next("+"):
		as = func(tree *spantest.Tree) *spantest.Tree { return tree.Times(1, spantest.Unlimited) }
	case p.next("?"):
		as = (*spantest.Tree).Optional
	}
	var children []*spantest.Tree
	if !p.next("(") {
		return as(spantest.Span(name)), nil
	}
	for {
		child, err := p.tree()
		if err != nil {
			return nil, err
		}
		children = append(children, child)
		switch {
		case p.next(")"):
			return as(spantest.Span(name, children...)), nil
		case !p.next(","):
			return nil, errors.New("a , or a ) is missing")
		}
	}
}
