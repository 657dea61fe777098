package ruletemplate

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

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
		for _, key := range sorted(value) {
			text += " " + strconv.Quote(key) + " " + literal(value[key])
		}
		return text + ")"
	}
	return fmt.Sprint(value)
}
