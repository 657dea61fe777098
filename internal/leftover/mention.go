package leftover

import (
	"bytes"
	"cmp"
	"encoding/base64"
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

// File looks at every line of a file, comments aside, and into base64 in it. A file
// that is no text, such as UTF-16 or an archive, is a gap.
func (r *Report) File(name string, data []byte) {
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		r.addGap(Gap{What: name, Why: "it is not UTF-8; save it as UTF-8"})
	}
	text, number := string(data), 0
	for line := range strings.Lines(text) {
		number++
		if at := inLine(line); at >= 0 {
			r.add(Mention{What: name, At: fmt.Sprintf("%d:%d: %s", number, utf8.RuneCountInString(line[:at])+1, cmp.Or(keyAt(line, at), wordAt(line, at)))})
		} else if at, word := nextEscaped(line); at >= 0 {
			r.add(Mention{What: name, At: fmt.Sprintf("%d:%d: %s, escaped", number, utf8.RuneCountInString(line[:at])+1, cmp.Or(keyAt(line, at), word))})
		}
	}
	number = 1
	counted := 0
	for at := range Encoded(text) {
		number += strings.Count(text[counted:at], "\n")
		counted = at
		start := strings.LastIndexByte(text[:at], '\n') + 1
		line, _, _ := strings.Cut(text[start:], "\n")
		where := fmt.Sprintf("%d:%d", number, utf8.RuneCountInString(text[start:at])+1)
		if key := keyAt(line, at-start); key != "" {
			where += ": " + key
		}
		r.add(Mention{What: name, At: where + ", in base64"})
	}
}

// fileKey finds keys of YAML and JSON in a line.
var fileKey = regexp.MustCompile(`(?:^[\s-]*|[{,]\s*)["']?([\pL_][\pL\w./-]*)["']?:(?:\s|$)`)

// keyAt gives the key that a mention is in, or else the one that the line begins with,
// if any. More of the line may be a secret.
func keyAt(line string, at int) string {
	keys := fileKey.FindAllStringSubmatchIndex(line, -1)
	for _, m := range keys {
		if m[2] <= at && at < m[3] {
			return line[m[2]:m[3]]
		}
	}
	if len(keys) > 0 && keys[0][0] == 0 && keys[0][3] <= at {
		return line[keys[0][2]:keys[0][3]]
	}
	return ""
}

// wordAt gives the word of a mention, as it is spelled.
func wordAt(line string, at int) string {
	end := at + len("lightstep")
	if strings.IndexByte("-_", line[at+len("light")]) >= 0 {
		end++
	}
	return line[at:end]
}

// shortest is how many characters of base64 are worth a look: fewer cannot hold
// what is looked for.
const shortest = 12

// encodedAt gives the offset of the first base64 that mentions LightStep, or -1.
func encodedAt(text string) int {
	for at := range Encoded(text) {
		return at
	}
	return -1
}

// Encoded gives the offsets of base64 that mentions LightStep, once or twice
// encoded. What is no text is none: of certificates and archives nothing is read.
// There is no bound that may hide a mention: the work is linear in the text,
// whatever it is made of.
func Encoded(text string) iter.Seq[int] { return encodedTimes(text, 2) }

func encodedTimes(text string, times int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for start, end := range runs(text) {
			if mentionedIn(text[start:end], times) && !yield(start) {
				return
			}
		}
	}
}

// mentionedIn tells whether a run is base64 that mentions LightStep.
func mentionedIn(run string, times int) bool {
	for candidate := range candidates(run) {
		for plain := range decoded(candidate) {
			if mentioned(plain) {
				return true
			}
			if times > 1 {
				for range encodedTimes(plain, times-1) {
					return true
				}
			}
		}
	}
	return false
}

// runs gives where a text may have base64: words that are long enough, with the
// line breaks that tools put between them, and a shorter word at the end.
func runs(text string) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for at := 0; at < len(text); {
			start, end := word(text, at)
			if at = end; end-start < shortest {
				continue
			}
			for length := shortest; length >= shortest; {
				from, to := word(text, at)
				if length = to - from; length == 0 || strings.TrimSpace(text[at:from]) != "" {
					break
				}
				end, at = to, to
			}
			if !yield(start, end) {
				return
			}
		}
	}
}

// word gives the next characters of the alphabets of base64, from an offset on.
func word(text string, from int) (start, end int) {
	for start = from; start < len(text) && !inAlphabet(text[start]); {
		start++
	}
	for end = start; end < len(text) && inAlphabet(text[end]); {
		end++
	}
	return start, end
}

func inAlphabet(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_'
}

// candidates gives what may be base64 in a run: all of it, its lines of one length
// with the shorter one behind them, and each word.
func candidates(run string) iter.Seq[string] {
	return func(yield func(string) bool) {
		words := strings.Fields(run)
		if !yield(run) || len(words) == 1 {
			return
		}
		for i := 0; i < len(words); {
			end := wrapped(words, i)
			if end-i > 1 && !yield(strings.Join(words[i:end], "")) {
				return
			}
			i = max(i+1, end-1) // the shorter one may be the first of others
		}
		for _, word := range words {
			if !yield(word) {
				return
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
		if inLine(line) >= 0 || isEscaped(line) {
			return true
		}
	}
	return false
}

var plainAlphabet = strings.NewReplacer(" ", "", "\n", "", "\r", "", "\t", "", "\v", "", "\f", "", "-", "+", "_", "/")

// decoded gives the texts that base64 is, by either of its alphabets, padded or not:
// all of it, or what is behind a character that names and paths have too. Of texts
// that begin a multiple of four characters apart the first holds the others.
func decoded(candidate string) iter.Seq[string] {
	return func(yield func(string) bool) {
		candidate = plainAlphabet.Replace(candidate)
		for first := range min(4, len(candidate)) {
			plain, err := base64.RawStdEncoding.DecodeString(candidate[first:])
			if err != nil {
				continue // of no length that base64 has
			}
			valid := textFrom(plain)
			for at := first; at+shortest <= len(candidate); at += 4 {
				from := (at - first) / 4 * 3
				if from < valid || !utf8.RuneStart(plain[from]) || at > 0 && strings.IndexByte("+/", candidate[at-1]) < 0 {
					continue
				}
				if !yield(string(plain[from:])) {
					return
				}
				break
			}
		}
	}
}

// textFrom gives the offset from which on data is UTF-8.
func textFrom(data []byte) int {
	for end := len(data); end > 0; {
		r, size := utf8.DecodeLastRune(data[:end])
		if r == utf8.RuneError && size == 1 {
			return end
		}
		end -= size
	}
	return 0
}
