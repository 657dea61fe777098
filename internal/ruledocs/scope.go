package main

import (
	"encoding/json"
	"strings"
)

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
