package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// declaration is what values may be by the schema, as internal/rules reads it.
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
func readTypes(chart string) (*declaration, error) {
	data, err := os.ReadFile(filepath.Join(chart, "values.schema.json"))
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
