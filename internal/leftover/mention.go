package leftover

import "strings"

// Next gives the offset of the next mention of LightStep in a text, from an
// offset on, or -1. It is found as people spell it, in any case: lightstep,
// LIGHTSTEP, light-step, light_step. With istio- or ISTIO_ before it, it is a
// name of this chart, which is none; but for the Secret of the access token.
func Next(text string, from int) int {
	const first, second = "light", "step"
	for i := from; i+len(first)+len(second) <= len(text); i++ {
		if text[i]|0x20 != 'l' || !strings.EqualFold(text[i:i+len(first)], first) {
			continue
		}
		rest := text[i+len(first):]
		if rest[0] == '-' || rest[0] == '_' {
			rest = rest[1:]
		}
		if len(rest) >= len(second) && strings.EqualFold(rest[:len(second)], second) && !isOwn(text[:i], rest[len(second):]) {
			return i
		}
	}
	return -1
}

// isOwn tells a name of this chart by what stands around the word.
func isOwn(before, after string) bool {
	const prefix, token = "istio", "-access-token"
	n := len(before) - len(prefix) - 1
	return n >= 0 && strings.EqualFold(before[n:n+len(prefix)], prefix) && strings.IndexByte("-_", before[len(before)-1]) >= 0 &&
		(len(after) < len(token) || !strings.EqualFold(after[:len(token)], token))
}

// Comment gives the offset of the comment that a line of a file ends in, or its
// length. A quoted # begins none.
func Comment(line string) int {
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
	if at := Next(line, 0); at >= 0 && at < Comment(line) {
		return at
	}
	return -1
}
