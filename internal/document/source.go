package document

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// source is the user's text with the starts of its lines, as YAML counts them.
type source struct {
	text  string
	lines []int // offset of each line
	eol   string
}

func newSource(data []byte) *source {
	s := &source{text: string(data), lines: []int{0}, eol: "\n"}
	if first := bytes.IndexByte(data, '\n'); first > 0 && data[first-1] == '\r' {
		s.eol = "\r\n"
	}
	for i := 0; i < len(s.text); {
		size := lineBreak(s.text[i:])
		if size == 0 {
			i++
			continue
		}
		i += size
		s.lines = append(s.lines, i)
	}
	return s
}

// lineBreak gives the bytes of the line break that text begins with, or 0.
// YAML breaks lines at more than the line feed.
func lineBreak(text string) int {
	for _, b := range []string{"\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"} {
		if strings.HasPrefix(text, b) {
			return len(b)
		}
	}
	return 0
}

// offset gives where a node starts, its anchor and tag included.
func (s *source) offset(node *yaml.Node) int {
	if node.Line > len(s.lines) {
		return len(s.text)
	}
	at := s.lines[node.Line-1]
	for column := 1; column < node.Column && at < len(s.text); column++ {
		_, size := utf8.DecodeRuneInString(s.text[at:])
		at += size
	}
	return at
}

// next gives the start of the line after the one that holds an offset, or the
// end of the text.
func (s *source) next(offset int) int {
	for i := offset; i < len(s.text); i++ {
		if size := lineBreak(s.text[i:]); size > 0 {
			return i + size
		}
	}
	return len(s.text)
}

// line gives the text from an offset to the end of its line.
func (s *source) line(offset int) string {
	for i := offset; i < len(s.text); i++ {
		if lineBreak(s.text[i:]) > 0 {
			return s.text[offset:i]
		}
	}
	return s.text[offset:]
}

// indent counts the spaces a line begins with.
func indent(line string) int {
	return len(line) - len(strings.TrimLeft(line, " "))
}

func isBlank(line string) bool {
	return strings.Trim(line, " \t") == ""
}

func isComment(line string) bool {
	return strings.HasPrefix(strings.TrimLeft(line, " \t"), "#")
}

// isMarker tells the line of `---` or `...`, which ends a document.
func isMarker(line string) bool {
	for _, marker := range []string{"---", "..."} {
		if rest, found := strings.CutPrefix(line, marker); found && (rest == "" || strings.ContainsAny(rest[:1], " \t")) {
			return true
		}
	}
	return false
}

// content skips the anchor and the tag that a value may begin with.
func (s *source) content(offset int) int {
	for offset < len(s.text) && (s.text[offset] == '&' || s.text[offset] == '!') {
		offset += strings.IndexFunc(s.text[offset:]+" ", isSpace)
		offset += strings.IndexFunc(s.text[offset:]+"x", func(r rune) bool { return r != ' ' && r != '\t' })
	}
	return min(offset, len(s.text))
}

func isSpace(r rune) bool {
	return strings.ContainsRune(" \t\r\n\u0085\u2028\u2029", r)
}

// lineStart gives the start of the line that holds an offset.
func (s *source) lineStart(offset int) int {
	after, _ := slices.BinarySearch(s.lines, offset+1)
	return s.lines[after-1]
}

// column counts the characters between the start of the line and an offset.
func (s *source) column(offset int) int {
	return utf8.RuneCountInString(s.text[s.lineStart(offset):offset])
}
