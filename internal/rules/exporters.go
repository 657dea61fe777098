package rules

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// variable is what the collector replaces by a variable of its environment,
// where no default stands beside the name.
var variable = regexp.MustCompile(`\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)\}`)

// addExporters lists, under exporters, each further exporter of the collector
// with its path, its name as it is given and its settings, how long it tries
// again, and a key that it does not know; and under references
// each variable that one names, with the path of the text, its name, and
// whether collector.env has it. It reads literals.
func (l literals) addExporters(subject Subject, hidden redact.Hidden, keys exporterKeys) {
	step := steps{l.oddKey, hidden}.step
	exporters, _ := subject.at("values", "collector", "exporters").(map[string]any)
	var found []any
	for _, name := range slices.Sorted(maps.Keys(exporters)) {
		path := "collector.exporters." + step(name)
		exporter := map[string]any{"path": path, "name": name, "settings": exporters[name]}
		addRetry(exporter)
		keys.addUnknown(exporter, step)
		found = append(found, exporter)
	}
	if found != nil {
		subject["exporters"] = found
	}
	if references := referencesIn(subject); references != nil {
		subject["references"] = references
	}
}

func referencesIn(subject Subject) []any {
	env := map[any]bool{}
	given, _ := subject.at("values", "collector", "env").([]any)
	for _, entry := range given {
		if name, ok := at(entry, []string{"name"}).(string); ok {
			env[name] = true
		}
	}
	var found []any
	literals, _ := subject["literals"].([]any)
	for _, entry := range literals {
		literal := entry.(map[string]any)
		value, _ := literal["value"].(string)
		if literal["place"] != "exporters" && literal["place"] != "backends" {
			continue
		}
		// $$ stands for $.
		for _, match := range variable.FindAllStringSubmatch(strings.ReplaceAll(value, "$$", ""), -1) {
			found = append(found, map[string]any{"path": literal["path"], "name": match[1], "given": env[match[1]]})
		}
	}
	return found
}
