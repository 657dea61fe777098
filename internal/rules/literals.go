package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// literals says where a user's own configuration is rendered as it is, and what
// in it is no literal.
type literals struct {
	places    []literalPlace
	reference *regexp.Regexp
	oddKey    *regexp.Regexp
}

// literalPlace is a path of the values, and what the rules call it.
type literalPlace struct {
	name  string
	steps []string
}

// loadLiterals reads the map "literals" of rules.json; none is one without
// places.
func loadLiterals(given any) (literals, error) {
	l := literals{reference: never, oddKey: never}
	source, _ := given.(map[string]any)
	if source == nil {
		return l, nil
	}
	for key, into := range map[string]**regexp.Regexp{"reference": &l.reference, "oddKey": &l.oddKey} {
		pattern, _ := source[key].(string)
		compiled, err := regexp.Compile(pattern)
		if err != nil || pattern == "" {
			return l, fmt.Errorf("%w: %s is no regular expression", ErrMalformed, key)
		}
		*into = compiled
	}
	places, _ := source["places"].([]any)
	for _, item := range places {
		name, _ := at(item, []string{"place"}).(string)
		path, _ := at(item, []string{"path"}).(string)
		steps := strings.Split(path, ".")
		if name == "" || path == "" {
			return l, fmt.Errorf("%w: %v is no place", ErrMalformed, item)
		}
		l.places = append(l.places, literalPlace{name, steps})
	}
	return l, nil
}

// never matches nothing.
var never = regexp.MustCompile(`$.`)

// literalReference is what stands in a literal's rest in the place of a
// reference.
const literalReference = "${}"

// add lists, under literals, every text and number of the user's own
// configuration, with its path, its name (the last two keys, or the name that
// stands beside a value), its place, and as rest what is left of it without
// references; and every key that is more than a name.
func (l literals) add(subject Subject, hidden redact.Hidden) {
	var found []any
	for _, p := range l.places {
		w := walker{literals: l, steps: steps{l.oddKey, hidden}, place: p.name}
		last := len(p.steps) - 1
		w.walk(subject.at(append([]string{"values"}, p.steps...)...), strings.Join(p.steps, "."), p.steps[max(last-1, 0)], p.steps[last])
		found = append(found, w.found...)
	}
	if found != nil {
		subject["literals"] = found
	}
}

type walker struct {
	literals
	steps
	place string
	found []any
}

func (w *walker) walk(value any, path, parent, name string) {
	switch value := value.(type) {
	case map[string]any:
		w.entries(value, path, name)
	case []any:
		for i, item := range value {
			w.walk(item, fmt.Sprintf("%s[%d]", path, i), parent, name)
		}
	case string, float64:
		w.add(path, parent+"."+name, value, value)
	case bool:
		if w.place == "exporters" || w.place == "backends" {
			w.add(path, parent+"."+name, value, value)
		}
	}
}

func (w *walker) entries(entries map[string]any, path, parent string) {
	beside := ""
	for _, key := range []string{"name", "key"} {
		if given, ok := entries[key].(string); ok && beside == "" && entries["value"] != nil {
			beside = key
			w.key(given, path+"."+key, parent, entries["value"])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if key == "valueFrom" || key == beside || key == "secret" && w.place == "backends" {
			continue
		}
		called := w.shown(key)
		if beside != "" && key == "value" {
			called = w.shown(entries[beside].(string))
		}
		w.key(key, path+"."+w.step(key), parent, entries[key])
		w.walk(entries[key], path+"."+w.step(key), parent, called)
	}
}

// key adds a key that is more than a name, with the text that it has.
func (w *walker) key(key, path, parent string, value any) {
	if !w.odd.MatchString(key) {
		return
	}
	text, _ := value.(string)
	w.add(path, parent+"."+w.shown(key), "", key+":"+text)
}

func (w *walker) add(path, name string, value, rest any) {
	if text, ok := rest.(string); ok {
		rest = w.reference.ReplaceAllLiteralString(text, literalReference)
	}
	w.found = append(w.found, map[string]any{"path": path, "name": name, "value": value, "rest": rest, "place": w.place})
}

// steps writes the keys of a user's own maps as they may be shown: not one that
// is more than a name, nor one that holds a secret of the values.
type steps struct {
	odd    *regexp.Regexp
	hidden redact.Hidden
}

func (s steps) shown(key string) string {
	if s.odd.MatchString(key) || s.hidden.Mask(key) != key {
		return redact.Redacted
	}
	return key
}

// step is the key as a step of a path.
func (s steps) step(key string) string {
	if shown := s.shown(key); shown != key {
		return shown
	}
	return escapeKey.Replace(key)
}

// escapeKey writes a key as a step of a path.
var escapeKey = strings.NewReplacer(`\`, `\\`, ".", `\.`, "[", `\[`, "]", `\]`)
