package migrate

import (
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// quoted gives text as a word of a shell.
func quoted(text string) string {
	word, err := syntax.Quote(text, syntax.LangBash)
	if err != nil {
		return "FILE" // no file has such a name
	}
	return word
}

// properName is what a name of Kubernetes or of a provider is made of.
var properName = regexp.MustCompile(`^[A-Za-z0-9][-._/A-Za-z0-9]*$`)

// asName gives a name as commands take it anywhere, in quotes or not. A document
// may be somebody else's: what is no name is left to the user, and is no part of
// a command.
func asName(name string) string {
	if name == "" || properName.MatchString(name) {
		return name
	}
	return "NAME"
}

// asFile gives the name of a file of the user's for a sentence of a command, which quotes it.
func asFile(name string) string {
	if rest, hidden := strings.CutPrefix(name, "."); hidden && properName.MatchString(rest) {
		return name
	}
	return asName(name)
}

// providerName is what is text within the quotes of a shell and of JSON.
var providerName = regexp.MustCompile(`^[A-Za-z0-9][-._/A-Za-z0-9 :@+()]*$`)

// asProvider gives the name of a provider, which stands in quotes.
func asProvider(name string) string {
	if providerName.MatchString(name) {
		return name
	}
	return asName(name)
}

// objectsNamed gives each object once, one that a cluster and a file have in the
// later's place.
func objectsNamed(objects []object) []object {
	last := map[object]int{}
	for i, o := range objects {
		last[object{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}] = i
	}
	safe := make([]object, 0, len(last))
	for i, o := range objects {
		if last[object{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}] == i {
			safe = append(safe, object{asName(o.Kind), asName(o.Namespace), asName(o.Name), asName(o.Version)})
		}
	}
	return safe
}
