package ruletemplate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// shape writes the template that holds the values against the schema: types,
// and nulls where there must be a value.
func (s Source) shape(out *strings.Builder) {
	out.WriteString(`
{{- /* Notes in .shape what has another type in .values than the schema declares, and puts defaults in the place of nulls. */ -}}
{{- define "istio-lightstep.shape" -}}
{{- $shape := .shape -}}
{{- $values := .values -}}
`)
	shapes{out, s.defaults}.keys("$values", "", s.types, "")
	out.WriteString("{{- end -}}\n")
}

type shapes struct {
	out      *strings.Builder
	defaults map[string]any
}

// keys writes the checks of what is in a map that has a variable.
func (w shapes) keys(of, prefix string, d *declaration, indent string) {
	for _, key := range slices.Sorted(maps.Keys(d.Keys)) {
		w.key(field(of, key), of, key, prefix+key, d.Keys[key], indent)
	}
}

func (w shapes) key(at, of, key, path string, d *declaration, indent string) {
	good := make([]string, 0, len(d.Is)+1)
	for _, name := range d.Is {
		good = append(good, fmt.Sprintf("%q", kindOf[name]))
	}
	value, needed := w.defaults[path]
	if !needed && !slices.Contains(d.Is, "null") {
		good = append(good, `"invalid"`)
	}
	wrong := fmt.Sprintf(`{{- include "istio-lightstep.misshapen" (dict "of" %s "key" %q "path" %q "is" %s "default" %s "shape" $shape) -}}`,
		of, key, path, literal(texts(d.Is)), literal(value))
	name := "$" + variable(strings.Split("values."+path, "."))
	switch {
	case d.Is[0] == "object" && len(d.Keys) > 0:
		fmt.Fprintf(w.out, "%s{{- if not (eq (kindOf %s) %s) -}}%s{{- end -}}\n", indent, at, strings.Join(good, " "), wrong)
		fmt.Fprintf(w.out, "%s{{- $%s := %s -}}\n%s{{- if kindIs \"map\" $%s -}}\n", indent, name[1:], at, indent, name[1:])
		w.keys(name, path+".", d, indent+"  ")
		fmt.Fprintf(w.out, "%s{{- end -}}\n", indent)
	case d.Items != nil || d.Others != nil || slices.Contains(d.Is, "integer"):
		there := at
		if d.Items == nil && d.Others == nil { // most numbers are whole
			there = fmt.Sprintf(`and (kindIs "float64" %s) (ne %s (floor %s))`, at, at, at)
		}
		fmt.Fprintf(w.out, "%s{{- if not (eq (kindOf %s) %s) -}}%s\n%s{{- else if %s -}}", indent, at, strings.Join(good, " "), wrong, indent, there)
		fmt.Fprintf(w.out, `{{- include "istio-lightstep.typesBelow" (dict "value" %s "path" %q "type" %s "shape" $shape) -}}{{- end -}}`+"\n", at, path, literal(d.data()))
	default:
		fmt.Fprintf(w.out, "%s{{- if not (eq (kindOf %s) %s) -}}%s{{- end -}}\n", indent, at, strings.Join(good, " "), wrong)
	}
}

// kindOf is what templates call the types of JSON's schemas.
var kindOf = map[string]string{
	"string": "string", "number": "float64", "integer": "float64", "boolean": "bool", "array": "slice", "object": "map", "null": "invalid",
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, text := range list {
		out[i] = text
	}
	return out
}

// data gives a declaration as templates walk it.
func (d *declaration) data() map[string]any {
	data := map[string]any{"is": texts(d.Is)}
	if d.Items != nil {
		data["items"] = d.Items.data()
	}
	if d.Others != nil {
		data["others"] = d.Others.data()
	}
	keys := map[string]any{}
	for key, below := range d.Keys {
		keys[key] = below.data()
	}
	if len(keys) > 0 {
		data["keys"] = keys
	}
	return data
}

// facts writes what else rules.yaml says.
func (s Source) facts(out *strings.Builder) {
	places := make([]any, len(s.Literals.Places))
	for i, p := range s.Literals.Places {
		steps := strings.Split(p.Path, ".")
		last := len(steps) - 1
		places[i] = map[string]any{"place": p.Place, "path": p.Path, "parent": steps[max(last-1, 0)], "name": steps[last]}
	}
	facts := map[string]any{
		"secrets": texts(s.Secrets), "odd": s.Literals.OddKey, "harmless": s.Literals.Harmless, "reference": s.Literals.Reference, "filled": s.Literals.Filled,
		"places":       places,
		"exporterKeys": s.Keys, "exposed": s.Sent, "files": s.Files, "forms": s.Forms, "words": s.Words, "components": s.Types, "operators": s.Ops,
	}
	out.WriteString(`
{{- /* Keeps what the subject and the texts are made by, once, as ._facts. */ -}}
{{- define "istio-lightstep.facts" -}}
{{- if not (hasKey . "_facts") -}}
{{- $facts := dict -}}
`)
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		fmt.Fprintf(out, "{{- $_ := set $facts %q %s -}}\n", name, literal(facts[name]))
	}
	out.WriteString("{{- $_ := set . \"_facts\" $facts -}}\n{{- end -}}\n{{- end -}}\n")
}

// JSON gives what Go tells of the rules, and what it may show, one rule a line.
func (s Source) JSON() ([]byte, error) {
	out := []byte(`{"public": `)
	add := func(value any, after string) (err error) {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		err = encoder.Encode(value)
		out = append(append(out, bytes.TrimSpace(text.Bytes())...), after...)
		return err
	}
	err := errors.Join(add(s.Public, `, "secrets": `), add(s.Secrets, ", \"rules\": [\n"))
	for i, r := range s.Rules {
		after := ",\n"
		if i == len(s.Rules)-1 {
			after = "\n]}\n"
		}
		err = errors.Join(err, add(map[string]any{"id": r["id"], "reason": r["reason"], "source": r["source"]}, after))
	}
	return out, err
}

// declaration is what values may be by the schema.
type declaration struct {
	Is     typeNames               `json:"type"`
	Keys   map[string]*declaration `json:"properties"`
	Others *declaration            `json:"additionalProperties"`
	Items  *declaration            `json:"items"`
}

// typeNames are one or several in a schema.
type typeNames []string

// UnmarshalJSON reads either.
func (t *typeNames) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte("[")) {
		return json.Unmarshal(text, (*[]string)(t))
	}
	*t = typeNames{""}
	return json.Unmarshal(text, &(*t)[0])
}

// readTypes gives the types that values.schema.json declares: of a value that
// becomes part of an object of Kubernetes, what the chart says of it.
func readTypes(chart fs.FS) (*declaration, error) {
	data, err := fs.ReadFile(chart, "values.schema.json")
	if err != nil {
		return nil, err
	}
	var whole map[string]any
	var declared declaration
	if err = json.Unmarshal(data, &whole); err == nil {
		delete(whole, "definitions")
		if data, err = json.Marshal(ownPart(whole)); err == nil {
			err = json.Unmarshal(data, &declared)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("values.schema.json: %w", err)
	}
	return &declared, nil
}

// named is a pattern of keys that is a list of them.
var named = regexp.MustCompile(`^\^(?:\(([A-Za-z|]+)\)|([A-Za-z]+))\$$`)

// ownPart leaves the first of schemas that all hold, which is the chart's, and of
// what further keys may be only a schema. Keys that a pattern names, as those are that
// have no default, are properties as others are.
func ownPart(schema any) any {
	of, ok := schema.(map[string]any)
	if !ok {
		return schema
	}
	if all, ok := of["allOf"].([]any); ok && len(all) > 0 {
		return ownPart(all[0])
	}
	if _, isBool := of["additionalProperties"].(bool); isBool {
		delete(of, "additionalProperties")
	}
	patterns, _ := of["patternProperties"].(map[string]any)
	for pattern, below := range patterns {
		names := named.FindStringSubmatch(pattern)
		if schema, ok := below.(map[string]any); !ok || schema["type"] == nil || names == nil {
			continue
		}
		properties, ok := of["properties"].(map[string]any)
		if !ok {
			properties = map[string]any{}
			of["properties"] = properties
		}
		for _, name := range strings.Split(names[1]+names[2], "|") {
			properties[name] = below
		}
	}
	for key, below := range of {
		of[key] = ownPart(below)
	}
	return of
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

// readDefaults gives the default of each key of values.yaml that may not be null.
// That of a map is {}: its keys have defaults of their own.
func (d *declaration) readDefaults(chart fs.FS) (map[string]any, error) {
	data, err := fs.ReadFile(chart, "values.yaml")
	if err != nil {
		return nil, err
	}
	var values map[string]any
	if err := yaml.Unmarshal(data, &values); err != nil {
		return nil, fmt.Errorf("values.yaml: %w", err)
	}
	defaults := map[string]any{}
	return defaults, d.defaults("", values, defaults)
}

func (d *declaration) defaults(prefix string, values, into map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(d.Keys)) {
		path, value := prefix+key, values[key]
		object, isMap := value.(map[string]any)
		switch declared := d.Keys[key]; {
		case slices.Contains(declared.Is, "null"):
		case value == nil:
			return fmt.Errorf("values.yaml: %s has no default, and may not be null", path)
		case isMap:
			into[path] = map[string]any{}
			if err := declared.defaults(path+".", object, into); err != nil {
				return err
			}
		default:
			into[path] = value
		}
	}
	return nil
}
