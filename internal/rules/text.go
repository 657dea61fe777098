package rules

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// shown is the most characters of a value that a text shows.
const shown = 120

// placeholder is a {path} in a rule's reason or fix.
var placeholder = regexp.MustCompile(`\{[A-Za-z][A-Za-z0-9_.-]*\}`)

// text is a rule's reason or fix.
type text []part

// part is a literal, or the value at a path of the subject or of the item.
type part struct {
	literal string
	index   bool          // the item's index
	public  *redact.Entry // of a value
	masked  bool
	path    []string
	item    bool
}

// parts compiles a text. `{value}` stands for what is at the rule's own path.
func (c *compiler) parts(s string, r rule) text {
	var out text
	end := 0
	for _, m := range placeholder.FindAllStringIndex(s, -1) {
		if m[0] > end {
			out = append(out, part{literal: s[end:m[0]]})
		}
		end = m[1]
		out = append(out, c.part(s[m[0]+1:m[1]-1], r))
	}
	if end < len(s) {
		out = append(out, part{literal: s[end:]})
	}
	return out
}

func (c *compiler) part(name string, r rule) part {
	if name == "index" {
		if r.each == nil {
			c.fail(ErrMalformed, "{index} without each")
		}
		return part{index: true}
	}
	if name == "value" {
		name = full(r.path)
	}
	if list := strings.Join(r.each, "."); r.each != nil && strings.HasPrefix(name, list+"[]") {
		name = "item" + strings.TrimPrefix(name, list+"[]")
	}
	c.root(name, r.each != nil)
	segs := strings.Split(name, ".")
	whole := segs
	if segs[0] == "item" {
		whole = append(append(append([]string{}, r.each...), "[]"), segs[1:]...)
	}
	p := part{public: c.rules.public.Entry(whole), masked: !redact.Foreign(whole)}
	if p.public == nil {
		return part{literal: redact.Redacted}
	}
	p.path, p.item = segs, segs[0] == "item"
	if p.item {
		p.path = segs[1:]
	}
	return p
}

// Public gives the paths of the subject whose values may be shown.
func (r *Rules) Public() redact.Public { return r.public }

// write fills in the values.
func (t text) write(s *state, index int) string {
	var b strings.Builder
	for _, p := range t {
		switch {
		case p.index:
			b.WriteString(strconv.Itoa(index))
		case p.public == nil:
			b.WriteString(p.literal)
		case p.item:
			b.WriteString(p.show(at(s.item, p.path), s.hidden))
		default:
			b.WriteString(p.show(at(s.subject, p.path), s.hidden))
		}
	}
	return b.String()
}

// show gives a value as a text shows it: numbers and booleans as JSON, a list
// by its items, missing as nothing, and never a map, whose keys nobody knows.
func (p part) show(v any, hidden redact.Hidden) string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	items := make([]string, len(list))
	for i, item := range list {
		items[i] = p.scalar(item, hidden)
	}
	s := strings.Join(items, ", ")
	if utf8.RuneCountInString(s) <= shown {
		return s
	}
	end := 0
	for range shown {
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
	}
	return s[:end] + "…"
}

// scalar gives a scalar as a text shows it. A secret of the values is masked
// wherever it is, in what runs on the cluster too.
func (p part) scalar(v any, hidden redact.Hidden) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return encode(v)
	case float64:
		return hidden.Mask(encode(v))
	case string:
		switch {
		case v != "" && !p.public.Shows(v):
			return redact.Redacted
		case p.masked:
			return redact.Value(hidden.Mask(v))
		default:
			return terminal.Safe(hidden.Mask(v))
		}
	}
	return redact.Redacted
}

// encode writes a value as JSON, as the templates' toRawJson does.
func encode(v any) string {
	// Most are small whole numbers, for which no encoder need be made.
	if f, ok := v.(float64); ok && f == math.Trunc(f) && f != 0 && math.Abs(f) < 1e15 {
		return strconv.FormatInt(int64(f), 10)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "" // Subject lets in nothing that JSON cannot hold
	}
	return strings.TrimSuffix(b.String(), "\n")
}
