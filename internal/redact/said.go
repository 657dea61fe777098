package redact

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SaidLength is how many characters of a server's words are shown.
const SaidLength = 200

// shortestSaid is the length in bytes from which a text is taken out of a
// server's words: a shorter one would be found in every other word.
const shortestSaid = 4

// Said gives what a server said, for a person: without a secret in any form it
// may have been repeated in, without control characters, and not long.
func Said(said string, secrets ...string) string {
	said = Without(said, secrets)
	if strings.ContainsFunc(said, strconv.IsPrint) && strings.ContainsFunc(said, unprintable) || !utf8.ValidString(said) {
		said = strconv.Quote(said)
	}
	if runes := []rune(said); len(runes) > SaidLength {
		said = string(runes[:SaidLength]) + "…"
	}
	return said
}

func unprintable(r rune) bool { return !strconv.IsPrint(r) }

// Without takes secrets out of a server's words, in each form in which it may
// repeat them.
func Without(said string, secrets []string) string {
	secrets = slices.Clone(secrets)
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // one may be a part of another
	for _, secret := range secrets {
		if len(secret) < shortestSaid {
			continue
		}
		for _, form := range []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(strconv.Quote(secret), `"`),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)),
		} {
			said = strings.ReplaceAll(said, form, Redacted)
		}
	}
	return said
}
