package ruletemplate

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// Template gives the template. Its error joins one for each fault.
func (s Source) Template() ([]byte, error) {
	rules, err := s.read()
	public, publicErr := s.public()
	if err := errors.Join(err, publicErr); err != nil {
		return nil, err
	}
	conditions := map[string]string{}
	for name, condition := range s.Conditions {
		text, err := json.Marshal(condition)
		if err != nil {
			return nil, fmt.Errorf("rules: condition %s: %w", name, err)
		}
		conditions[string(text)] = name
	}
	patterns := map[string]string{}
	for name, pattern := range s.Patterns {
		patterns[pattern] = name
	}
	blocks := map[string][]rule{}
	var lists []string
	for _, r := range rules {
		if r.each != "" && !slices.Contains(lists, r.each) {
			lists = append(lists, r.each)
		}
		blocks[r.each] = append(blocks[r.each], r)
	}
	var out strings.Builder
	out.WriteString(header)
	for _, each := range append([]string{""}, lists...) {
		b := block{each: each, rules: blocks[each], public: public, isText: s.isText, conditions: conditions, patterns: patterns, lists: lists}
		b.write(&out)
	}
	s.shape(&out)
	s.facts(&out)
	return []byte(out.String()), nil
}

const header = `{{- /* Made by "make generate" from files/rules.yaml: change that. */ -}}
`

// block are the rules that look at each item of one list, or at no list.
type block struct {
	each       string
	rules      []rule
	lists      []string // all lists that rules look at
	public     redact.Public
	isText     func(path string) bool
	conditions map[string]string // names, by their JSON
	patterns   map[string]string // names, by themselves

	named   map[string]string // what is worked out once: its variable, by its JSON or pattern
	subject []string          // lines that set the variables of the block
	item    []string          // those of each item
	known   map[string]bool   // maps that have a variable
}

func blockName(each string) string {
	if each == "" {
		return "istio-lightstep.judge"
	}
	return "istio-lightstep.judge." + each
}

func (b *block) write(out *strings.Builder) {
	b.named, b.known = map[string]string{}, map[string]bool{}
	b.nameRepeated()
	indent := ""
	if b.each != "" {
		indent = "  "
	}
	var body strings.Builder
	for _, same := range b.byPlace() {
		within := indent
		if when := same[0].when; when != nil {
			fmt.Fprintf(&body, "%s{{- if %s -}}\n", indent, b.all(when, indent))
			within += "  "
		}
		for _, r := range same {
			b.rule(&body, r, within)
		}
		if same[0].when != nil {
			fmt.Fprintf(&body, "%s{{- end -}}\n", indent)
		}
	}
	if b.each == "" {
		b.calls(&body)
	}
	b.head(out)
	out.WriteString(body.String())
	if b.each != "" {
		out.WriteString("{{- end -}}\n")
	}
	out.WriteString("{{- end -}}\n")
}

func (b *block) head(out *strings.Builder) {
	what := "Puts what is wrong with .subject into .found, under keys that sort: errors first, then by rule and item."
	if b.each != "" {
		what = fmt.Sprintf("The same for each item of %s, the list .of.", b.each)
	}
	fmt.Fprintf(out, "\n{{- /* %s */ -}}\n{{- define %q -}}\n", what, blockName(b.each))
	out.WriteString("{{- $subject := .subject -}}\n{{- $found := .found -}}\n{{- $hidden := .hidden -}}\n{{- $none := dict -}}\n")
	for _, line := range b.subject {
		out.WriteString(line + "\n")
	}
	if b.each != "" {
		out.WriteString("{{- $counts := dict -}}\n{{- range $index, $item := .of -}}\n")
		for _, line := range b.item {
			out.WriteString("  " + line + "\n")
		}
	}
}

// calls runs the other blocks.
func (b *block) calls(out *strings.Builder) {
	for _, each := range b.lists {
		list := b.at(each)
		fmt.Fprintf(out, "{{- if kindIs \"slice\" %s -}}{{- include %q (dict \"of\" %s \"subject\" $subject \"found\" $found \"hidden\" $hidden) -}}{{- end -}}\n",
			list, blockName(each), list)
	}
}

// byPlace groups the rules by where they count.
func (b *block) byPlace() [][]rule {
	var groups [][]rule
	at := map[string]int{}
	for _, r := range b.rules {
		place := ""
		for _, c := range r.when {
			place += c.text + "\n"
		}
		if i, ok := at[place]; ok && place != "" {
			groups[i] = append(groups[i], r)
			continue
		}
		at[place] = len(groups)
		groups = append(groups, []rule{r})
	}
	return groups
}

// nameRepeated gives the conditions and patterns that have a name, and are used
// more than once, a variable.
func (b *block) nameRepeated() {
	uses := map[string]int{}
	var repeated []condition
	var count func(c condition)
	count = func(c condition) {
		if b.conditions[c.text] != "" {
			if uses[c.text]++; uses[c.text] == 2 {
				repeated = append(repeated, c)
			}
			if uses[c.text] > 1 {
				return
			}
		}
		if pattern, ok := c.operand.(string); ok && c.operator == "matches" && b.patterns[pattern] != "" {
			if uses[pattern]++; uses[pattern] == 2 {
				b.named[pattern] = "$" + b.patterns[pattern]
				b.subject = append(b.subject, fmt.Sprintf("{{- $%s := %s -}}", b.patterns[pattern], literal(pattern)))
			}
		}
		for _, child := range c.children {
			count(child)
		}
	}
	for _, r := range b.rules {
		for _, c := range append(slices.Clone(r.when), r.wrong...) {
			count(c)
		}
	}
	// One that is part of another is shorter.
	slices.SortStableFunc(repeated, func(a, b condition) int { return len(a.text) - len(b.text) })
	for _, c := range repeated {
		line := fmt.Sprintf("{{- $%s := %s -}}", b.conditions[c.text], b.condition(c))
		if ofItem(c) {
			b.item = append(b.item, line)
		} else {
			b.subject = append(b.subject, line)
		}
		b.named[c.text] = "$" + b.conditions[c.text]
	}
}

// ofItem tells whether a condition looks at the item.
func ofItem(c condition) bool {
	return isItem(c.path) || isItem(c.ref) || slices.ContainsFunc(c.children, ofItem)
}

func isItem(path string) bool { return path == "item" || strings.HasPrefix(path, "item.") }

func (b *block) rule(out *strings.Builder, r rule, indent string) {
	severity := strconv.Itoa(slices.Index(severities, r.severity))
	key := fmt.Sprintf(`"%s.%03d"`, severity, r.order)
	if r.each != "" {
		key = fmt.Sprintf(`(printf "%s.%03d.%%06d" $index)`, severity, r.order)
	}
	fmt.Fprintf(out, "%s{{- if %s -}}\n", indent, b.all(r.wrong, indent))
	end := indent + "{{- end -}}\n"
	if r.each != "" {
		fmt.Fprintf(out, "%s  {{- if include \"istio-lightstep.counted\" (dict \"counts\" $counts \"found\" $found \"key\" \"%s.%03d\" \"id\" %q \"severity\" %q) -}}\n",
			indent, severity, r.order, r.id, r.severity)
		end, indent = indent+"  {{- end -}}\n"+end, indent+"  "
	}
	fmt.Fprintf(out, "%s  {{- $_ := set $found %s (dict \"id\" %q \"severity\" %q\n", indent, key, r.id, r.severity)
	fmt.Fprintf(out, "%s    \"path\" %s\n", indent, b.text(r.path, r, true))
	fmt.Fprintf(out, "%s    \"reason\" %s\n", indent, b.text(r.reason, r, false))
	fmt.Fprintf(out, "%s    \"fix\" %s) -}}\n", indent, b.text(r.fix, r, false))
	out.WriteString(end)
}

// all gives conditions that must all hold, each on a line of its own where
// they are long.
func (b *block) all(list []condition, indent string) string {
	parts := make([]string, len(list))
	length := 0
	for i, c := range list {
		parts[i] = b.condition(c)
		length += len(parts[i])
	}
	if len(parts) == 1 {
		return strings.TrimSuffix(strings.TrimPrefix(unwrap(parts[0]), " "), " ")
	}
	if length < 100 {
		return "and " + strings.Join(parts, " ")
	}
	return "and\n" + indent + "    " + strings.Join(parts, "\n"+indent+"    ")
}

// unwrap takes the parentheses around an expression away.
func unwrap(expression string) string {
	if inner, ok := strings.CutPrefix(expression, "("); ok {
		return strings.TrimSuffix(inner, ")")
	}
	return expression
}
