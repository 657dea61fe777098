package leftover

import (
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"unicode/utf8"
)

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

// errUnreadable says no more: what an object holds may be a secret.
var errUnreadable = errors.New("an object cannot be read")

// File looks at every line of a file, comments aside, and into base64 in it.
func (r *Report) File(name string, data []byte) {
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		if at := inLine(line); at >= 0 {
			r.add(Mention{What: name, At: fmt.Sprintf("%d:%d", number, utf8.RuneCountInString(line[:at])+1)})
		}
	}
	if at := encodedAt(string(data), 2); at >= 0 {
		before := string(data[:at])
		start := strings.LastIndexByte(before, '\n') + 1
		where := fmt.Sprintf("%d:%d, in base64", 1+strings.Count(before, "\n"), utf8.RuneCountInString(before[start:])+1)
		r.add(Mention{What: name, At: where})
	}
}

// mostEncoded bounds, in bytes, what is decoded of one text: a Secret holds 1 MiB
// at most.
const mostEncoded = 2 << 20

// encoded is a run that may be base64: long enough for what is looked for, and
// with the line breaks that tools put into it.
var encoded = regexp.MustCompile(`[A-Za-z0-9+/_-]{12,}(\s+[A-Za-z0-9+/_-]{12,})*(\s+[A-Za-z0-9+/_-]+)?={0,2}`)

// inEncoded tells whether base64 in a text mentions LightStep, once or twice
// encoded. What is no text is none: of certificates and archives nothing is read.
func inEncoded(text string) bool { return encodedAt(text, 2) >= 0 }

// encodedAt gives the offset of the base64 that mentions LightStep, or -1.
func encodedAt(text string, depth int) int {
	if depth == 0 || len(text) > mostEncoded {
		return -1
	}
	for _, at := range encoded.FindAllStringIndex(text, -1) {
		for candidate := range candidates(text[at[0]:at[1]]) {
			plain, ok := decode(candidate)
			if ok && (mentioned(plain) || encodedAt(plain, depth-1) >= 0) {
				return at[0]
			}
		}
	}
	return -1
}

const (
	shortest = 12 // characters that are worth a look
	most64   = 32 // parts of a path, or of a name, that may stand before base64
)

// candidates gives what may be base64 in a run, whose alphabet names and paths
// have too: all of it, its lines of one length with the shorter one behind them,
// each word, and each word without what is before a character of paths and names.
func candidates(run string) iter.Seq[string] {
	return func(yield func(string) bool) {
		words := strings.Fields(run)
		if !yield(run) {
			return
		}
		for i := 0; len(words) > 1 && i < len(words); {
			end := wrapped(words, i)
			if end-i > 1 && !yield(strings.Join(words[i:end], "")) {
				return
			}
			i = max(i+1, end-1) // the shorter one may be the first of others
		}
		for _, word := range words {
			if len(words) > 1 && !yield(word) {
				return
			}
			for range most64 {
				at := strings.IndexAny(word, "/-_+")
				if at < 0 || len(word)-at <= shortest {
					break
				}
				if word = word[at+1:]; !yield(word) {
					return
				}
			}
		}
	}
}

// wrapped gives the end of the lines of one text that begin at a word.
func wrapped(words []string, i int) int {
	end := i + 1
	for end < len(words) && len(words[end]) == len(words[i]) {
		end++
	}
	if end < len(words) && len(words[end]) < len(words[i]) {
		end++
	}
	return end
}

// mentioned tells of a mention in what was decoded, comments aside.
func mentioned(text string) bool {
	for line := range strings.Lines(text) {
		if inLine(line) >= 0 {
			return true
		}
	}
	return false
}

var noSpace = strings.NewReplacer(" ", "", "\n", "", "\r", "", "\t", "", "-", "+", "_", "/", "=", "")

// decode gives the text of base64, by either of its alphabets, padded or not.
func decode(run string) (string, bool) {
	plain, err := base64.RawStdEncoding.DecodeString(noSpace.Replace(run))
	return string(plain), err == nil && utf8.Valid(plain)
}
