package leftover

import (
	"encoding/base64"
	"iter"
	"regexp"
	"strings"
	"unicode/utf8"
)

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
