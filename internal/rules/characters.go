package rules

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// misread are the characters that YAML takes for the end of a line, or does not
// take at all, where Helm writes a text that has them; \r\n is none. The chart's
// templates have the same expression.
var misread = regexp.MustCompile("\r(?:[^\n]|$)|[\x7f-\u009f\u2028\u2029\ufeff\ufffe\uffff]")

// addCharacters lists under characters where the values have such a one: not in
// the global values, which other charts share, nor in secrets, of which none is
// written as it is.
func (r *Rules) addCharacters(subject Subject) {
	w := characters{secrets: r.secrets, steps: steps{r.literals.oddKey, r.public.Hidden(subject)}}
	values, _ := subject["values"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if key != "global" {
			w.entry("", key, values[key])
		}
	}
	if w.found != nil {
		subject["characters"] = w.found
	}
}

type characters struct {
	steps
	secrets []string
	found   []any
}

// entry looks at a key of the map at a path and at what it holds.
func (w *characters) entry(path, key string, value any) {
	if bad := misread.FindString(key); bad != "" {
		w.add(path, bad)
		return
	}
	step := w.step(key)
	if path != "" {
		step = path + "." + step
	}
	w.visit(step, value)
}

func (w *characters) visit(path string, value any) {
	switch value := value.(type) {
	case string:
		if bad := misread.FindString(value); bad != "" && !slices.Contains(w.secrets, "values."+path) {
			w.add(path, bad)
		}
	case []any:
		for i, item := range value {
			w.visit(path+"["+strconv.Itoa(i)+"]", item)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			w.entry(path, key, value[key])
		}
	}
}

func (w *characters) add(path, bad string) {
	r, _ := utf8.DecodeRuneInString(bad)
	w.found = append(w.found, map[string]any{"path": path, "character": strings.Trim(strconv.QuoteToASCII(string(r)), `"`)})
}
