package kubetypes

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var reference = regexp.MustCompile(`"#/definitions/([A-Za-z0-9]+)"`)

// mark is where the definitions begin in a schema that has them.
var mark = []byte(",\n  \"definitions\": {\n")

// list is what the name of a definition ends in that is of a list of a type.
const list = "List"

// ErrUnknownType is that of a schema that refers to a type that is none of these.
var ErrUnknownType = errors.New("unknown type of Kubernetes")

// AddDefinitions gives a schema with the definitions of the types that it refers
// to, such as Volume or VolumeList, and all within these, a line each. version is that of Kubernetes, such as
// 1.37, and stands in each.
func AddDefinitions(schemaJSON []byte, version string) ([]byte, error) {
	head, _, given := bytes.Cut(schemaJSON, mark)
	if !given {
		head = bytes.TrimSuffix(bytes.TrimSpace(schemaJSON), []byte("\n}"))
	}
	all, err := definitions(version)
	if err != nil {
		return nil, err
	}
	used := map[string][]byte{}
	if err := use(all, used, head); err != nil || len(used) == 0 {
		return schemaJSON, err
	}
	out := append(bytes.Clone(head), mark...)
	for i, name := range slices.Sorted(maps.Keys(used)) {
		if i > 0 {
			out = append(out, ",\n"...)
		}
		out = fmt.Appendf(out, "    %q: %s", name, used[name])
	}
	return append(out, "\n  }\n}\n"...), nil
}

// use adds the definitions that a text refers to, and all that these refer to.
func use(all map[string]object, used map[string][]byte, text []byte) error {
	for _, match := range reference.FindAllSubmatch(text, -1) {
		name := string(match[1])
		if _, ok := used[name]; ok {
			continue
		}
		definition, ok := all[name]
		if of, isList := strings.CutSuffix(name, list); isList && all[of] != nil {
			definition, ok = object{"type": "array", "items": shape{object: of}.written(false)}, true
		}
		if !ok {
			return fmt.Errorf("%w: %s", ErrUnknownType, name)
		}
		var line bytes.Buffer
		encoder := json.NewEncoder(&line)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(definition); err != nil {
			return err
		}
		used[name] = bytes.TrimSpace(line.Bytes())
		if err := use(all, used, used[name]); err != nil {
			return err
		}
	}
	return nil
}

// definitions gives the schema of each struct, null among what it takes.
func definitions(version string) (map[string]object, error) {
	more, err := readExtra()
	if err != nil {
		return nil, err
	}
	s := structs{all: map[string]*fields{}, extra: more}
	for _, t := range types {
		if _, err := s.shape(t); err != nil {
			return nil, err
		}
	}
	out := map[string]object{}
	for name, f := range s.all {
		if out[name], err = s.definition(name, f); err != nil {
			return nil, fmt.Errorf("extra.yaml: %s: %w", name, err)
		}
		out[name]["description"] = name + " of Kubernetes " + version
	}
	for name := range more {
		if s.all[name] == nil {
			return nil, fmt.Errorf("extra.yaml: %w: %s", ErrUnknownType, name)
		}
	}
	return out, nil
}

func (s structs) definition(name string, f *fields) (object, error) {
	more := s.extra[name]
	must := slices.DeleteFunc(slices.Concat(f.must, more.Required), func(field string) bool { return slices.Contains(more.Optional, field) })
	properties := object{}
	for field, of := range f.shapes {
		if slices.Contains(more.Plain, field) {
			of.below = &shape{is: of.below.is}
		}
		properties[field] = with(of.written(!slices.Contains(must, field)), more.Fields[field], !slices.Contains(must, field))
	}
	out := object{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}
	if len(must) > 0 {
		slices.Sort(must)
		out["required"] = must
	}
	all := slices.Concat(atMostOne(more.AtMostOne), atLeastOne(more.OneOf), atMostOne(more.OneOf), atLeastOne(more.AtLeastOne))
	for _, w := range more.When {
		all = append(all, w.schema(f))
	}
	if len(all) > 0 {
		out["allOf"] = all
	}
	return out, f.knows(more)
}

// knows gives an error where extra.yaml names a field that is none.
func (f *fields) knows(more extra) error {
	names := slices.Concat(more.Only, more.Optional, more.Required, more.Plain, more.OneOf, more.AtMostOne, more.AtLeastOne, slices.Collect(maps.Keys(more.Fields)))
	for _, w := range more.When {
		names = slices.Concat(names, w.With, w.Without, slices.Collect(maps.Keys(w.Has)), slices.Collect(maps.Keys(w.Fields)))
	}
	for _, name := range names {
		if _, ok := f.shapes[name]; !ok {
			return fmt.Errorf("it has no field %s", name)
		}
	}
	return nil
}

// written gives the schema of a shape.
func (s shape) written(orNull bool) object {
	if s.object != "" {
		ref := object{"$ref": "#/definitions/" + s.object}
		if orNull {
			return ref
		}
		return object{"if": isNull, "then": object{"type": "object"}, "else": ref}
	}
	out := object{"type": s.is}
	if orNull {
		out["type"] = append(slices.Clone(s.is), "null")
	}
	maps.Copy(out, s.schema)
	if s.below != nil && s.is[0] == "array" {
		out["items"] = s.below.written(false)
	} else if s.below != nil {
		// Helm 3 keeps a null of values that Helm 4 removes.
		out["additionalProperties"] = s.below.written(true)
	}
	return out
}

// with gives a schema that has more.
func with(is, more object, orNull bool) object {
	if more == nil {
		return is
	}
	more = written(more)
	if values, ok := more["enum"].([]any); ok {
		if orNull {
			more["enum"] = append(values, nil)
		}
		return more
	}
	for _, deep := range []string{"$ref", "if", "items", "additionalProperties"} {
		if is[deep] != nil {
			return object{"allOf": []any{is, more}}
		}
	}
	maps.Copy(is, more)
	return is
}
