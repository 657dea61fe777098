package ruletemplate

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
)

// declaration is what values may be by the schema.
type declaration struct {
	Is     []string                `json:"is"`
	Keys   map[string]*declaration `json:"keys,omitempty"`
	Others *declaration            `json:"others,omitempty"`
	Items  *declaration            `json:"items,omitempty"`
}

// schemaOf is what is read of a schema for that.
type schemaOf struct {
	Type       any                 `json:"type"`
	Properties map[string]schemaOf `json:"properties"`
	Others     json.RawMessage     `json:"additionalProperties"` // a boolean, or a schema
	Items      *schemaOf           `json:"items"`
}

// readTypes gives the types that values.schema.json declares.
func readTypes(chart fs.FS) (*declaration, error) {
	data, err := fs.ReadFile(chart, "values.schema.json")
	if err != nil {
		return nil, err
	}
	var schema schemaOf
	if err := json.Unmarshal(data, &schema); err != nil {
		return nil, fmt.Errorf("values.schema.json: %w", err)
	}
	return schema.declaration()
}

// declaration gives none for a schema that names no type.
func (s schemaOf) declaration() (*declaration, error) {
	var d declaration
	switch of := s.Type.(type) {
	case string:
		d.Is = []string{of}
	case []any:
		for _, name := range of {
			d.Is = append(d.Is, fmt.Sprint(name))
		}
	default:
		return nil, nil
	}
	for key, property := range s.Properties {
		below, err := property.declaration()
		if err != nil {
			return nil, err
		}
		if below != nil {
			if d.Keys == nil {
				d.Keys = map[string]*declaration{}
			}
			d.Keys[key] = below
		}
	}
	var err error
	if len(s.Others) > 0 && s.Others[0] == '{' {
		var others schemaOf
		if err := json.Unmarshal(s.Others, &others); err != nil {
			return nil, fmt.Errorf("values.schema.json: additionalProperties: %w", err)
		}
		if d.Others, err = others.declaration(); err != nil {
			return nil, err
		}
	}
	if s.Items != nil {
		d.Items, err = s.Items.declaration()
	}
	return &d, err
}

// at gives what is declared for a path, nil where nothing is.
func (d *declaration) at(path []string) *declaration {
	if d == nil || len(path) == 0 {
		return d
	}
	if path[0] == "[]" {
		return d.Items.at(path[1:])
	}
	if below, ok := d.Keys[path[0]]; ok {
		return below.at(path[1:])
	}
	return d.Others.at(path[1:])
}

func (d *declaration) isText() bool {
	return d != nil && !slices.ContainsFunc(d.Is, func(name string) bool {
		return name == "number" || name == "integer" || name == "boolean"
	})
}
