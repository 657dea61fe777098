package migrate

import (
	"regexp"
	"slices"
	"strings"
)

const redacted = "[redacted]"

// shortest is the length from which a secret is looked for everywhere. A
// shorter one would be found in every other word, and is hidden where it
// stands.
const shortest = 6

// clearToken finds what else looks like a token, such as in a comment.
var clearToken = regexp.MustCompile(`(?i)(acc?ess?[-_]?tok[ea]?n["']?\s*[:=]\s*["']?)([^\s"',}]+)`)

// hide is a net below what is redacted where it stands: no text that is given
// to people holds a secret.
func (r *Result) hide(text string) string {
	secrets := slices.Clone(r.secrets)
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range secrets {
		if len(secret) >= shortest {
			text = strings.ReplaceAll(text, secret, redacted)
		}
	}
	return clearToken.ReplaceAllString(text, "${1}"+redacted)
}

// redact gives the texts of a source, before and after, with the lines redacted
// on which secrets stand.
func (m *migration) redact(in *input, texts ...[]byte) []string {
	hidden := map[string]string{}
	lines := strings.Split(string(in.Data), "\n")
	for _, s := range in.secret {
		for n := s.first; n <= s.last && n <= len(lines); n++ {
			line := lines[n-1]
			from := len(line) - len(strings.TrimLeft(line, " \t"))
			if n == s.first {
				from = m.secretStart(in, line, s.column)
			}
			if shown, ok := hidden[line]; !ok || len(shown) > from+len(redacted) {
				hidden[line] = line[:from] + redacted
			}
		}
	}
	var shown []string
	for _, text := range texts {
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			if replaced, ok := hidden[line]; ok {
				lines[i] = replaced
			}
		}
		shown = append(shown, strings.Join(lines, "\n"))
	}
	return shown
}

// secretStart gives the byte of a line from which on a secret is hidden. Of a
// flag the name of what it sets stays.
func (m *migration) secretStart(in *input, line string, column int) int {
	from := 0
	for i := range line {
		if column--; column == 0 {
			from = i
			break
		}
	}
	if column > 0 {
		from = len(line) - len(strings.TrimLeft(line, " \t"))
	}
	if in.command != nil || in.mended != nil {
		if in.mended != nil {
			from = len(line) - len(strings.TrimLeft(line, " \t"))
		}
		if i := strings.IndexAny(line[from:], "=:"); i >= 0 && !strings.HasPrefix(line[from:], "--") {
			return from + i + 1
		}
	}
	return from
}
