package backend

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// shownLength is how much of a server's words is shown.
const shownLength = 200

// shortest is the length from which a text is taken out of others: a shorter
// one would be found in every other word.
const shortest = 4

// words gives what a server said, for a person: without a secret in any form it
// may have been repeated in, without control characters, and not long.
func words(said string, secrets ...string) string {
	said = without(said, secrets)
	if strings.ContainsFunc(said, strconv.IsPrint) && strings.ContainsFunc(said, unprintable) || !utf8.ValidString(said) {
		said = strconv.Quote(said)
	}
	if runes := []rune(said); len(runes) > shownLength {
		said = string(runes[:shownLength]) + "…"
	}
	return said
}

func (t *Target) words(said string) string { return words(said, t.secrets()...) }

func unprintable(r rune) bool { return !strconv.IsPrint(r) }

func without(said string, secrets []string) string {
	secrets = slices.Clone(secrets)
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // one may be a part of another
	for _, secret := range secrets {
		if len(secret) < shortest {
			continue
		}
		for _, form := range []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(strconv.Quote(secret), `"`),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)),
		} {
			said = strings.ReplaceAll(said, form, redact.Redacted)
		}
	}
	return said
}

// hide takes the secrets out of all that a step tells: a host name may be one.
func (t *Target) hide(step *Step) {
	secrets := t.secrets()
	step.Seen = without(step.Seen, secrets)
	step.Problems = slices.Clone(step.Problems)
	for i := range step.Problems {
		p := &step.Problems[i]
		p.Reason, p.Fix = without(p.Reason, secrets), without(p.Fix, secrets)
	}
}
