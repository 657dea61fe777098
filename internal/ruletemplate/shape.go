package ruletemplate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	w := shapes{out: out, defaults: map[string]any{}}
	for _, d := range s.defaults {
		w.defaults[d.Path] = d.Default
	}
	w.keys("$values", "", s.types, "")
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
	if _, isMap := value.(struct{}); isMap {
		value = map[string]any{}
	}
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
		"secrets": texts(s.Secrets), "odd": s.Literals.OddKey, "harmless": s.Literals.Harmless, "reference": s.Literals.Reference,
		"places":       places,
		"exporterKeys": s.Keys, "forms": s.Forms, "words": s.Words,
	}
	out.WriteString(`
{{- /* Keeps what the subject and the texts are made by, once, as ._facts. */ -}}
{{- define "istio-lightstep.facts" -}}
{{- if not (hasKey . "_facts") -}}
{{- $facts := dict -}}
`)
	for _, name := range sorted(facts) {
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
