package rules

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// redacted stands where a secret would.
const redacted = "[redacted]"

// shown is the most characters of a value that a text shows.
const shown = 120

// placeholder is a {path} in a rule's reason or fix.
var placeholder = regexp.MustCompile(`\{[A-Za-z][A-Za-z0-9_.-]*\}`)

// text is a rule's reason or fix.
type text []part

// part is a literal, or the value at a path of the subject or of the item.
type part struct {
	literal string
	index   bool // the item's index
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
	if c.rules.secret(whole) {
		return part{literal: redacted}
	}
	if segs[0] == "item" {
		return part{path: segs[1:], item: true}
	}
	return part{path: segs}
}

// Secret tells whether what stands at a path of the subject must not be
// shown: a secret, what is in it and what it is in. Items of lists are
// written list[3] or list[].
func (r *Rules) Secret(path string) bool {
	return r.secret(segments(itemIndex.ReplaceAllString(path, "[]")))
}

var itemIndex = regexp.MustCompile(`\[[0-9]+\]`)

func (r *Rules) secret(path []string) bool {
	for _, secret := range r.secrets {
		n := min(len(secret), len(path))
		same := 0
		for same < n && secret[same] == path[same] {
			same++
		}
		if same == n {
			return true
		}
	}
	return false
}

// write fills in the values. Text is written as it is, but as JSON where it
// has control characters; all else as JSON, missing as nothing.
func (t text) write(s *state, index int) string {
	var b strings.Builder
	for _, p := range t {
		switch {
		case p.index:
			b.WriteString(strconv.Itoa(index))
		case p.path == nil && !p.item:
			b.WriteString(p.literal)
		case p.item:
			b.WriteString(show(at(s.item, p.path)))
		default:
			b.WriteString(show(at(s.subject, p.path)))
		}
	}
	return b.String()
}

func show(v any) string {
	if v == nil {
		return ""
	}
	s, ok := v.(string)
	if !ok || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		s = encode(v)
	}
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
