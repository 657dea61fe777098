package migrate

import (
	"regexp"
	"strings"
)

// What a word that may be shown is made of: pieces of letters, of few digits or
// of few of both. A token is longer, and mixes them.
var (
	letters   = regexp.MustCompile(`^[A-Za-z]{1,30}$`)
	digits    = regexp.MustCompile(`^[0-9]{1,5}$`)
	mixed     = regexp.MustCompile(`^[A-Za-z0-9]{1,6}$`)
	version   = regexp.MustCompile(`^v[0-9]+((alpha|beta)[0-9]+)?$`)
	separator = regexp.MustCompile(`[-._/:]+`)
)

// mostMixed is how many pieces of letters and digits a name has at most.
const mostMixed = 2

// isPlain tells text that by its form is a name, a host, a path or a number.
func isPlain(text string) bool {
	count := 0
	for _, piece := range separator.Split(text, -1) {
		switch {
		case piece == "", letters.MatchString(piece), digits.MatchString(piece), version.MatchString(piece):
		case mixed.MatchString(piece) && count < mostMixed:
			count++
		default:
			return false
		}
	}
	return len(text) <= 253
}

// shown gives a name from a document as reports show it: whole where it is one
// by its form.
func shown(name string) string {
	if isPlain(name) {
		return name
	}
	return redacted
}

func shownAll(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = shown(name)
	}
	return strings.Join(all, ", ")
}
