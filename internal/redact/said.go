package redact

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SaidLength is how many characters of a server's words are shown.
const SaidLength = 200

const (
	// mostSaid is how many bytes of a server's words are looked at.
	mostSaid = 64 << 10
	// shortestSaid is the length in bytes from which a text is taken out of a
	// server's words: a shorter one would be found in every other word.
	shortestSaid = 4
	// shortestCut is the same of a part of one.
	shortestCut = 8
)

// Said gives what a server said, for a person: without a secret in any form it
// may have been repeated in, nor the beginning of one, without control
// characters, and not long.
func Said(said string, secrets ...string) string {
	said = hide(said[:min(len(said), mostSaid)], secrets, true)
	if strings.ContainsFunc(said, strconv.IsPrint) && strings.ContainsFunc(said, unprintable) || !utf8.ValidString(said) {
		said = strconv.Quote(said)
	}
	if runes := []rune(said); len(runes) > SaidLength {
		said = string(runes[:SaidLength]) + "…"
	}
	return said
}

func unprintable(r rune) bool { return !strconv.IsPrint(r) }

// Without takes secrets out of a text, in each form in which a server may have
// repeated them. It leaves the beginning of one, which may be a word of our own.
func Without(text string, secrets []string) string { return hide(text, secrets, false) }

// span is a part of a text, from one byte up to another.
type span struct{ from, to int }

// hide writes Redacted over each secret in a text and, where it may be cut, over
// its beginning. Small and capital letters are the same, as are both alphabets
// of base64.
func hide(text string, secrets []string, cut bool) string {
	folded := fold(text)
	var spans []span
	for _, secret := range secrets {
		if len(secret) < shortestSaid {
			continue
		}
		for _, form := range forms(secret) {
			spans = append(spans, places(folded, fold(form), span.itself)...)
		}
		for _, form := range encoded(secret) {
			spans = append(spans, places(folded, fold(form), inWord(folded))...)
		}
		if !cut {
			continue
		}
		for _, form := range forms(significant(secret)) {
			if form = fold(form); len(form) >= shortestCut {
				spans = append(spans, places(folded, form[:shortestCut], asLongAs(folded, form))...)
			}
		}
	}
	return cover(text, spans)
}

// forms are those in which a text may be repeated by itself.
func forms(text string) []string {
	return []string{
		text, url.QueryEscape(text), url.PathEscape(text), strings.Trim(strconv.Quote(text), `"`),
		base64.StdEncoding.EncodeToString([]byte(text)), hex.EncodeToString([]byte(text)),
	}
}

// encoded is what base64 makes of a text within another, such as one behind a
// user's name, without the characters that have bits of both: it is behind three
// bytes or none, one, or two.
func encoded(text string) []string {
	var all []string
	for before := range 3 {
		bytes := append(make([]byte, before), text...)
		from, to := (8*before+5)/6, 8*len(bytes)/6
		if to-from >= shortestCut {
			all = append(all, base64.RawStdEncoding.EncodeToString(bytes)[from:to])
		}
	}
	return all
}

// significant is what a secret has that is its own: its last word, without a scheme. Of
// PEM, of which no server is sent the key, that is nothing.
func significant(secret string) string {
	words := strings.Fields(secret)
	if len(words) == 0 || strings.Contains(secret, "-----BEGIN") {
		return ""
	}
	last := words[len(words)-1]
	if _, rest, ok := strings.Cut(last, "://"); ok {
		return rest
	}
	return last
}

// places finds each place of a form in a text, as it grows there. It looks on behind
// what it has found: a text of nothing else is read once.
func places(text, form string, grown func(span) span) []span {
	var spans []span
	for from := 0; ; {
		at := strings.Index(text[from:], form)
		if at < 0 {
			return spans
		}
		found := grown(span{from + at, from + at + len(form)})
		spans = append(spans, found)
		from = found.to
	}
}

func (s span) itself() span { return s }

// inWord grows a place to the whole word of base64 in which it is: that has the rest
// of what is encoded.
func inWord(text string) func(span) span {
	return func(s span) span {
		for s.from > 0 && isBase64(text[s.from-1]) {
			s.from--
		}
		for s.to < len(text) && isBase64(text[s.to]) {
			s.to++
		}
		return s
	}
}

// asLongAs grows the place of a beginning as long as the text is that of the form.
func asLongAs(text, form string) func(span) span {
	return func(s span) span {
		for s.to < len(text) && s.to-s.from < len(form) && text[s.to] == form[s.to-s.from] {
			s.to++
		}
		return s
	}
}

// cover writes Redacted over the spans of a text, once over those that overlap.
func cover(text string, spans []span) string {
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var out strings.Builder
	end := 0
	for i, s := range spans {
		if i == 0 || s.from >= end {
			out.WriteString(text[end:s.from] + Redacted)
		}
		end = max(end, s.to)
	}
	out.WriteString(text[end:])
	return out.String()
}

// fold gives a text of the same length in which small and capital letters are the
// same, and both alphabets of base64.
func fold(text string) string {
	folded := []byte(text)
	for i, b := range folded {
		switch {
		case 'A' <= b && b <= 'Z':
			folded[i] = b - 'A' + 'a'
		case b == '-':
			folded[i] = '+'
		case b == '_':
			folded[i] = '/'
		}
	}
	return string(folded)
}

func isBase64(b byte) bool {
	return 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '+' || b == '/' || b == '='
}
