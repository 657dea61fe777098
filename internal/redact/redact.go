package redact

import (
	"regexp"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// longest is how many characters of a value, a key or a path are shown: more than
// any that is meant has.
const longest = 300

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
	text = userinfo.ReplaceAllString(text, "${1}"+Redacted+"@")
	text = query.ReplaceAllString(text, "?"+Redacted)
	return terminal.Bounded(terminal.Safe(Tokens(text)), longest)
}

// Key gives a key, a path of keys or a file's name as it is shown: words that
// look like a token are masked, and the rest is as [terminal.Safe] gives it, with
// as many characters as are shown.
func Key(text string) string { return terminal.Bounded(terminal.Safe(Tokens(text)), longest) }

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
