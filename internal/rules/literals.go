package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// literal is where a user's own configuration is rendered, and would be stored
// with any secret that is written into it.
var literalPlaces = []struct{ place, root, key string }{
	{"exporters", "collector", "exporters"},
	{"env", "collector", "env"},
	{"podLabels", "collector", "podLabels"},
	{"podAnnotations", "collector", "podAnnotations"},
	{"controlPlane", "controlPlane", "extensionProviders"},
	{"controlPlane", "controlPlane", "envVarFrom"},
}

// addLiterals lists, under literals, every text and number of the user's own
// configuration, with its path, its name (the last two keys, or the name that
// stands beside a value) and its place.
func addLiterals(subject Subject) {
	var found []any
	for _, p := range literalPlaces {
		w := walker{place: p.place}
		w.walk(subject.at("values", p.root, p.key), p.root+"."+p.key, p.root, p.key)
		found = append(found, w.found...)
	}
	if found != nil {
		subject["literals"] = found
	}
}

type walker struct {
	place string
	found []any
}

func (w *walker) walk(value any, path, parent, name string) {
	switch value := value.(type) {
	case map[string]any:
		given, hasName := value["name"].(string)
		_, hasValue := value["value"]
		pair := hasName && hasValue
		for _, key := range slices.Sorted(maps.Keys(value)) {
			called := key
			switch {
			case key == "valueFrom", pair && key == "name":
				continue
			case pair && key == "value":
				called = given
			}
			w.walk(value[key], path+"."+escapeKey.Replace(key), name, called)
		}
	case []any:
		for i, item := range value {
			w.walk(item, fmt.Sprintf("%s[%d]", path, i), parent, name)
		}
	case string, float64:
		w.found = append(w.found, map[string]any{"path": path, "name": parent + "." + name, "value": value, "place": w.place})
	}
}

// escapeKey writes a key as a step of a path.
var escapeKey = strings.NewReplacer(`\`, `\\`, ".", `\.`, "[", `\[`, "]", `\]`)
