package rules

import (
	"fmt"
	"strings"
)

// standard is a key that may not be null, and its default.
type standard struct {
	path  string
	steps []string
	value any
}

// loadDefaults reads the list of defaults in rules.json. It may be missing.
func (r *Rules) loadDefaults(list any) []error {
	entries, ok := list.([]any)
	if !ok && list != nil {
		return []error{&LoadError{"defaults", fmt.Errorf("%w: no list", ErrMalformed)}}
	}
	for i, entry := range entries {
		object, _ := entry.(map[string]any)
		path, _ := object["path"].(string)
		if path == "" || object["default"] == nil {
			name := fmt.Sprintf("default %d", i)
			return []error{&LoadError{name, fmt.Errorf("%w: it needs a path and a default", ErrMalformed)}}
		}
		r.defaults = append(r.defaults, standard{path, strings.Split(path, "."), object["default"]})
	}
	return nil
}

// fillNulls puts defaults in the place of nulls that the user gave, so that no
// rule judges a hole, and lists them under nulls.
func (r *Rules) fillNulls(subject Subject) {
	var nulls []any
	filled := map[string]bool{}
	for _, d := range r.defaults {
		last := len(d.steps) - 1
		parent, ok := at(subject["values"], d.steps[:last]).(map[string]any)
		if !ok || parent[d.steps[last]] != nil {
			continue
		}
		shown := "the defaults"
		if _, isMap := d.value.(map[string]any); isMap {
			parent[d.steps[last]] = map[string]any{}
		} else {
			parent[d.steps[last]] = d.value
			shown = "the default, " + encode(d.value)
		}
		filled[d.path] = true
		if !filled[strings.Join(d.steps[:last], ".")] {
			nulls = append(nulls, map[string]any{"path": d.path, "default": shown})
		}
	}
	if nulls != nil {
		subject["nulls"] = nulls
	}
}
