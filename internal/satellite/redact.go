package satellite

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// shownLength is how much of a server's words is shown.
const shownLength = 200

// words gives what a server said, for a person: without the access token in any
// form it may have been repeated in, without control characters, and not long.
func words(said, token string) string {
	said = without(said, token)
	if strings.ContainsFunc(said, strconv.IsPrint) && strings.ContainsFunc(said, unprintable) || !utf8.ValidString(said) {
		said = strconv.Quote(said)
	}
	if runes := []rune(said); len(runes) > shownLength {
		said = string(runes[:shownLength]) + "…"
	}
	return said
}

func unprintable(r rune) bool { return !strconv.IsPrint(r) }

func without(said, token string) string {
	if token == "" {
		return said
	}
	for _, form := range []string{
		token, url.QueryEscape(token), url.PathEscape(token), strings.Trim(strconv.Quote(token), `"`),
		base64.StdEncoding.EncodeToString([]byte(token)), base64.URLEncoding.EncodeToString([]byte(token)),
	} {
		said = strings.ReplaceAll(said, form, redact.Redacted)
	}
	return said
}
