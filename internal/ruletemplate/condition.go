package ruletemplate

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

func (b *block) condition(c condition) string {
	if name := b.named[c.text]; name != "" {
		return name
	}
	if c.join == "" {
		return b.leaf(c)
	}
	parts := make([]string, len(c.children))
	for i, child := range c.children {
		parts[i] = b.condition(child)
	}
	join := map[string]string{"all": "and", "any": "or", "not": "not"}[c.join]
	return "(" + join + " " + strings.Join(parts, " ") + ")"
}

func (b *block) leaf(c condition) string {
	found, operand := b.at(c.path), ""
	if c.ref != "" {
		operand = b.at(c.ref)
	} else {
		operand = literal(c.operand)
	}
	switch c.operator {
	case "present":
		there := found
		if !b.isText(b.whole(c.path)) {
			there = fmt.Sprintf(`(or %s (has (kindOf %s) (list "float64" "bool")))`, found, found)
		}
		if c.operand == true {
			return there
		}
		return fmt.Sprintf("(not %s)", there)
	case "equals":
		return fmt.Sprintf("(deepEqual %s %s)", found, operand)
	case "in":
		if c.ref != "" {
			return fmt.Sprintf(`(and (kindIs "slice" %s) (has %s %s))`, operand, found, operand)
		}
		return fmt.Sprintf("(has %s %s)", found, operand)
	case "contains":
		return fmt.Sprintf(`(and (kindIs "slice" %s) (has %s %s))`, found, operand, found)
	case "matches":
		pattern := operand
		if name := b.named[c.operand.(string)]; name != "" {
			pattern = name
		}
		if b.isText(b.whole(c.path)) {
			return fmt.Sprintf(`(and (kindIs "string" %s) (regexMatch %s %s))`, found, pattern, found)
		}
		return fmt.Sprintf(`(and (has (kindOf %s) (list "string" "float64" "bool")) (regexMatch %s (include "istio-lightstep.scalar" %s)))`, found, pattern, found)
	case "is":
		return fmt.Sprintf("(kindIs %q %s)", kinds[c.operand.(string)], found)
	default: // below, above
		return fmt.Sprintf(`(include "istio-lightstep.%s" (list %s %s))`, c.operator, found, operand)
	}
}

// whole gives the path in the subject of a path that may be the item's.
func (b *block) whole(path string) string {
	if isItem(path) {
		return b.each + "[]" + strings.TrimPrefix(path, "item")
	}
	return path
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// at gives the expression of what stands at a path.
func (b *block) at(path string) string {
	if path == "item" {
		return "$item"
	}
	steps := strings.Split(path, ".")
	return field(b.mapAt(steps[:len(steps)-1]), steps[len(steps)-1])
}

func field(of, key string) string {
	if identifier.MatchString(key) {
		return of + "." + key
	}
	return fmt.Sprintf("(index %s %q)", of, key)
}

// mapAt gives the variable of the map at a path: an empty one where there is
// none.
func (b *block) mapAt(steps []string) string {
	if len(steps) == 0 {
		return "$subject"
	}
	of := "$item"
	if !slices.Equal(steps, []string{"item"}) {
		of = field(b.mapAt(steps[:len(steps)-1]), steps[len(steps)-1])
	}
	name := variable(steps)
	if !b.known[name] {
		b.known[name] = true
		line := fmt.Sprintf(`{{- $%s := ternary %s $none (kindIs "map" %s) -}}`, name, of, of)
		if steps[0] == "item" {
			b.item = append(b.item, line)
		} else {
			b.subject = append(b.subject, line)
		}
	}
	return "$" + name
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9]+`)

func variable(steps []string) string {
	if len(steps) == 1 && steps[0] == "item" {
		return "of"
	}
	if len(steps) > 1 && steps[0] == "values" && !slices.Contains(roots, steps[1]) {
		steps = steps[1:]
	}
	name := steps[0]
	for _, step := range steps[1:] {
		for _, word := range notInNames.Split(step, -1) {
			if word != "" {
				name += strings.ToUpper(word[:1]) + word[1:]
			}
		}
	}
	return name
}

// placeholder is a {path} in a text.
var placeholder = regexp.MustCompile(`\{[A-Za-z][A-Za-z0-9_.-]*\}`)

// text gives the expression of a text with its placeholders filled in. In a
// path [] is the item's index.
func (b *block) text(text string, r rule, isPath bool) string {
	format, end := "", 0
	var args []string
	plain := func(part string) string {
		part = strings.ReplaceAll(part, "%", "%%")
		if isPath && strings.Contains(part, "[]") {
			part = strings.ReplaceAll(part, "[]", "[%d]")
			args = append(args, "$index")
		}
		return part
	}
	for _, m := range placeholder.FindAllStringIndex(text, -1) {
		format += plain(text[end:m[0]])
		end = m[1]
		switch shown := b.shown(text[m[0]+1:m[1]-1], r); shown {
		case "$index":
			format, args = format+"%d", append(args, shown)
		case redact.Redacted:
			format += shown
		default:
			format, args = format+"%s", append(args, shown)
		}
	}
	format += plain(text[end:])
	if len(args) == 0 {
		return literal(strings.ReplaceAll(format, "%%", "%"))
	}
	return fmt.Sprintf("(printf %s %s)", literal(format), strings.Join(args, " "))
}

// shown gives the expression of a placeholder as it may be shown.
func (b *block) shown(name string, r rule) string {
	if name == "index" {
		return "$index"
	}
	path := resolve(name, r.path, b.each)
	segments := redact.Segments(b.whole(path))
	entry := b.public.Entry(segments)
	if entry == nil {
		return redact.Redacted
	}
	template := "istio-lightstep.shown"
	if redact.Foreign(segments) {
		template = "istio-lightstep.foreign"
	}
	args := "$hidden " + b.at(path)
	if pattern := entry.Pattern(); pattern != "" {
		args += " " + literal(pattern)
	}
	return fmt.Sprintf("(include %q (list %s))", template, args)
}

// literal writes what JSON holds as templates have it.
func literal(value any) string {
	switch value := value.(type) {
	case nil:
		return "nil"
	case string:
		if strings.ContainsAny(value, `\"`) && strconv.CanBackquote(value) {
			return "`" + value + "`"
		}
		return strconv.Quote(value)
	case int:
		return literal(float64(value))
	case float64:
		text := strconv.FormatFloat(value, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return text
	case []any:
		text := "(list"
		for _, item := range value {
			text += " " + literal(item)
		}
		return text + ")"
	case map[string]any:
		text := "(dict"
		for _, key := range slices.Sorted(maps.Keys(value)) {
			text += " " + strconv.Quote(key) + " " + literal(value[key])
		}
		return text + ")"
	}
	return fmt.Sprint(value)
}
