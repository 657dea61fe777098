package redact

import (
	"regexp"
	"strings"
)

// quotable is what YAML's parser quotes of its own: "did not find expected '-'
// indicator".
var quotable = regexp.MustCompile(`'[^\w\s]'|'<document start>'`)

// ParserWords gives what the YAML parser said of a text, "" where its words may
// quote the text.
func ParserWords(said string) string {
	if strings.HasPrefix(said, "unknown anchor") {
		return "an alias (*name) has no anchor (&name) before it"
	}
	if strings.ContainsAny(quotable.ReplaceAllString(said, ""), "'\"`!") || strings.Contains(said, "anchor") {
		return ""
	}
	return said
}
