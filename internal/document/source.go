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

// The YAML library tells where a value starts and not where it ends; what
// follows finds the end. Edited text is read again and compared, so that a
// form of YAML judged wrongly here is refused and never written.

// end gives the offset after the last character of a value. outer is the
// indentation of the map or list that holds it, -1 for a document.
func (s *source) end(node *yaml.Node, outer int, flow bool) int {
	start := s.offset(node)
	inner := s.content(start)
	switch {
	case node.Kind == yaml.AliasNode:
		return inner + len("*") + len(node.Value)
	case node.Style&yaml.FlowStyle != 0 && node.Kind != yaml.ScalarNode:
		closing, _ := s.flowEnd(inner)
		return min(closing+1, len(s.text))
	case node.Kind == yaml.MappingNode, node.Kind == yaml.SequenceNode:
		last := node.Content[len(node.Content)-1]
		return s.end(last, s.indentOf(node), false)
	case node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return s.quotedEnd(inner)
	case node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return s.blockEnd(inner, outer)
	case node.Value == "":
		return max(start, s.trimBack(inner, start))
	case flow:
		return s.plainEnd(inner, ",[]{}")
	default:
		return s.plainBlockEnd(inner, outer)
	}
}

// indentOf gives the column of the keys of a block map, or of the dashes of a
// block list, from 0.
func (s *source) indentOf(node *yaml.Node) int {
	start := s.offset(node)
	switch {
	case node.Kind == yaml.MappingNode && s.content(start) == start:
		return node.Column - 1
	case node.Kind == yaml.MappingNode: // an anchor or a tag comes first
		return node.Content[0].Column - 1
	}
	return s.column(s.dash(node))
}

// dash gives the offset of a block list's first dash.
func (s *source) dash(list *yaml.Node) int {
	at := s.content(s.offset(list))
	for at < len(s.text) && s.text[at] != '-' {
		if s.text[at] == '#' || lineBreak(s.text[at:]) > 0 {
			at = s.next(at)
		} else {
			at++
		}
	}
	return at
}

// trimBack goes back over blanks from an offset, not further than least.
func (s *source) trimBack(offset, least int) int {
	for offset > least && strings.ContainsRune(" \t", rune(s.text[offset-1])) {
		offset--
	}
	return offset
}

// quotedEnd gives the end of quoted text that starts at an offset.
func (s *source) quotedEnd(start int) int {
	if start >= len(s.text) {
		return start
	}
	quote := s.text[start]
	for i := start + 1; i < len(s.text); i++ {
		switch {
		case s.text[i] == '\\' && quote == '"':
			i++
		case s.text[i] == quote && quote == '\'' && i+1 < len(s.text) && s.text[i+1] == quote:
			i++
		case s.text[i] == quote:
			return i + 1
		}
	}
	return len(s.text)
}

// blockEnd gives the end of literal or folded text whose header is at start.
func (s *source) blockEnd(start, outer int) int {
	header := s.line(start)
	head, _, _ := strings.Cut(header, "#")
	keep := strings.Contains(head, "+")
	content := -1
	if digit := strings.IndexAny(head, "123456789"); digit >= 0 {
		content = max(outer, 0) + int(head[digit]-'0')
	}
	end := start + len(strings.TrimRight(head, " \t"))
	for at := s.next(start); at < len(s.text); at = s.next(at) {
		line := s.line(at)
		if strings.Trim(line, " ") == "" {
			if keep {
				end = at + len(line)
			}
			continue
		}
		if content < 0 {
			content = max(indent(line), outer+1)
		}
		if indent(line) < content || content == 0 && isMarker(line) {
			break
		}
		end = at + len(line)
	}
	return end
}

// plainEnd gives the end of unquoted text on its line; stops are the
// characters that end it besides `: ` and ` #`.
func (s *source) plainEnd(start int, stops string) int {
	end := start
	for i := start; i < len(s.text); i++ {
		c := s.text[i]
		switch {
		case strings.IndexByte(stops, c) >= 0, c == '#' && i > 0 && isSpace(rune(s.text[i-1])),
			c == ':' && (i+1 == len(s.text) || isSpace(rune(s.text[i+1])) || strings.IndexByte(stops, s.text[i+1]) >= 0):
			return end
		case stops == "" && lineBreak(s.text[i:]) > 0:
			return end
		case !isSpace(rune(c)):
			end = i + 1
		}
	}
	return end
}

// plainBlockEnd gives the end of unquoted text that may go on over lines.
func (s *source) plainBlockEnd(start, outer int) int {
	end := s.plainEnd(start, "")
	commented := strings.Contains(s.line(end), "#")
	for at := s.next(end); at < len(s.text) && !commented; at = s.next(at) {
		line := s.line(at)
		if isBlank(line) {
			continue
		}
		if isComment(line) || isMarker(line) || indent(line) <= outer {
			break
		}
		end = s.plainEnd(at+indent(line), "")
		commented = strings.Contains(s.line(end), "#")
	}
	return end
}

// flowEnd gives, for a flow map or list that opens at start, the offset of its
// closing bracket and the offset after the last thing before it.
func (s *source) flowEnd(start int) (closing, last int) {
	depth, plain := 0, false
	last = start
	for i := start; i < len(s.text); i++ {
		c := s.text[i]
		switch {
		case isSpace(rune(c)) || lineBreak(s.text[i:]) > 0:
			continue
		case c == '#' && isSpace(rune(s.text[i-1])):
			i = s.next(i) - 1
			continue
		case !plain && (c == '"' || c == '\''):
			i = s.quotedEnd(i) - 1
			plain = true // what follows can only be a separator
		case c == '{' || c == '[':
			depth++
			plain = false
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i, last
			}
			plain = true
		case c == ',':
			plain = false
		case c == ':':
			plain = i+1 < len(s.text) && !strings.ContainsRune(" \t\r\n,[]{}\"'", rune(s.text[i+1])) && plain
		default:
			plain = true
		}
		last = i + 1
	}
	return len(s.text), last
}
