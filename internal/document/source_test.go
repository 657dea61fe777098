package document

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"go.yaml.in/yaml/v3"
)

// TestSourceCounts holds offsets, columns and lines to a count from the start of
// the line, on lines with many characters of several bytes and every line break.
func TestSourceCounts(t *testing.T) {
	text := strings.Repeat("aä→😀", 300) + "\r\n" + strings.Repeat("b", 600) + "\u2028c\n\n" + strings.Repeat("é", 256)
	s := newSource([]byte(text))
	line, column, start := 1, 1, 0
	for i := 0; i < len(text); {
		assert.Equal(t, i, s.offset(&yaml.Node{Line: line, Column: column}), "%d:%d", line, column)
		assert.Equal(t, column-1, s.column(i), "%d:%d", line, column)
		assert.Equal(t, start, s.lineStart(i))
		rest := text[i:]
		end := strings.IndexAny(rest, "\r\n\u2028")
		if end < 0 {
			assert.Equal(t, rest, s.line(i))
			assert.Equal(t, len(text), s.next(i))
		} else {
			assert.Equal(t, rest[:end], s.line(i), "%d:%d", line, column)
			assert.Equal(t, i+end+lineBreak(rest[end:]), s.next(i), "%d:%d", line, column)
		}
		if size := lineBreak(rest); size > 0 {
			i, line, column = i+size, line+1, 1
			start = i
			continue
		}
		_, size := utf8.DecodeRuneInString(rest)
		i, column = i+size, column+1
	}
}
