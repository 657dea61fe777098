package terminal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Safe makes one line of a text that others wrote: a name, a value, a key, a
// file's name, an error of a server. Whatever does not show itself is written
// as its escape in Go's source, such as `\x1b`, `\n` or `\u202e`: control characters (C0 and
// C1), line and paragraph separators, what turns the direction of writing,
// what has no width, other spaces, and bytes that are not UTF-8. What
// continuous integration would take for a command (`::error::`, `##[error]`,
// `##vso[`) gets a backslash. All else stays as it is. The chart's templates do
// the same ("istio-lightstep.shown" in _problems.tpl); the rules' tests hold the
// two together.
func Safe(text string) string { return disarmed(escaped(text, "")) }

// Bounded gives a text of at most some characters, 100 or more, as it is, and of
// a longer one the beginning and how many characters it has, which together are
// as many.
func Bounded(text string, most int) string {
	if len(text) <= most {
		return text
	}
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return Beginning(text, most, len(runes))
}

// Beginning gives the beginning of a text and how many characters the whole has,
// which together are at most as many as given, 100 or more.
func Beginning(text string, most, characters int) string {
	end := fmt.Sprintf("… (%d characters)", characters)
	runes := []rune(text)
	return string(runes[:min(len(runes), most-utf8.RuneCountInString(end))]) + end
}

// SafeLines is [Safe] for a text of several lines. Newlines stay: do not give
// it a text in which a value of others was not made [Safe] before, as it could
// begin a line of its own.
func SafeLines(text string) string {
	lines := strings.Split(escaped(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = disarmed(line)
	}
	return strings.Join(lines, "\n")
}

// Shows says whether a character shows itself: it takes a place of its own, in
// the order in which it stands.
func Shows(r rune) bool {
	return unicode.IsPrint(r) && !unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// SafeJSON writes JSON's own escapes for what does not show itself, so that a
// reader gets what was encoded, and for the commands that [Safe] names.
func SafeJSON(encoded []byte) []byte {
	encoded = commandAnywhere.ReplaceAll(encoded, []byte(`##$1\u005b`))
	if bytes.IndexFunc(encoded, func(r rune) bool { return r >= 0x7f && !Shows(r) }) < 0 {
		return encoded
	}
	var out bytes.Buffer
	for _, r := range string(encoded) {
		switch {
		case r < 0x7f || Shows(r):
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}

// JSON encodes a value for people to read too, as [SafeJSON], and `<` and `>` as
// they are. The prefix begins every line but the first.
func JSON(value any, prefix string) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(prefix, "  ")
	err := encoder.Encode(value)
	return SafeJSON(bytes.TrimSuffix(text.Bytes(), []byte("\n"))), err
}

// WriteJSON writes a value by [JSON], and a newline.
func WriteJSON(w io.Writer, value any) error {
	text, err := JSON(value, "")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// escaped writes escapes for what does not show itself, but for those kept.
func escaped(text, kept string) string {
	clean := func(r rune) bool { return r != utf8.RuneError && Shows(r) || strings.ContainsRune(kept, r) }
	if strings.IndexFunc(text, func(r rune) bool { return !clean(r) }) < 0 {
		return text
	}
	var out strings.Builder
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, text[at])
		case clean(r) || r == utf8.RuneError:
			out.WriteRune(r)
		default:
			out.WriteString(escape(r))
		}
		at += size
	}
	return out.String()
}

func escape(r rune) string { return strings.Trim(strconv.QuoteToASCII(string(r)), `"`) }

// Workflow commands of GitHub Actions stand at the beginning of a line, behind
// spaces, and lines are wrapped at spaces; its older ones, and those of Azure
// Pipelines and TeamCity, stand anywhere.
var (
	commandAtStart  = regexp.MustCompile(`(^|\s):(:[A-Za-z])`)
	commandAnywhere = regexp.MustCompile(`##(vso|teamcity)?\[`)
)

func disarmed(line string) string {
	if !strings.Contains(line, "::") && !strings.Contains(line, "##") {
		return line
	}
	line = commandAtStart.ReplaceAllString(line, `$1:\$2`)
	return commandAnywhere.ReplaceAllString(line, `##$1\[`)
}
