package document

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// File is a file of the user's, read so that parts can be taken out of its
// text while all the rest stays byte for byte.
type File struct {
	// Roots are the documents of the file that are maps; empty ones are left
	// out. The caller does not change them.
	Roots []*yaml.Node
	// Patches are the documents of the file that are lists of JSON patches.
	// Nothing is taken out of them.
	Patches []*yaml.Node

	source   *source
	readable *source // the same with blanks for documents that cannot be read; nil where there are none
	mark     int     // bytes of the byte order mark
	gone     map[*yaml.Node]bool
	routes   map[*yaml.Node]map[step]bool // of what RemoveAt marked, the steps that lead there
	kept     map[*yaml.Node]bool          // texts whose entry stays though nothing is left of them
	embedded map[*yaml.Node]*File         // by the text that holds the file
	place    *place                       // of a file within another
}

// Open reads a file. An error about the file is an *Error.
func Open(data []byte) (*File, error) {
	roots, patches, err := parseWithPatches(data)
	if err != nil {
		return nil, err
	}
	for _, root := range slices.Concat(roots, patches) {
		if err := refuseDuplicates(root); err != nil {
			return nil, err
		}
	}
	f := &File{Roots: roots, Patches: patches, gone: map[*yaml.Node]bool{}, routes: map[*yaml.Node]map[step]bool{}, kept: map[*yaml.Node]bool{}, embedded: map[*yaml.Node]*File{}}
	f.source = newSource(bytes.TrimPrefix(data, byteOrderMark))
	f.mark = len(data) - len(f.source.text)
	return f, nil
}

// Position gives the line and column of a node, from 1, in the whole file even
// where this one is part of another.
func (f *File) Position(node *yaml.Node) (line, column int) {
	if f.place == nil || node.Line < 1 || node.Line > len(f.place.lines) {
		return node.Line, node.Column
	}
	at := f.place.lines[node.Line-1]
	return f.place.outer.Position(&yaml.Node{Line: f.place.line + node.Line - 1, Column: at.stripped + node.Column})
}

// Remove marks what is to be taken out: the key of a map's entry, an item of a
// list, or a root, for a whole document. What is left empty by it goes too, and
// so does an alias of that; see RemoveAt.
func (f *File) Remove(nodes ...*yaml.Node) {
	for _, node := range nodes {
		f.gone[node] = true
	}
}

// KeepEmpty has the entry of a text stay, with nothing in it, where everything in
// the text goes.
func (f *File) KeepEmpty(text *yaml.Node) { f.kept[text] = true }

// place is where a file within another stands.
type place struct {
	outer *File
	line  int // of the outer file, that holds the first line
	lines []placedLine
	end   int // outer offset of the line below the last
}

type placedLine struct {
	inner, outer int // offsets of the line's start
	stripped     int // indentation that belongs to the outer file
}

// Embedded reads the file that a literal text (`|`) of this one holds, such as
// a ConfigMap's mesh config. It gives nil where the text is written in another
// way, in which nothing can be edited, or is no YAML.
func (f *File) Embedded(node *yaml.Node) *File {
	if found, ok := f.embedded[node]; ok {
		return found
	}
	if node.Kind != yaml.ScalarNode || node.Style&yaml.LiteralStyle == 0 || f.place != nil {
		return nil
	}
	text, placed := f.source.literal(node)
	if strings.TrimRight(text, "\n") != strings.TrimRight(strings.ReplaceAll(node.Value, "\r\n", "\n"), "\n") {
		return nil
	}
	inner, err := Open([]byte(text))
	if err != nil {
		return nil
	}
	placed.outer = f
	inner.place = placed
	f.embedded[node] = inner
	return inner
}

// literal gives the text of a literal block with line feeds, and where its
// lines stand.
func (s *source) literal(node *yaml.Node) (string, *place) {
	header := s.content(s.offset(node))
	end := s.next(s.blockEnd(header, -1))
	first := s.next(header)
	placed := &place{line: s.lineOf(first) + 1, end: end}
	indentation := -1
	for at := first; at < end; at = s.next(at) {
		if line := s.line(at); strings.Trim(line, " ") != "" {
			indentation = indent(line)
			break
		}
	}
	var text strings.Builder
	for at := first; at < end; at = s.next(at) {
		line := s.line(at)
		stripped := min(max(indentation, 0), indent(line))
		placed.lines = append(placed.lines, placedLine{inner: text.Len(), outer: at, stripped: stripped})
		text.WriteString(line[stripped:] + "\n")
	}
	return text.String(), placed
}

// mapped gives the offset in the outer file of one in this.
func (p *place) mapped(offset int) int {
	i, found := slices.BinarySearchFunc(p.lines, offset, func(l placedLine, offset int) int { return l.inner - offset })
	if !found {
		i--
	}
	if i < 0 {
		return p.end
	}
	line := p.lines[i]
	if i == len(p.lines)-1 && offset > line.inner && offset >= line.inner+p.end-line.outer-line.stripped {
		return p.end
	}
	if column := offset - line.inner; column > 0 {
		return line.outer + line.stripped + column
	}
	return line.outer
}

// Unread is a document of a file that cannot be read, and why.
type Unread struct {
	Err  *Error // its line is that of the file
	Text string // of the document
}

// OpenEach reads a file as [Open] does, but for documents that cannot be read:
// these are left out, and given with the reason. The error is an *Error about
// the whole file, such as one that is not UTF-8.
func OpenEach(data []byte) (*File, []Unread, error) {
	f, err := Open(data)
	if err == nil || len(data) > maxBytes || !utf8.Valid(data) {
		return f, nil, err
	}
	var unread []Unread
	var readable strings.Builder
	line := 0
	for _, piece := range pieces(string(data)) {
		_, err := Open([]byte(piece))
		var refused *Error
		if errors.As(err, &refused) {
			if refused.Problem.Line > 0 {
				refused.Problem.Line += line
			}
			unread = append(unread, Unread{refused, piece})
			piece = blanked(piece)
		}
		readable.WriteString(piece)
		line += len(newSource([]byte(piece)).lines) - 1
	}
	rest, err := Open([]byte(readable.String()))
	if err != nil {
		return nil, nil, err
	}
	rest.source, rest.readable = newSource(data[rest.mark:]), rest.source
	return rest, unread, nil
}

// pieces splits the text of a file into its documents, each with the marker
// above it.
func pieces(text string) []string {
	var all []string
	start := 0
	s := newSource([]byte(text))
	for _, at := range s.lines {
		if at > start && isMarker(s.line(at)) {
			all = append(all, text[start:at])
			start = at
		}
	}
	return append(all, text[start:])
}

// blanked gives a document of the same length in which there is nothing.
func blanked(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		if size := lineBreak(text[i:]); size > 0 {
			out.WriteString(text[i : i+size])
			i += size
			continue
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		out.WriteString(strings.Repeat(" ", size))
		i += size
	}
	blank := out.String()
	if isMarker(text) || strings.HasPrefix(text, "---") {
		blank = "---" + blank[3:]
	}
	return blank
}
