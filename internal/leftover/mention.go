package leftover

import (
	"regexp"
	"strings"
)

// word is how people spell it, in any case: lightstep, LIGHTSTEP, light-step.
// With istio- or ISTIO_ before it, it is a name of this chart, which stays; but
// for the Secret of the access token.
var word = regexp.MustCompile(`(?i)(istio[-_])?light[-_]?step(-access-token)?`)

// mentioned gives the offset of the first mention in a text, or -1.
func mentioned(text string) int {
	for from := 0; ; {
		at := word.FindStringSubmatchIndex(text[from:])
		if at == nil {
			return -1
		}
		if isOwn, isToken := at[2] >= 0, at[4] >= 0; !isOwn || isToken {
			return from + at[0]
		}
		from += at[1]
	}
}

// comment gives the offset of the comment that a line of a file ends in, or its
// length. A quoted # begins none.
func comment(line string) int {
	var quote byte
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && (i == 0 || strings.IndexByte(" \t:,[{(=", line[i-1]) >= 0):
			quote = c
		case c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return i
		}
	}
	return len(line)
}

// inLine gives the offset of a mention in a line that is no comment's, or -1.
func inLine(line string) int {
	if at := mentioned(line); at >= 0 && at < comment(line) {
		return at
	}
	return -1
}
