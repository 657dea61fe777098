package ruletemplate

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// entry is a key that the schema declares and that may not be null, with its
// default. That of a map is {}: its keys have entries of their own, behind it.
type entry struct {
	Path    string `json:"path"`
	Default any    `json:"default"`
}

// property is what is read of a schema.
type property struct {
	Type       any                 `json:"type"`
	Properties map[string]property `json:"properties"`
}

// readDefaults gives an entry for each key of values.yaml that values.schema.json
// does not let be null.
func readDefaults(chart fs.FS) ([]entry, error) {
	data, err := fs.ReadFile(chart, "values.yaml")
	if err != nil {
		return nil, err
	}
	var values map[string]any
	if err := yaml.Unmarshal(data, &values); err != nil {
		return nil, fmt.Errorf("values.yaml: %w", err)
	}
	if data, err = fs.ReadFile(chart, "values.schema.json"); err != nil {
		return nil, err
	}
	var schema property
	if err := json.Unmarshal(data, &schema); err != nil {
		return nil, fmt.Errorf("values.schema.json: %w", err)
	}
	return below("", schema, values)
}

// below gives the entries of a map's keys.
func below(prefix string, schema property, values map[string]any) ([]entry, error) {
	var entries []entry
	for _, key := range slices.Sorted(maps.Keys(schema.Properties)) {
		declared, path := schema.Properties[key], prefix+key
		if declared.nullable() {
			continue
		}
		value, ok := values[key]
		if !ok || value == nil {
			return nil, fmt.Errorf("values.yaml: %s has no default, and may not be null", path)
		}
		object, isMap := value.(map[string]any)
		if !isMap {
			entries = append(entries, entry{path, value})
			continue
		}
		entries = append(entries, entry{path, struct{}{}})
		inner, err := below(path+".", declared, object)
		if err != nil {
			return nil, err
		}
		entries = append(entries, inner...)
	}
	return entries, nil
}

func (p property) nullable() bool {
	types, ok := p.Type.([]any)
	return ok && slices.Contains(types, any("null"))
}
