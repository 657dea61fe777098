package leftover

import (
	"encoding/base64"
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
		plain, ok := decode(text[at[0]:at[1]])
		if ok && (mentioned(plain) || encodedAt(plain, depth-1) >= 0) {
			return at[0]
		}
	}
	return -1
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
