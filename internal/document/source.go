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
	marks []int // offset of each 256th character of each line, the first included
	first []int // index in marks of each line's first
	eol   string
}

// stride is how many characters lie between two marks: a document on one line is
// not read from its start for each of its nodes.
const stride = 256

func newSource(data []byte) *source {
	s := &source{text: string(data), lines: []int{0}, eol: "\n"}
	if first := bytes.IndexByte(data, '\n'); first > 0 && data[first-1] == '\r' {
		s.eol = "\r\n"
	}
	s.mark(0)
	for i, column := 0, 0; i < len(s.text); {
		if size := lineBreak(s.text[i:]); size > 0 {
			i, column = i+size, 0
			s.lines = append(s.lines, i)
			s.mark(i)
			continue
		}
		_, size := utf8.DecodeRuneInString(s.text[i:])
		i += size
		if column++; column%stride == 0 {
			s.marks = append(s.marks, i)
		}
	}
	return s
}

// mark begins a line.
func (s *source) mark(offset int) {
	s.first = append(s.first, len(s.marks))
	s.marks = append(s.marks, offset)
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
	before := max(node.Column-1, 0) // characters
	mark := s.first[node.Line-1] + before/stride
	if end := s.marksOf(node.Line - 1); mark >= end {
		mark = end - 1
	}
	at := s.marks[mark]
	for column := (mark - s.first[node.Line-1]) * stride; column < before && at < len(s.text); column++ {
		_, size := utf8.DecodeRuneInString(s.text[at:])
		at += size
	}
	return at
}

// marksOf gives the index in marks after the last of a line's.
func (s *source) marksOf(line int) int {
	if line+1 < len(s.first) {
		return s.first[line+1]
	}
	return len(s.marks)
}

// lineOf gives the index of the line that holds an offset.
func (s *source) lineOf(offset int) int {
	after, _ := slices.BinarySearch(s.lines, offset+1)
	return after - 1
}

// next gives the start of the line after the one that holds an offset, or the
// end of the text.
func (s *source) next(offset int) int {
	if line := s.lineOf(offset); line+1 < len(s.lines) {
		return s.lines[line+1]
	}
	return len(s.text)
}

// line gives the text from an offset to the end of its line.
func (s *source) line(offset int) string {
	end := s.next(offset)
	if text := s.text[offset:end]; s.lineOf(offset)+1 < len(s.lines) {
		last, size := utf8.DecodeLastRuneInString(text)
		if last == '\n' && strings.HasSuffix(text, "\r\n") {
			size = len("\r\n")
		}
		return text[:max(len(text)-size, 0)]
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
	return s.lines[s.lineOf(offset)]
}

// column counts the characters between the start of the line and an offset.
func (s *source) column(offset int) int {
	line := s.lineOf(offset)
	first := s.first[line]
	after, _ := slices.BinarySearch(s.marks[first:s.marksOf(line)], offset+1)
	return (after-1)*stride + utf8.RuneCountInString(s.text[s.marks[first+after-1]:offset])
}
