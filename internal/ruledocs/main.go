// Command ruledocs writes docs/rules.md, the page of all rules, from the chart's rules.yaml.
//
//	go run ./internal/ruledocs charts/istio-lightstep/files/rules.yaml docs/rules.md
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"sigs.k8s.io/yaml"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: ruledocs RULES.YAML PAGE.MD")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "ruledocs:", err)
		os.Exit(1)
	}
}

func write(rulesFile, page string) error {
	table, err := load(rulesFile)
	if err != nil {
		return err
	}
	return os.WriteFile(page, []byte(table.page()), 0o644)
}

// table is rules.yaml, as far as its readers are told of it.
type table struct {
	Secrets []string `json:"secrets"`
	Rules   []rule   `json:"rules"`
}

type rule struct {
	ID       string      `json:"id"`
	Severity string      `json:"severity"`
	When     []condition `json:"when"`
	Path     string      `json:"path"`
	Reason   string      `json:"reason"`
	Fix      string      `json:"fix"`
	Source   string      `json:"source"`
}

func load(file string) (table, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return table{}, err
	}
	var t table
	if err := yaml.Unmarshal(data, &t); err != nil {
		return table{}, fmt.Errorf("%s: %w", file, err)
	}
	if len(t.Rules) == 0 {
		return table{}, fmt.Errorf("%s: %w", file, errors.New("no rules in it"))
	}
	return t, nil
}

func (t table) page() string {
	var out strings.Builder
	errorCount := 0
	for _, r := range t.Rules {
		if r.Severity == "error" {
			errorCount++
		}
	}
	out.WriteString("<!-- Made from charts/istio-lightstep/files/rules.yaml by `make generate`; change it there. -->\n")
	out.WriteString("# Rules\n\n")
	out.WriteString(wrap(fmt.Sprintf("The rules that the values must satisfy: %d errors and %d warnings. An error stops the "+
		"render, and all errors are reported at once. A warning is reported, and the render continues. A template of the "+
		"chart evaluates them, so `helm install` and `istio-lightstep check` report the same problems.", errorCount, len(t.Rules)-errorCount)))
	out.WriteString("\n")
	out.WriteString(wrap("`{…}` in a text is replaced by the value at that path; `{value}` is the value at the rule's own path. " +
		"The value of " + code(t.Secrets) + " is never printed."))
	out.WriteString("\n")
	out.WriteString(wrap("A path that begins with `document.` is in your own control-plane document (`istio-lightstep check --with`); " +
		"`live` is what `helm install` reads from the cluster. [values.md](values.md#additional-checks-in-go) lists the checks that only Go does."))
	out.WriteString("\n" + wrap("The first rule of each large group, by the first word of the name: "+strings.Join(t.groups(), ", ")+"."))
	out.WriteString("\n| rule | severity | path |\n|---|---|---|\n")
	for _, r := range t.Rules {
		fmt.Fprintf(&out, "| [%s](#%s) | %s | `%s` |\n", r.ID, strings.ToLower(r.ID), r.Severity, r.Path)
	}
	for _, r := range t.Rules {
		out.WriteString("\n" + r.section())
	}
	return out.String()
}

// groups are links to the first rules of those groups, by the first word of the name, that have more than three.
func (t table) groups() []string {
	var names []string
	rules := map[string][]rule{}
	for _, r := range t.Rules {
		name := strings.ToLower(strings.Split(r.ID, "-")[1])
		if rules[name] == nil {
			names = append(names, name)
		}
		rules[name] = append(rules[name], r)
	}
	var links []string
	for _, name := range names {
		if of := rules[name]; len(of) > 3 {
			links = append(links, fmt.Sprintf("[%s](#%s) (%d)", name, strings.ToLower(of[0].ID), len(of)))
		}
	}
	return links
}

func (r rule) section() string {
	out := fmt.Sprintf("## %s\n\n", r.ID)
	out += wrap(fmt.Sprintf("%s at `%s`: %s.", strings.ToUpper(r.Severity[:1])+r.Severity[1:], r.Path, prose(r.Reason)))
	if scope := scope(r.When); scope != "" {
		out += item("Where: " + scope + ".")
	}
	out += item("Fix: " + prose(r.Fix) + ".")
	return out + item("Known from: "+prose(r.Source)+".")
}

// lineLength is the longest line of the page, its tables left out.
const lineLength = 120

// wrap ends its lines at spaces, so that none is longer than lineLength where it can be helped.
func wrap(text string) string { return wrapIndented(text, "") }

func item(text string) string { return "- " + wrapIndented(text, "  ")[2:] }

func wrapIndented(text, indent string) string {
	var out strings.Builder
	line := indent
	for word := range strings.FieldsSeq(text) {
		if len(line) > len(indent) && len([]rune(line))+1+len([]rune(word)) > lineLength {
			out.WriteString(line + "\n")
			line = indent
		}
		if len(line) > len(indent) {
			line += " "
		}
		line += word
	}
	out.WriteString(line + "\n")
	return out.String()
}

// prose makes a rule's text Markdown: what is between backticks stays as it is, the rest loses its meaning as markup.
func prose(text string) string {
	parts := strings.Split(text, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = markup.Replace(parts[i])
	}
	return strings.Join(parts, "`")
}

var markup = strings.NewReplacer("<", "&lt;", ">", "&gt;", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`)

func code(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = "`" + strings.TrimPrefix(word, "values.") + "`"
	}
	return strings.Join(quoted, ", ")
}

// condition is one of rules.yaml: all, any or not, or a path and one operator.
type condition map[string]json.RawMessage

// scope says in words where a rule counts. A condition that holds a pattern is left out: those only keep two rules from
// telling the same fault, and the reason says what is wrong.
func scope(conditions []condition) string {
	var told []string
	for _, c := range conditions {
		if text := c.text(); text != "" {
			told = append(told, text)
		}
	}
	return strings.Join(told, "; ")
}

func (c condition) text() string {
	for key, join := range map[string]string{"all": " and ", "any": " or "} {
		if raw, ok := c[key]; ok {
			return joined(raw, join)
		}
	}
	if raw, ok := c["not"]; ok {
		var inner condition
		if json.Unmarshal(raw, &inner) != nil || inner.text() == "" {
			return ""
		}
		return "not: " + inner.text()
	}
	return c.comparison()
}

// joined is "" where one part cannot be told: half a condition says something else.
func joined(raw json.RawMessage, join string) string {
	var parts []condition
	if json.Unmarshal(raw, &parts) != nil {
		return ""
	}
	texts := make([]string, len(parts))
	for i, part := range parts {
		if texts[i] = part.text(); texts[i] == "" {
			return ""
		}
	}
	return strings.Join(texts, join)
}

func (c condition) comparison() string {
	var path string
	if json.Unmarshal(c["path"], &path) != nil {
		return ""
	}
	subject := "`" + strings.TrimPrefix(path, "values.") + "` "
	words := map[string]string{
		"equals": "is ", "in": "is one of ", "contains": "contains ", "below": "is below ", "above": "is above ", "is": "is a ",
	}
	for operator, word := range words {
		if raw, ok := c[operator]; ok {
			return subject + word + operand(raw)
		}
	}
	if raw, ok := c["present"]; ok {
		if string(raw) == "true" {
			return subject + "is there"
		}
		return subject + "is not there"
	}
	return ""
}

// operand is a value or list of values as written, or the path that it refers to.
func operand(raw json.RawMessage) string {
	var reference struct{ Ref string }
	if json.Unmarshal(raw, &reference) == nil && reference.Ref != "" {
		return code([]string{reference.Ref})
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	words := make([]string, len(list))
	for i, entry := range list {
		words[i] = strings.Trim(string(entry), `"`)
	}
	return code(words)
}
