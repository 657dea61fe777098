package redact

import (
	"slices"
	"strings"
)

// shortest is the length in bytes from which a secret is looked for within a
// text. A shorter one would be found in every other word, and is masked only
// where it is the whole text.
const shortest = 6

// Hidden are texts that are secrets, and are never shown.
type Hidden []string

// Hidden gives the secrets in the subject of rules: the texts at the paths of
// the list "secrets" of rules.json, which Hide took.
func (p Public) Hidden(subject map[string]any) Hidden {
	var hidden Hidden
	for _, path := range p.secrets {
		var found any = subject
		for _, step := range strings.Split(path, ".") {
			m, _ := found.(map[string]any)
			found = m[step]
		}
		text, _ := found.(string)
		if text = strings.TrimSpace(text); text != "" {
			hidden = append(hidden, text)
		}
	}
	slices.SortStableFunc(hidden, func(a, b string) int { return len(b) - len(a) })
	return hidden
}

// Hide adds a path whose value is a secret.
func (p *Public) Hide(path string) { p.secrets = append(p.secrets, path) }

// Mask gives a text with [Redacted] in the place of each secret.
func (h Hidden) Mask(text string) string {
	for _, secret := range h {
		switch {
		case strings.TrimSpace(text) == secret:
			return Redacted
		case len(secret) >= shortest:
			text = strings.ReplaceAll(text, secret, Redacted)
		}
	}
	return text
}
