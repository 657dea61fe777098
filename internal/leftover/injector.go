package leftover

import (
	"encoding/json"
	"regexp"
	"strings"
)

// injectorName is what the ConfigMaps with istiod's injection templates begin with: every
// Istio to 1.31 has LightStep's volume in these, for where it is the tracer.
const injectorName = "istio-sidecar-injector"

// action is one of a Go template, with its keyword.
var action = regexp.MustCompile(`\{\{-?\s*(if|range|with|define|block|else if|else with|else|end)\b(.*?)-?\}\}`)

// isTracer tells a condition that holds only if LightStep is the tracer, unless it has
// one of the words of otherwise.
var (
	isTracer  = regexp.MustCompile(`\beq\s+\.Values\.global\.proxy\.tracer\s+"lightstep"`)
	otherwise = regexp.MustCompile(`\b(or|not)\b`)
)

func onlyLightStep(condition string) bool {
	return isTracer.MatchString(condition) && !otherwise.MatchString(condition)
}

// withoutEffect gives a template whose blocks for LightStep as the tracer are empty,
// line by line. Whether it is the tracer, the values say, which are looked at by
// themselves.
func withoutEffect(template string) string {
	var out strings.Builder
	var open []bool // blocks, and which of them are for LightStep alone
	at, hidden := 0, 0
	write := func(text string) {
		if hidden > 0 {
			text = strings.Repeat("\n", strings.Count(text, "\n"))
		}
		out.WriteString(text)
	}
	set := func(lightstep bool) {
		if lightstep {
			hidden++
		}
		open = append(open, lightstep)
	}
	leave := func() {
		if n := len(open) - 1; n >= 0 {
			if open[n] {
				hidden--
			}
			open = open[:n]
		}
	}
	for _, m := range action.FindAllStringSubmatchIndex(template, -1) {
		write(template[at:m[0]])
		keyword, rest := template[m[2]:m[3]], template[m[4]:m[5]]
		if keyword == "end" || strings.HasPrefix(keyword, "else") {
			leave()
		}
		if keyword != "end" {
			set(strings.HasSuffix(keyword, "if") && onlyLightStep(rest))
		}
		write(template[m[0]:m[1]])
		at = m[1]
	}
	write(template[at:])
	return out.String()
}

// readJSON gives the object that a text is in JSON, such as the values of the injector.
func readJSON(text string) (map[string]any, bool) {
	var object map[string]any
	if !strings.HasPrefix(strings.TrimSpace(text), "{") || json.Unmarshal([]byte(text), &object) != nil {
		return nil, false
	}
	return object, true
}

// isDefault tells Istio's own values for LightStep, which hold nothing, by where they
// are and what is in them.
func isDefault(path, key string, value any) bool {
	parents := strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == ' ' })
	n := len(parents)
	return key == "lightstep" && n > 1 && parents[n-2] == "global" && parents[n-1] == "tracer" && isEmpty(value)
}

func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, inner := range v {
			if !isEmpty(inner) {
				return false
			}
		}
		return true
	}
	return false
}
