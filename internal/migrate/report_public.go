package migrate

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

//go:embed public.yaml
var publicYAML []byte

// publicWords is public.yaml, where its keys are told.
type publicWords struct {
	Keys, Commands, Flags []string

	keys map[string]bool
}

var loadPublic = sync.OnceValues(func() (*publicWords, error) {
	p := new(publicWords)
	if err := yaml.UnmarshalStrict(publicYAML, p); err != nil {
		return nil, fmt.Errorf("public.yaml: %w", err)
	}
	p.keys = map[string]bool{}
	for _, key := range p.Keys {
		p.keys[key] = true
	}
	return p, nil
})

// shown gives a name from a document as reports show it.
func shown(name string) string { return redact.Value(name) }

func shownAll(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = shown(name)
	}
	return strings.Join(all, ", ")
}

var (
	small    = regexp.MustCompile(`^-?[0-9]{1,5}(\.[0-9]{1,5})?$`)
	keyWord  = regexp.MustCompile(`^[A-Za-z$_][-A-Za-z0-9_./\\*]{0,62}$`)
	pathWord = regexp.MustCompile(`^[/A-Za-z][-A-Za-z0-9_./\[\]]{0,126}$`)
)

// value gives a value of a key as the diff shows it.
func (p *publicWords) value(key, text string) string {
	switch text {
	case "", "true", "false", "null", "~", "{}", "[]":
		return text
	}
	if small.MatchString(text) || p.keys[key] && (redact.Plain(text) || pathWord.MatchString(text) && !redact.Tokenlike(text)) {
		return text
	}
	return redact.Redacted
}

// key gives a key as the diff shows it: a name, and not a token in its place.
func (p *publicWords) key(text string) string {
	if (keyWord.MatchString(text) || small.MatchString(text)) && !redact.Tokenlike(text) {
		return text
	}
	return redact.Redacted
}
