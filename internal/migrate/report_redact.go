package migrate

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// shortest is the length from which a secret is looked for everywhere. A
// shorter one would be found in every other word.
const shortest = 6

// clearToken finds what else looks like a token.
var clearToken = regexp.MustCompile(`(?i)(acc?ess?[-_]?tok[ea]?n["']?\s*[:=]\s*["']?)([^\s"',}]+)`)

// hide is a net below what is redacted where it stands: no text that is given
// to people holds a secret.
func (r *Result) hide(text string) string {
	return clearToken.ReplaceAllString(r.replacer.Replace(text), "${1}"+redact.Redacted)
}

// redacting replaces secrets, the longest first.
func redacting(secrets []string) *strings.Replacer {
	secrets = slices.DeleteFunc(slices.Clone(secrets), func(secret string) bool { return len(secret) < shortest })
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, secret := range slices.Compact(secrets) {
		pairs = append(pairs, secret, redact.Redacted)
	}
	return strings.NewReplacer(pairs...)
}

// show gives a text of a document as the diff has it.
func (r *Result) show(d Document, text []byte) string {
	if d.command {
		return r.public.showCommands(string(text))
	}
	return r.public.showDocument(string(text))
}
