package rules

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// types are those that the schema declares, from rules.json, and the words for
// them.
type types struct {
	Words  map[string]typeWord `json:"words"` // by the JSON type
	Values declared            `json:"values"`
}

// typeWord is what a type is called, and how to write one.
type typeWord struct {
	Name string `json:"name"`
	Fix  string `json:"fix"`
}

// declared are the types that a value may have, and those of what is in it:
// by key, of keys that have no entry, and of a list's items.
type declared struct {
	Is     []string            `json:"is"`
	Keys   map[string]declared `json:"keys"`
	Others *declared           `json:"others"`
	Items  *declared           `json:"items"`
}

// loadTypes reads them. They may be missing.
func (r *Rules) loadTypes(given any) error {
	data, err := json.Marshal(given)
	if err == nil {
		err = json.Unmarshal(data, &r.types)
	}
	if err != nil {
		return &LoadError{"types", fmt.Errorf("%w: %w", ErrMalformed, err)}
	}
	return nil
}

// addTypes lists under types where the values have another type than the schema
// declares, what is there, what may be, and how to write that. Null stands for a
// key that is missing, but is no item of a list.
func (r *Rules) addTypes(subject Subject) {
	if r.types.Values.Is == nil {
		return
	}
	w := typeWalk{types: r.types, steps: steps{r.literals.oddKey, r.public.Hidden(subject)}}
	w.visit("", subject["values"], r.types.Values)
	if w.found != nil {
		subject["types"] = w.found
	}
}

type typeWalk struct {
	types
	steps
	found []any
}

func (w *typeWalk) visit(path string, value any, d declared) {
	got := jsonType(value)
	if number, ok := value.(float64); ok && slices.Contains(d.Is, "integer") && math.Floor(number) == number {
		got = "integer"
	}
	if !slices.Contains(d.Is, got) {
		w.add(path, got, d.Is)
		return
	}
	switch value := value.(type) {
	case []any:
		if d.Items != nil {
			for i, item := range value {
				w.visit(path+"["+strconv.Itoa(i)+"]", item, *d.Items)
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			below, ok := d.Keys[key]
			if !ok && d.Others != nil {
				below = *d.Others
			}
			if value[key] != nil && below.Is != nil {
				w.visit(strings.TrimPrefix(path+"."+w.step(key), "."), value[key], below)
			}
		}
	}
}

// add says what is wrong. Where text may be, that is written.
func (w *typeWalk) add(path, got string, want []string) {
	first := want[0]
	if slices.Contains(want, "string") {
		first = "string"
	}
	var names []string
	for _, name := range want {
		names = append(names, w.Words[name].Name)
	}
	w.found = append(w.found, map[string]any{
		"path": path, "got": w.Words[got].Name, "want": strings.Join(names, " or "), "fix": w.Words[first].Fix,
	})
}

func jsonType(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "null"
}
