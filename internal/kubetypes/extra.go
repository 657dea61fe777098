package kubetypes

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed extra.yaml
var extraYAML []byte

// extra is what extra.yaml says of a type.
type extra struct {
	Source     string            `yaml:"source"`
	Only       []string          `yaml:"only"`
	Optional   []string          `yaml:"optional"`
	Required   []string          `yaml:"required"`
	Plain      []string          `yaml:"plain"`
	OneOf      []string          `yaml:"oneOf"`
	AtMostOne  []string          `yaml:"atMostOne"`
	AtLeastOne []string          `yaml:"atLeastOne"`
	Fields     map[string]object `yaml:"fields"`
	When       []when            `yaml:"when"`
}

type when struct {
	Has     map[string]any    `yaml:"has"`
	With    []string          `yaml:"with"`
	Without []string          `yaml:"without"`
	Fields  map[string]object `yaml:"fields"`
}

func readExtra() (map[string]extra, error) {
	var all map[string]extra
	decoder := yaml.NewDecoder(bytes.NewReader(extraYAML))
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		return nil, fmt.Errorf("extra.yaml: %w", err)
	}
	return all, nil
}

// condition gives the schema that a map fulfils which has what is asked for, and
// how people are told of it.
func (w when) condition() (schema object, told string) {
	properties, required := object{}, []string{}
	for _, field := range slices.Sorted(maps.Keys(w.Has)) {
		required = append(required, field)
		told = "beside " + field
		switch is := w.Has[field].(type) {
		case []any:
			properties[field] = object{"enum": is}
			texts := make([]string, len(is))
			for i, one := range is {
				texts[i] = fmt.Sprint(one)
			}
			told = "with " + field + " " + strings.Join(texts, " or ")
		case object:
			properties[field] = written(is)
			if len(is) == 0 {
				properties[field] = notNull
			}
		}
	}
	return object{"type": "object", "required": required, "properties": properties}, told
}

var (
	notNull = object{"not": object{"type": "null"}}
	isNull  = object{"type": "null"}
)

// schema gives what holds of a map of these fields.
func (w when) schema(f *fields) object {
	is, told := w.condition()
	then := object{}
	properties := object{}
	for _, field := range w.Without {
		properties[field] = without(told)
	}
	for field, more := range w.Fields {
		properties[field] = written(more)
	}
	if len(w.With) > 0 {
		want, fix := "a value "+told, "set it"
		then["required"], then["description"], then["$comment"] = w.With, want, fix
		for _, field := range w.With {
			more, given := properties[field].(object)
			if !given {
				more = object{"description": want, "$comment": fix}
			}
			if more["type"] == nil {
				more["type"] = f.shapes[field].is
			}
			properties[field] = more
		}
	}
	then["properties"] = properties
	return object{"if": is, "then": then}
}

func without(told string) object {
	return object{"type": "null", "description": "no value " + told, "$comment": "remove it, or set it to null"}
}

// atMostOne gives a schema for each of the fields that others may not be beside.
func atMostOne(names []string) (all []any) {
	for i, name := range names[:max(len(names)-1, 0)] {
		others := object{}
		for _, other := range names[i+1:] {
			others[other] = without("beside " + name)
		}
		all = append(all, object{"if": present(name), "then": object{"properties": others}})
	}
	return all
}

// atLeastOne gives the schema of a map that has one of the fields or more.
func atLeastOne(names []string) []any {
	if len(names) == 0 {
		return nil
	}
	want := object{"description": strings.Join(names, " or "), "$comment": "write one of them"}
	if len(names) == 1 {
		maps.Copy(want, present(names[0]))
	} else {
		any := make([]any, len(names))
		for i, name := range names {
			any[i] = present(name)
		}
		want["anyOf"] = any
	}
	return []any{object{"if": object{"type": "object"}, "then": want}}
}

func present(name string) object {
	return object{"type": "object", "required": []string{name}, "properties": object{name: notNull}}
}

// written gives a schema of extra.yaml as JSON's schemas have it.
func written(node object) object {
	out := object{}
	var all []any
	for _, key := range slices.Sorted(maps.Keys(node)) {
		value := node[key]
		switch key {
		case "want":
			out["description"] = value
		case "fix":
			out["$comment"] = value
		case "atMostOne":
			all = append(all, atMostOne(texts(value))...)
		case "atLeastOne":
			all = append(all, atLeastOne(texts(value))...)
		default:
			out[key] = writtenBelow(value)
		}
	}
	if given, ok := out["allOf"].([]any); ok {
		all = append(all, given...)
	}
	if len(all) > 0 {
		out["allOf"] = all
	}
	return out
}

func writtenBelow(value any) any {
	switch of := value.(type) {
	case object:
		return written(of)
	case []any:
		out := make([]any, len(of))
		for i, item := range of {
			out[i] = writtenBelow(item)
		}
		return out
	}
	return value
}

func texts(value any) (all []string) {
	list, _ := value.([]any)
	for _, item := range list {
		all = append(all, fmt.Sprint(item))
	}
	return all
}
