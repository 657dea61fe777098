package ruletemplate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// Source is what is read of rules.yaml.
type Source struct {
	Patterns   map[string]string `yaml:"patterns"`   // names of those used more than once
	Conditions map[string]any    `yaml:"conditions"` // likewise
	Public     []any             `yaml:"public"`
	Secrets    []string          `yaml:"secrets"`
	Literals   struct {
		Places []struct {
			Place string `yaml:"place"`
			Path  string `yaml:"path"`
		} `yaml:"places"`
		Harmless  map[string]any `yaml:"harmless"`
		Reference string         `yaml:"reference"`
		Filled    string         `yaml:"filled"`
		OddKey    string         `yaml:"oddKey"`
	} `yaml:"literals"`
	Keys  map[string]any   `yaml:"exporterKeys"`
	Sent  map[string]any   `yaml:"exposed"`
	Files map[string]any   `yaml:"files"`
	Forms map[string]any   `yaml:"forms"`
	Words map[string]any   `yaml:"types"`
	Types map[string]any   `yaml:"components"`
	Ops   map[string]any   `yaml:"operators"`
	Rules []map[string]any `yaml:"rules"`

	types    *declaration
	defaults map[string]any // by path
}

// Read reads it from a chart, with the types that its schema declares and the
// defaults of its values.
func Read(chart fs.FS) (Source, error) {
	data, err := fs.ReadFile(chart, "files/rules.yaml")
	if err != nil {
		return Source{}, err
	}
	var s Source
	if err := yaml.Unmarshal(data, &s); err != nil {
		return Source{}, fmt.Errorf("files/rules.yaml: %w", err)
	}
	if s.types, err = readTypes(chart); err != nil {
		return Source{}, err
	}
	s.defaults, err = s.types.readDefaults(chart)
	return s, err
}

// isText tells whether what stands at a path of the subject is a text, a list or
// a map where it has the type that it should have, and so is never 0 or false.
func (s Source) isText(path string) bool {
	if rest, ok := strings.CutPrefix(path, "values."); ok && !strings.Contains(path, "[]") {
		return s.types.at(redact.Segments(rest)).isText()
	}
	return made.MatchString(path)
}

// made are the parts of the subject that templates make, and never of what a
// user wrote as it is.
var made = regexp.MustCompile(`^(live|live\.istiod|release(\..*)?|dialect|dialect\.(native|receiver|telemetry)|(istio|cacert)(\..*)?)$|` +
	`^(backends|nulls|types|characters|backendKeys|references|document)$|^(nulls|types|characters|backendKeys|references)\[\]|` +
	`^backends\[\]\.(name|path|preset|protocol|endpoint|tracesEndpoint|at|url|authName|row.*|ownExporter|resource)$|` +
	`^literals\[\]\.(name|path|place)$|^exporters\[\]\.(name|path|url|unknown)$|^document\.sharedMeshConfig`)

// roots are the parts of the subject that a path may start with.
var roots = []string{
	"values", "long", "types", "nulls", "characters", "lightstep", "loops", "fed", "targets", "backends", "backendHeaders", "backendSecrets", "backendKeys", "twins",
	"overridden", "mistakes", "beside", "stranded", "claims", "crowded", "literals", "exporters", "exporterSettings", "exporterHeaders", "exporterLosses", "exposed", "doubles", "environment", "byGRPC", "references", "forms", "large", "own", "rivals", "istio",
	"dialect", "delivery", "receiver", "resources", "unbounded", "mounts", "tags", "inserts", "namespaces", "config", "strangers", "misfits", "unguarded", "files", "uses", "pipelines", "idle", "listens", "egress", "proxied", "askers", "queue", "volumes", "cacert", "live", "release", "document",
}

// rule is one entry, read.
type rule struct {
	order              int
	id, severity, each string
	path, reason, fix  string
	when, wrong        []condition
}

// condition is all, any or not with children, or an operator.
type condition struct {
	join     string // all, any, not; empty for an operator
	children []condition
	path     string
	operator string
	operand  any
	ref      string // path of the operand, "" where it is given as such
	text     string // its JSON: the same for the same condition
}

// reader reads one rule, and keeps what is wrong with it.
type reader struct {
	each string
	errs []error
}

func (r *reader) fail(format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf(format, args...))
}

// read gives the rules, or all that is wrong with them.
func (s Source) read() ([]rule, error) {
	if len(s.Rules) == 0 {
		return nil, errors.New("rules: no entries")
	}
	var rules []rule
	var errs []error
	seen := map[string]bool{}
	for i, entry := range s.Rules {
		name := fmt.Sprintf("rule %d", i)
		if id, ok := entry["id"].(string); ok && id != "" {
			name = id
			if seen[id] {
				errs = append(errs, fmt.Errorf("rules: %s: duplicate id", name))
			}
			seen[id] = true
		}
		var r reader
		rules = append(rules, r.rule(i, entry))
		for _, err := range r.errs {
			errs = append(errs, fmt.Errorf("rules: %s: %w", name, err))
		}
	}
	return rules, errors.Join(errs...)
}

// severities are those of a rule, the worst first.
var severities = []string{"error", "warning", "info"}

func (r *reader) rule(order int, entry map[string]any) rule {
	r.keys(entry, "id", "severity", "each", "when", "if", "path", "reason", "fix", "source")
	if entry["each"] != nil {
		r.each = r.text(entry, "each")
		r.root(r.each)
	}
	out := rule{
		order: order, id: r.text(entry, "id"), severity: r.text(entry, "severity"), each: r.each,
		path: r.text(entry, "path"), reason: r.text(entry, "reason"), fix: r.text(entry, "fix"),
	}
	r.text(entry, "source")
	if !slices.Contains(severities, out.severity) {
		r.fail("severity %q is none of %s", out.severity, strings.Join(severities, ", "))
	}
	if strings.Contains(out.path, "[]") && (r.each == "" || !strings.HasPrefix(full(out.path), r.each+"[]")) {
		r.fail("path %s has the item of a list that each does not name", out.path)
	}
	for _, text := range []string{out.path, out.reason, out.fix} {
		for _, m := range placeholder.FindAllString(text, -1) {
			r.placeholder(strings.Trim(m, "{}"), out.path)
		}
	}
	if entry["when"] != nil {
		out.when = r.list(entry, "when")
	}
	out.wrong = r.list(entry, "if")
	return out
}

func (r *reader) keys(m map[string]any, known ...string) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(known, key) {
			r.fail("unknown key: %q", key)
		}
	}
}

// text gives the text under a key that must be there.
func (r *reader) text(entry map[string]any, key string) string {
	text, ok := entry[key].(string)
	if !ok || text == "" {
		r.fail("%s is no text", key)
	}
	return text
}

// root checks that a path starts in the subject, or the item, and can be
// followed.
func (r *reader) root(path string) {
	first, _, _ := strings.Cut(path, ".")
	if !slices.Contains(roots, first) && (r.each == "" || first != "item") {
		r.fail("path %q starts outside of the subject", path)
	}
	if strings.Contains(path, "..") || strings.HasSuffix(path, ".") || strings.ContainsAny(path, "[]") {
		r.fail("path %q cannot be followed", path)
	}
}

func (r *reader) placeholder(name, rulePath string) {
	switch {
	case name == "index" && r.each == "":
		r.fail("{index} without each")
	case name != "index":
		r.root(resolve(name, rulePath, r.each))
	}
}

// resolve gives the path in the subject, or in the item, that a placeholder
// stands for; {value} is what is at the rule's own path.
func resolve(name, rulePath, each string) string {
	if name == "value" {
		name = full(rulePath)
	}
	if rest, ok := strings.CutPrefix(name, each+"[]"); ok && each != "" {
		name = "item" + rest
	}
	return name
}

func (r *reader) list(entry map[string]any, key string) []condition {
	list, ok := entry[key].([]any)
	if !ok {
		r.fail("%s is no list of conditions", key)
	} else if len(list) == 0 {
		r.fail("%s has no condition", key)
	}
	return r.conditions(list)
}

func (r *reader) conditions(list []any) []condition {
	all := make([]condition, len(list))
	for i, item := range list {
		all[i] = r.condition(item)
	}
	return all
}

func (r *reader) condition(item any) condition {
	source, ok := item.(map[string]any)
	text, err := json.Marshal(source)
	if !ok || err != nil {
		r.fail("%v is no condition", item)
		return condition{}
	}
	for _, join := range []string{"all", "any", "not"} {
		inner, ok := source[join]
		if !ok {
			continue
		}
		r.keys(source, join)
		list, ok := inner.([]any)
		if join == "not" {
			list, ok = []any{inner}, true
		}
		if !ok || len(list) == 0 {
			r.fail("%s is no list of conditions", join)
		}
		return condition{join: join, children: r.conditions(list), text: string(text)}
	}
	return r.leaf(source, string(text))
}

// leaf reads {path: P, OPERATOR: V}.
func (r *reader) leaf(source map[string]any, text string) condition {
	path, ok := source["path"].(string)
	if !ok || len(source) != 2 {
		r.fail("a condition has a path and one operator, this one has %v", slices.Sorted(maps.Keys(source)))
		return condition{}
	}
	r.root(path)
	leaf := condition{path: path, text: text}
	for name, operand := range source {
		if name != "path" {
			leaf.operator, leaf.operand = name, operand
		}
	}
	check, ok := operators[leaf.operator]
	if !ok {
		r.fail("unknown operator: %q", leaf.operator)
		return leaf
	}
	if m, ok := leaf.operand.(map[string]any); ok && len(m) == 1 && m["ref"] != nil && leaf.operator != "matches" {
		leaf.ref, _ = m["ref"].(string)
		r.root(leaf.ref)
		return leaf
	}
	if err := check(leaf.operand); err != nil {
		r.fail("%s: %v", leaf.operator, err)
	}
	return leaf
}

// operators are all that there are, each with the check of its operand.
var operators = map[string]func(operand any) error{
	"present":  only[bool],
	"equals":   func(any) error { return nil },
	"contains": func(any) error { return nil },
	"in":       only[[]any],
	"matches": func(operand any) error {
		if err := only[string](operand); err != nil {
			return err
		}
		_, err := regexp.Compile(operand.(string))
		return err
	},
	"is": func(operand any) error {
		if name, _ := operand.(string); kinds[name] == "" {
			return fmt.Errorf("%v is no type", operand)
		}
		return nil
	},
	"below": numeric,
	"above": numeric,
}

func only[T any](operand any) error {
	if _, ok := operand.(T); !ok {
		return fmt.Errorf("the operand cannot be %v", operand)
	}
	return nil
}

func numeric(operand any) error {
	switch operand.(type) {
	case int, float64:
		return nil
	}
	return fmt.Errorf("%v is no number", operand)
}

// kinds are what templates call the types of JSON.
var kinds = map[string]string{
	"string": "string", "number": "float64", "bool": "bool", "list": "slice", "map": "map", "null": "invalid",
}

// full is the subject's path of a path that a rule reports.
func full(path string) string {
	if strings.HasPrefix(path, "document.") || strings.HasPrefix(path, "live.") {
		return path
	}
	return "values." + path
}

// public reads which values may be shown.
func (s Source) public() (redact.Public, error) {
	public, err := redact.NewPublic(s.Public)
	if err != nil {
		return public, fmt.Errorf("rules: public: %w", err)
	}
	for _, path := range s.Secrets {
		if path == "" {
			return public, errors.New("rules: secrets: a path is empty")
		}
		if public.Entry(redact.Segments(path)) != nil {
			return public, fmt.Errorf("rules: secrets: %s is public too", path)
		}
	}
	return public, nil
}
