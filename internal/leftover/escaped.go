package leftover

import (
	"regexp"
	"strconv"
	"strings"
)

// escape finds letters as URLs, JSON and YAML can have them by their numbers.
var escape = regexp.MustCompile(`(?:%|\\x|\\u00|\\U000000)[0-9A-Fa-f]{2}`)

// unescaped gives a line with letters, - and _ in the place of their numbers, and the offset in
// the line of each of its bytes. Nothing else is read: it might end a text, or begin a comment.
func unescaped(line string) (text string, offsets []int) {
	var out strings.Builder
	at := 0
	for _, found := range escape.FindAllStringIndex(line, -1) {
		number, err := strconv.ParseUint(line[found[1]-2:found[1]], 16, 8)
		c := byte(number)
		if err != nil || c|0x20 < 'a' && c != '-' && c != '_' || c|0x20 > 'z' {
			continue
		}
		for ; at < found[0]; at++ {
			out.WriteByte(line[at])
			offsets = append(offsets, at)
		}
		out.WriteByte(c)
		offsets, at = append(offsets, at), found[1]
	}
	for ; at < len(line); at++ {
		out.WriteByte(line[at])
		offsets = append(offsets, at)
	}
	return out.String(), offsets
}

// nextEscaped gives the offset of the first mention in a line that is no comment's and has
// letters by their numbers, and its word; -1 where there is none.
func nextEscaped(line string) (at int, word string) {
	if !strings.ContainsAny(line, `%\`) {
		return -1, ""
	}
	text, offsets := unescaped(line)
	if len(text) == len(line) {
		return -1, ""
	}
	if at := Next(text, 0); at >= 0 && offsets[at] < Comment(line) {
		return offsets[at], wordAt(text, at)
	}
	return -1, ""
}

// isEscaped tells a line that mentions LightStep with letters by their numbers.
func isEscaped(line string) bool {
	at, _ := nextEscaped(line)
	return at >= 0
}
