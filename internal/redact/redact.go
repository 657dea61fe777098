package redact

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// longest is how many characters of a value, a key or a path are shown: more than
// any that is meant has.
const longest = 300

// wordCharacters are those of a word that may be a token.
const wordCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=~-"

// looked is how many bytes of a longer text are looked at.
const looked = 16 * longest

// Redacted stands in the place of a value that is not shown.
const Redacted = "[redacted]"

var (
	userinfo = regexp.MustCompile(`(?s)^([A-Za-z][A-Za-z0-9+.-]*://)?.*@`)
	query    = regexp.MustCompile(`(?s)\?.*$`)
	word     = regexp.MustCompile(`[A-Za-z0-9_+=~-]{16,}`)
	run      = regexp.MustCompile(`[A-Za-z0-9]{16,}`)
	uuid     = regexp.MustCompile(`[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}`)
	digit    = regexp.MustCompile(`[0-9]`)
	lower    = regexp.MustCompile(`[a-z]`)
	upper    = regexp.MustCompile(`[A-Z]`)
	letter   = regexp.MustCompile(`[A-Za-z]`)
)

// Value gives a public value as it is shown: what stands before an @ or after
// a ? and each word that looks like a token replaced by [Redacted], and the
// rest as [terminal.Safe] gives it, with as many characters as are shown.
func Value(text string) string {
	return bounded(text, func(text string) string {
		text = userinfo.ReplaceAllString(text, "${1}"+Redacted+"@")
		return Tokens(query.ReplaceAllString(text, "?"+Redacted))
	})
}

// Key gives a key, a path of keys or a file's name as it is shown: words that
// look like a token are masked, and the rest is as [terminal.Safe] gives it, with
// as many characters as are shown.
func Key(text string) string { return bounded(text, Tokens) }

// bounded gives a text masked, safe and with as many characters as are shown. Of one
// that is far longer it masks the beginning alone, up to the last word that is whole.
func bounded(text string, mask func(string) string) string {
	if len(text) <= looked {
		return terminal.Bounded(terminal.Safe(mask(text)), longest)
	}
	head := text[:looked]
	if whole := strings.LastIndexFunc(head, notOfWord); whole > 0 {
		head = head[:whole]
	}
	if strings.Contains(text[looked:], "@") {
		head += "@" // what stands before it may be a password
	}
	return terminal.Beginning(terminal.Safe(mask(head)), longest, utf8.RuneCountInString(text))
}

func notOfWord(r rune) bool { return !strings.ContainsRune(wordCharacters, r) }

// Tokens masks the words of a text that look like a token, and escapes
// nothing.
func Tokens(text string) string {
	return word.ReplaceAllStringFunc(text, func(w string) string {
		if tokenlike(w) {
			return Redacted
		}
		return w
	})
}

// Tokenlike tells whether a word of the text looks like a token: 16 or more
// characters that mix digits and letters without a separator, or digits with
// letters of both cases, or a UUID.
func Tokenlike(text string) bool {
	for _, w := range word.FindAllString(text, -1) {
		if tokenlike(w) {
			return true
		}
	}
	return false
}

func tokenlike(w string) bool {
	if digit.MatchString(w) && lower.MatchString(w) && upper.MatchString(w) || uuid.MatchString(w) {
		return true
	}
	for _, r := range run.FindAllString(w, -1) {
		if digit.MatchString(r) && letter.MatchString(r) {
			return true
		}
	}
	return false
}

// plain are the texts of settings: booleans, numbers and quantities, versions,
// names, and hosts with a port.
var plain = regexp.MustCompile(`^(|-?[0-9]{1,9}(\.[0-9]{1,6})?([A-Za-z%]{1,3})?|v?[0-9]{1,4}(\.[0-9]{1,4}){1,3}(-[0-9a-z.]{1,12})?|[A-Za-z]([-A-Za-z0-9_./]{0,62}[A-Za-z0-9])?(:[0-9]{1,5})?)$`)

// Plain tells whether a scalar is of a form that settings have, and secrets
// mostly not: a boolean, a number, a version, a name, or a host with a port,
// none of which looks like a token. It does not tell a password such as
// "hunter" from a name: ask it only about keys whose value is no secret.
func Plain(text string) bool { return plain.MatchString(text) && !Tokenlike(text) }

// shortest is the length in bytes from which a secret is looked for within a
// text. A shorter one would be found in every other word, and is masked only
// where it is the whole text.
const shortest = 6

// Hidden are texts that are secrets, and are never shown.
type Hidden []string

// Hidden gives the secrets in the subject of rules: the texts at the paths of
// the list "secrets" of rules.json, which Hide took.
func (p Public) Hidden(subject map[string]any) Hidden {
	var hidden Hidden
	for _, path := range p.secrets {
		var found any = subject
		for _, step := range strings.Split(path, ".") {
			m, _ := found.(map[string]any)
			found = m[step]
		}
		text, _ := found.(string)
		if text = strings.TrimSpace(text); text != "" {
			hidden = append(hidden, text)
		}
	}
	slices.SortStableFunc(hidden, func(a, b string) int { return len(b) - len(a) })
	return hidden
}

// Hide adds a path whose value is a secret.
func (p *Public) Hide(path string) { p.secrets = append(p.secrets, path) }

// Mask gives a text with [Redacted] in the place of each secret.
func (h Hidden) Mask(text string) string {
	for _, secret := range h {
		switch {
		case strings.TrimSpace(text) == secret:
			return Redacted
		case len(secret) >= shortest:
			text = strings.ReplaceAll(text, secret, Redacted)
		}
	}
	return text
}

// Public are the paths whose values may be shown. A path covers all below it.
// The zero Public shows nothing.
type Public struct {
	entries []Entry
	secrets []string // paths that are never shown
}

// Entry is one public path.
type Entry struct {
	path  []string
	match *regexp.Regexp // nil: any value
}

// NewPublic reads the list "public" of rules.json: each a path, such as
// values.gateways[].name, or {"path": PATH, "matches": RE2}, of which a value
// is shown only where it matches.
func NewPublic(list []any) (Public, error) {
	var p Public
	for _, item := range list {
		var e Entry
		path, _ := item.(string)
		if m, ok := item.(map[string]any); ok {
			path, _ = m["path"].(string)
			pattern, _ := m["matches"].(string)
			match, err := regexp.Compile(pattern)
			if err != nil || pattern == "" || len(m) != 2 {
				return Public{}, fmt.Errorf("%v is neither a path nor a path that matches something", item)
			}
			e.match = match
		}
		if path == "" {
			return Public{}, fmt.Errorf("%v is no path", item)
		}
		e.path = Segments(path)
		p.entries = append(p.entries, e)
	}
	return p, nil
}

// Entry gives the entry that covers a path, nil where its value is not public.
// A list's item is the segment [].
func (p Public) Entry(path []string) *Entry {
	for i := range p.entries {
		e := &p.entries[i]
		if len(path) < len(e.path) {
			continue
		}
		same := 0
		for same < len(e.path) && e.path[same] == path[same] {
			same++
		}
		if same == len(e.path) {
			return e
		}
	}
	return nil
}

// Shows tells whether the entry lets a value be shown.
func (e *Entry) Shows(text string) bool {
	return e != nil && (e.match == nil || e.match.MatchString(text))
}

// Foreign tells whether a path leads to what is no value of the user's: what
// runs on the cluster, or the table of dialects. Nothing in it is masked.
func Foreign(path []string) bool { return path[0] == "live" || path[0] == "dialect" }

// Segments splits a path at its dots; the item of a list, written list[], is
// a segment of its own.
func Segments(path string) []string {
	return strings.Split(strings.ReplaceAll(path, "[]", ".[]"), ".")
}

// Pattern is what a value of the entry must match to be shown, "" where any may
// be.
func (e *Entry) Pattern() string {
	if e.match == nil {
		return ""
	}
	return e.match.String()
}
