package backend

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/behind"
)

// Source gives what the collector reads beside its configuration.
type Source struct {
	// Secret gives a key of a Secret, or says why it is not at hand. nil: no
	// Secret is.
	Secret func(key behind.Key) (value []byte, why string)
	// Given tells that Secrets are given, so that each must be there.
	Given bool
	// Variable gives a variable of the collector's environment, and whether it
	// may be shown. nil: none is at hand.
	Variable func(name string) (value string, public, ok bool)
}

// file gives what a file of the collector's holds, or says why it is not at
// hand.
func (s *Source) file(b *behind.Backend, name string) (text []byte, why string) {
	key, ok := b.Files[name]
	switch {
	case !ok:
		return nil, "it is a file of the collector's own"
	case s.Secret == nil:
		return nil, fmt.Sprintf("it is key %s of Secret %s", key.Key, key.Secret)
	}
	return s.Secret(key)
}

// fix is how to give what is not at hand.
func (s *Source) fix() string {
	if s.Given {
		return "see that the Secret exists where the collector runs, with this key"
	}
	return giveSecrets
}

// giveSecrets is how to give Secrets to the command.
const giveSecrets = "give the Secret: --read-secrets reads it from the cluster, --secrets DIRECTORY from DIRECTORY/SECRET/KEY"

// expanded is a text of the collector's configuration as the collector has it.
type expanded struct {
	text    string
	secrets []string // what came from elsewhere
	absent  []string // what is not at hand, and why
}

// reference is ${…} in the collector's configuration, and $$, which is $
// (collector confmap, expand.go).
var reference = regexp.MustCompile(`\$\$|\$\{([^}]*)\}`)

// variable is a reference to a variable, with a default.
var variable = regexp.MustCompile(`^(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$`)

// expand puts in what a text refers to.
func (r *reading) expand(text string) expanded {
	var got expanded
	got.text = reference.ReplaceAllStringFunc(text, func(found string) string {
		if found == "$$" {
			return "$"
		}
		inside := found[2 : len(found)-1]
		if name, ok := strings.CutPrefix(inside, "file:"); ok {
			content, why := r.file(r.backend, name)
			if why != "" {
				got.absent = append(got.absent, why)
			} else {
				got.secrets = append(got.secrets, string(content))
			}
			return string(content)
		}
		match := variable.FindStringSubmatch(inside)
		if match == nil {
			got.absent = append(got.absent, "the collector alone reads what "+found+" stands for")
			return ""
		}
		var value string
		var public, ok bool
		if r.Variable != nil {
			value, public, ok = r.Variable(match[1])
		}
		switch {
		case ok && public:
		case ok:
			got.secrets = append(got.secrets, value)
		case strings.Contains(inside, ":-"):
			value = match[2]
		default:
			got.absent = append(got.absent, "variable "+match[1])
		}
		return value
	})
	return got
}

func sorted(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
