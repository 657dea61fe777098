package rules

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// roots are the parts of the subject that a path may start with.
var roots = []string{
	"values", "types", "nulls", "characters", "lightstep", "fed", "targets", "backends", "backendHeaders", "backendSecrets", "backendKeys", "literals", "exporters", "exporterSettings", "references",
	"istio", "dialect", "delivery", "receiver", "resources", "queue", "cacert", "live", "document",
}

// place is where a path leads in the subject.
type place struct {
	segments []string
	item     bool // inside of the item that a rule with each looks at
}

// condition is a node of a rule's conditions: all, any or not with children,
// or an operator.
type condition struct {
	join     string // all, any, not; empty for an operator
	children []int
	path     int
	operator *operator
	operand  any
	ref      int  // path of the operand; -1 where it is given as such
	item     bool // depends on the item, so its verdict holds for one item alone
}

// compiler turns the entries of rules.json into rules. Equal conditions and
// paths are kept once, so that they are worked out once for each subject.
type compiler struct {
	rules      *Rules
	conditions map[string]int // by their JSON
	paths      map[string]int
	each       bool // the rule at hand has each
	errs       []error
}

func (c *compiler) fail(kind error, format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%w: %s", kind, fmt.Sprintf(format, args...)))
}

func (c *compiler) rule(entry map[string]any) rule {
	if err := knownKeys(entry, "id", "severity", "each", "when", "if", "path", "reason", "fix", "source"); err != nil {
		c.errs = append(c.errs, err)
	}
	r := rule{
		id:       c.text(entry, "id"),
		severity: problem.Severity(c.text(entry, "severity")),
		path:     c.text(entry, "path"),
	}
	if r.severity != problem.SeverityError && r.severity != problem.SeverityWarning {
		c.fail(ErrMalformed, "severity %q is neither error nor warning", r.severity)
	}
	c.each = entry["each"] != nil
	if c.each {
		each := c.text(entry, "each")
		r.each = redact.Segments(each)
		c.root(each, false)
	}
	if strings.Contains(r.path, "[]") && !strings.HasPrefix(full(r.path), strings.Join(r.each, ".")+"[]") {
		c.fail(ErrMalformed, "path %s has the item of a list that each does not name", r.path)
	}
	for _, key := range []string{"when", "if"} {
		list, ok := entry[key].([]any)
		if !ok && (key == "if" || entry[key] != nil) {
			c.fail(ErrMalformed, "%s is no list of conditions", key)
		}
		for _, item := range list {
			r.conditions = append(r.conditions, c.condition(item))
		}
		if ok && len(list) == 0 {
			c.fail(ErrMalformed, "%s has no condition", key)
		}
	}
	c.text(entry, "source")
	r.place = c.parts(r.path, r)
	r.reason = c.parts(c.text(entry, "reason"), r)
	r.fix = c.parts(c.text(entry, "fix"), r)
	return r
}

// text gives the text under a key that must be there.
func (c *compiler) text(entry map[string]any, key string) string {
	s, ok := entry[key].(string)
	if !ok || s == "" {
		c.fail(ErrMalformed, "%s is no text", key)
	}
	return s
}

// root checks that a path starts in the subject.
func (c *compiler) root(p string, item bool) {
	first, _, _ := strings.Cut(p, ".")
	if !slices.Contains(roots, first) && (!item || first != "item") {
		c.fail(ErrMalformed, "path %q starts outside of the subject", p)
	}
	if strings.Contains(p, "..") || strings.HasSuffix(p, ".") || strings.ContainsAny(p, "[]") {
		c.fail(ErrMalformed, "path %q cannot be followed", p)
	}
}

func (c *compiler) path(v any) int {
	p, ok := v.(string)
	if !ok {
		c.fail(ErrMalformed, "%v is no path", v)
		return 0
	}
	if i, ok := c.paths[p]; ok && (c.each || !c.rules.paths[i].item) {
		return i
	}
	c.root(p, c.each)
	segs := strings.Split(p, ".")
	c.rules.paths = append(c.rules.paths, place{segments: segs, item: segs[0] == "item"})
	c.paths[p] = len(c.rules.paths) - 1
	return c.paths[p]
}

func (c *compiler) condition(v any) int {
	source, ok := v.(map[string]any)
	if !ok {
		c.fail(ErrMalformed, "%v is no condition", v)
		return 0
	}
	name, err := json.Marshal(source)
	if err != nil {
		c.fail(ErrMalformed, "%v", err)
		return 0
	}
	key := string(name)
	if i, ok := c.conditions[key]; ok && (c.each || !c.rules.conditions[i].item) {
		return i
	}
	compiled := c.compile(source)
	c.rules.conditions = append(c.rules.conditions, compiled)
	c.conditions[key] = len(c.rules.conditions) - 1
	return c.conditions[key]
}

func (c *compiler) compile(source map[string]any) condition {
	for _, join := range []string{"all", "any", "not"} {
		v, ok := source[join]
		if !ok {
			continue
		}
		if err := knownKeys(source, join); err != nil {
			c.errs = append(c.errs, err)
		}
		list, ok := v.([]any)
		if join == "not" {
			list, ok = []any{v}, true
		}
		if !ok || len(list) == 0 {
			c.fail(ErrMalformed, "%s is no list of conditions", join)
		}
		joined := condition{join: join, ref: -1}
		for _, item := range list {
			child := c.condition(item)
			joined.children = append(joined.children, child)
			joined.item = joined.item || (child < len(c.rules.conditions) && c.rules.conditions[child].item)
		}
		return joined
	}
	return c.leaf(source)
}

// leaf compiles {"path": P, OPERATOR: V}.
func (c *compiler) leaf(source map[string]any) condition {
	leaf := condition{ref: -1}
	if source["path"] == nil || len(source) != 2 {
		c.fail(ErrMalformed, "a condition has a path and one operator, this one has %v", sortedKeys(source))
		return leaf
	}
	leaf.path = c.path(source["path"])
	for name, operand := range source {
		if name == "path" {
			continue
		}
		op, ok := operators[name]
		if !ok {
			c.fail(ErrUnknownOperator, "%q", name)
			return leaf
		}
		leaf.operator = op
		if m, ok := operand.(map[string]any); ok && len(m) == 1 && m["ref"] != nil && op.ref {
			leaf.ref = c.path(m["ref"])
			continue
		}
		prepared, err := op.prepare(operand)
		if err != nil {
			c.fail(ErrMalformed, "%s: %v", name, err)
		}
		leaf.operand = prepared
	}
	leaf.item = c.isItem(leaf.path) || (leaf.ref >= 0 && c.isItem(leaf.ref))
	return leaf
}

func (c *compiler) isItem(p int) bool { return p < len(c.rules.paths) && c.rules.paths[p].item }

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// full is the subject's path of a path that a rule reports.
func full(p string) string {
	if strings.HasPrefix(p, "document.") || strings.HasPrefix(p, "live.") {
		return p
	}
	return "values." + p
}
