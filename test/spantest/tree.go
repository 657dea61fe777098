package spantest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kinds of spans that proxies make.
const (
	// KindServer is the kind of the span of a request that a proxy received.
	KindServer = "Server"
	// KindClient is the kind of the span of a request that a proxy sent.
	KindClient = "Client"
)

// Unlimited is the upper bound of [Tree.Times] for any number of spans.
const Unlimited = -1

// Tree is what a trace must look like: a hop, and the hops below it. Make one with [Span].
// Its methods give a changed copy and leave the tree as it is, so that several trees can
// share a part.
//
// In names and values, * stands for any text, ? for any one character, and \ takes the
// meaning of the next character away; upper and lower case are the same, because Zipkin
// keeps lower case alone.
type Tree struct {
	service    string
	kind       string // empty: any
	name       string // of the operation; empty: any
	attributes map[string]string
	min, max   int  // how often the hop is there; max may be Unlimited
	single     bool // one span instead of a hop
	children   []*Tree
}

// Span expects a hop: what one proxy did for a request. It takes together the span of
// the request that the proxy received and the spans of the requests that it sent. A
// child is a hop that a request was sent to, in any order. A hop that is not expected is
// a problem, so the tree names them all.
//
// The service is the service.name of the hop's proxy, such as checkout.shop. A name
// without a dot fits the service of that name in every namespace.
func Span(service string, children ...*Tree) *Tree {
	return &Tree{service: service, children: slices.Clone(children), min: 1, max: 1}
}

// checkTrees says what is wrong with trees that no trace could be.
func checkTrees(trees []*Tree) error {
	if len(trees) == 0 {
		return errors.New("no tree is given that a trace must be")
	}
	var wrong []error
	for _, t := range trees {
		wrong = append(wrong, t.check())
	}
	return errors.Join(wrong...)
}

func (t *Tree) check() error {
	if t == nil {
		return errors.New("a tree is nil: make one with Span")
	}
	var wrong []error
	if t.service == "" {
		wrong = append(wrong, errors.New("a hop names no service: give its name, or * for any"))
	}
	switch {
	case t.min < 0, t.max != Unlimited && t.max < t.min:
		wrong = append(wrong, fmt.Errorf("hop %s is expected from %d to %d times: the first must not be negative, nor above the second", t.label(), t.min, t.max))
	case t.max == 0:
		wrong = append(wrong, fmt.Errorf("hop %s is expected 0 times: make it with Span, or allow some by Times", t.label()))
	}
	for _, c := range t.children {
		wrong = append(wrong, c.check())
	}
	return errors.Join(wrong...)
}

// changed gives a copy of the tree after a change.
func (t *Tree) changed(change func(*Tree)) *Tree {
	other := *t
	change(&other)
	return &other
}

// Named expects a span of this operation in the hop, such as
// checkout.shop.svc.cluster.local:8080/*.
func (t *Tree) Named(name string) *Tree { return t.changed(func(t *Tree) { t.name = name }) }

// OfKind expects a span of this kind in the hop: [KindServer] or [KindClient].
func (t *Tree) OfKind(kind string) *Tree { return t.changed(func(t *Tree) { t.kind = kind }) }

// With expects an attribute, such as http.status_code. A hop has several attributes if one
// of its spans has all of them.
func (t *Tree) With(attribute, value string) *Tree {
	return t.changed(func(t *Tree) {
		t.attributes = maps.Clone(t.attributes)
		if t.attributes == nil {
			t.attributes = map[string]string{}
		}
		t.attributes[attribute] = value
	})
}

// Optional expects the hop once or not at all, such as a cache's backend.
func (t *Tree) Optional() *Tree { return t.Times(0, 1) }

// Times expects the hop at least and at most so many times below the same hop, as
// where requests are retried or sent in a loop.
func (t *Tree) Times(least, most int) *Tree {
	return t.changed(func(t *Tree) { t.min, t.max = least, most })
}

// One expects exactly one span here, whose children are those of the tree and no
// others. A whole tree of such spans fixes every span of the trace.
func (t *Tree) One() *Tree { return t.changed(func(t *Tree) { t.single = true }) }

// Literal gives the pattern that fits this text alone.
func Literal(text string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(text)
}

// Count gives the least number of hops, or spans where they are [Tree.One], that the
// tree expects.
func (t *Tree) Count() int {
	count := 1
	for _, c := range t.children {
		count += c.Count()
	}
	return t.min * count
}

// String draws the tree, a hop a line.
func (t *Tree) String() string {
	var b strings.Builder
	t.draw(&b, "")
	return b.String()
}

func (t *Tree) draw(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%s%s\n", indent, t.label())
	for _, c := range t.children {
		c.draw(b, indent+"  ")
	}
}

// label names a hop in messages.
func (t *Tree) label() string {
	text := t.service
	if t.kind != "" {
		text += " " + t.kind
	}
	if t.name != "" {
		text += fmt.Sprintf(" %q", unescaped(t.name))
	}
	for _, key := range sortedKeys(t.attributes) {
		text += fmt.Sprintf(" %s=%s", key, t.attributes[key])
	}
	return text
}

func unescaped(pattern string) string {
	return strings.NewReplacer(`\\`, `\`, `\*`, `*`, `\?`, `?`).Replace(pattern)
}

// fits tells whether a span can be of the hop.
func (t *Tree) fits(span *RecordedSpan) bool {
	if t.kind != "" && !strings.EqualFold(t.kind, span.Kind) || t.name != "" && !matches(t.name, span.Name) {
		return false
	}
	for key, value := range t.attributes {
		got, ok := span.Attributes[key]
		if !ok || !matches(value, got) {
			return false
		}
	}
	return true
}

// serves tells whether a service is the tree's.
func (t *Tree) serves(service string) bool {
	if matches(t.service, service) {
		return true
	}
	first, _, _ := strings.Cut(service, ".")
	return !strings.Contains(t.service, ".") && matches(t.service, first)
}

// matches tells whether a text fits a pattern of * and ?.
func matches(pattern, text string) bool {
	p, s := []rune(strings.ToLower(pattern)), []rune(strings.ToLower(text))
	// Where to go on after the last *, and with what of the text.
	star, from := -1, 0
	i, j := 0, 0
	for j < len(s) {
		escaped := i < len(p)-1 && p[i] == '\\'
		switch {
		case escaped && p[i+1] == s[j]:
			i, j = i+2, j+1
		case i < len(p) && !escaped && p[i] == '*':
			star, from = i, j
			i++
		case i < len(p) && !escaped && (p[i] == '?' || p[i] == s[j]):
			i, j = i+1, j+1
		case star >= 0:
			from++
			i, j = star+1, from
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
