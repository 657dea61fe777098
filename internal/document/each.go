package document

import (
	"errors"
	"strings"
	"unicode/utf8"
)

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
