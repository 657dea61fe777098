package schema

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/istio-lightstep/istio-lightstep/internal/values"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// unknownKey is the problem of a key that the schema at a location does not
// declare.
func (s *Schema) unknownKey(location string, path yamltree.Path) problem.Problem {
	p := problem.Problem{ID: "LS-VALUES-UNKNOWN-KEY", Reason: "the chart has no such key"}
	key, parent := fmt.Sprint(path[len(path)-1]), path[:len(path)-1]
	var here []string
	if sub := s.at[location]; sub != nil {
		here = keys(sub)
	}
	sibling, elsewhere := Nearest(key, here), s.paths[key]
	switch {
	case len(parent) == 0 && key == "values":
		p.Fix = "take the leading `values.` away: istioctl needs it, this chart does not"
	case sibling != "":
		p.Reason += fmt.Sprintf("; did you mean `%s`?", sibling)
		p.Fix = fmt.Sprintf("write `%s`", append(slices.Clone(parent), sibling).Shown())
	case len(elsewhere) == 1:
		p.Reason += fmt.Sprintf(" here; did you mean `%s`?", elsewhere[0])
		p.Fix = fmt.Sprintf("move it to `%s`", elsewhere[0])
	case len(here) > 0 && len(here) <= 12:
		p.Fix = "take it away; the keys here are " + strings.Join(here, ", ")
	default:
		p.Fix = "take it away; the keys are those of the chart's values.yaml"
	}
	return p
}

// Nearest gives the word that was probably meant, or "".
func Nearest(word string, words []string) string {
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s)) }
	best, bestDistance := "", 0
	for _, w := range words {
		a, b := plain(word), plain(w)
		if len(a) >= 3 && strings.HasPrefix(b, a) && len(b)-len(a) <= 4 {
			b = a // a beginning counts as the whole
		}
		allowed := max(len(b)/3, 1)
		if len(a)-len(b) > allowed || len(b)-len(a) > allowed {
			continue
		}
		d := levenshtein.ComputeDistance(a, b)
		if d <= allowed && d < max(len(a), 1) && (best == "" || d < bestDistance) {
			best, bestDistance = w, d
		}
	}
	return best
}

// wrongTypeProblem is the problem of a value of the wrong type.
func wrongTypeProblem(path yamltree.Path, k *kind.Type, at values.Position) problem.Problem {
	reason := fmt.Sprintf("got %s, want %s", named(k.Got), orList(k.Want))
	if text, ok := shown(at); ok {
		reason = fmt.Sprintf("got %s %s, want %s", named(k.Got), text, orList(k.Want))
	}
	return problem.Problem{ID: "LS-VALUES-TYPE", Reason: reason, Fix: typeFix(path, k, at)}
}

// typeFix tells how to give a value of the wanted type by the same source.
func typeFix(path yamltree.Path, k *kind.Type, at values.Position) string {
	want := nullLast(k.Want)[0]
	if slices.Contains(k.Want, "string") {
		want = "string"
	}
	if at.Flag != "" {
		return flagFix(path.Shown(), want, at.Flag)
	}
	if k.Got == "null" && want != "null" {
		return "give it a value, or take the key away"
	}
	if text, ok := shown(at); ok && want == "string" && (k.Got == "number" || k.Got == "boolean") {
		return fmt.Sprintf(`quote it: "%s"`, text)
	}
	return cmp.Or(written[want], documented)
}

// written tells how a file has a value of each type.
var written = map[string]string{
	"string":  "write text, in quotes if it looks like a number or like true",
	"number":  "write a number, without quotes",
	"integer": "write a whole number, without quotes",
	"boolean": "write true or false, without quotes",
	"array":   "write a list: each item on a line of its own after `- `, or [a, b]",
	"object":  "write keys and values below it, indented",
}

// flagFix tells which flag gives a value of the wanted type. What --set reads
// as a number is whole; 0.5 is a string to it.
func flagFix(path, want, flag string) string {
	switch want {
	case "string":
		if flag == "--set-json" {
			return fmt.Sprintf(`put the value in double quotes: --set-json '%s="…"'`, path)
		}
		return fmt.Sprintf("use --set-string %s=…", path)
	case "number", "integer":
		return fmt.Sprintf("use --set-json %s=… with a %s; --set reads whole numbers only", path, named(want))
	case "boolean":
		return fmt.Sprintf("use --set %s=true or =false", path)
	case "array":
		return fmt.Sprintf("use --set '%s={a,b}' or --set-json '%s=[…]'", path, path)
	case "object":
		return fmt.Sprintf("set the keys below it: --set %s.KEY=…", path)
	}
	return documented
}

// notListed is the problem of a value that is none of those listed.
func notListed(k *kind.Enum, at values.Position) problem.Problem {
	var listed []string
	for _, want := range k.Want {
		if want == nil || want == "" {
			continue // as good as none
		}
		text, isText := want.(string)
		if !isText {
			data, _ := json.Marshal(want)
			text = string(data)
		}
		listed = append(listed, text)
	}
	p := problem.Problem{
		ID:     "LS-VALUES-ENUM",
		Reason: "is not one of those allowed",
		Fix:    "write one of " + strings.Join(listed, ", "),
	}
	if text, ok := shown(at); ok {
		p.Reason = fmt.Sprintf(`"%s" is not one of those allowed`, text)
		if meant := Nearest(text, listed); meant != "" {
			p.Reason += fmt.Sprintf("; did you mean `%s`?", meant)
		}
	}
	return p
}

// shown gives a scalar as its file writes it, where that is known, public and
// short.
func shown(at values.Position) (string, bool) {
	return at.Text, at.Text != "" && len(at.Text) <= 60
}

// named gives a JSON type by the name YAML users know.
func named(jsonType string) string {
	switch jsonType {
	case "array":
		return "list"
	case "object":
		return "map"
	case "integer":
		return "whole number"
	}
	return jsonType
}

// nullLast gives types with null after those that a value may have.
func nullLast(types []string) []string {
	others := slices.DeleteFunc(slices.Clone(types), func(t string) bool { return t == "null" })
	if len(others) < len(types) {
		others = append(others, "null")
	}
	return others
}

func orList(types []string) string {
	names := make([]string, len(types))
	for i, t := range nullLast(types) {
		names[i] = named(t)
	}
	return strings.Join(names, " or ")
}
