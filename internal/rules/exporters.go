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
// and that of each backend with its path, its name, its settings, how long it
// tries again, and its place; under exporterSettings what those of OTLP do not
// know; and under references each variable that one names, with the path of the
// text, its name, and whether collector.env has it. It reads backends and
// literals.
func (r *Rules) addExporters(subject Subject, hidden redact.Hidden) {
	wrong := settingsWalk{steps: steps{r.literals.oddKey, hidden}, keys: r.keys, words: r.types.Words}
	exporters, _ := subject.at("values", "collector", "exporters").(map[string]any)
	var found []any
	files := queueFilesOf(subject)
	for _, name := range slices.Sorted(maps.Keys(exporters)) {
		path := "collector.exporters." + wrong.step(name)
		exporter := map[string]any{"path": path, "name": name, "settings": exporters[name], "place": "exporters"}
		if other := files.add(name); other != name {
			exporter["sharesFile"] = other
		}
		addRetry(exporter)
		found = append(found, exporter)
		wrong.exporter(name, path, exporters[name])
	}
	backends, _ := subject["backends"].([]any)
	for _, backend := range backends {
		backend := backend.(map[string]any)
		tls := map[string]any{}
		for _, file := range [][2]string{{"ca", "ca_file"}, {"client", "cert_file"}, {"client", "key_file"}} {
			if isNamed(at(backend, []string{"tls", file[0]})) {
				tls[file[1]] = "of the chart"
			}
		}
		path, name := textOf(backend["path"])+".exporter", textOf(backend["exporterName"])
		exporter := map[string]any{"path": path, "name": name, "settings": laid(map[string]any{"tls": tls}, mapOf(backend["exporter"])), "place": "backends"}
		addRetry(exporter)
		found = append(found, exporter)
		wrong.exporter(name, path, backend["ownExporter"])
	}
	if found != nil {
		subject["exporters"] = found
	}
	if wrong.found != nil {
		subject["exporterSettings"] = wrong.found
	}
	if references := referencesIn(subject); references != nil {
		subject["references"] = references
	}
}

// queueFiles are the names of exporters by the files of their queues, which the
// collector's file_storage names by an exporter's type, _ and its name.
type queueFiles map[string]string

// queueFilesOf gives those of the chart's own exporters.
func queueFilesOf(subject Subject) queueFiles {
	files := queueFiles{}
	if subject["lightstep"] == true {
		files.add("otlp_grpc/lightstep")
	}
	backends, _ := subject["backends"].([]any)
	for _, backend := range backends {
		files.add(backend.(map[string]any)["exporterName"].(string))
	}
	return files
}

// add gives the first exporter of this one's file.
func (f queueFiles) add(exporter string) string {
	kind, name, _ := strings.Cut(exporter, "/")
	file := kind + "_" + name
	if _, ok := f[file]; !ok {
		f[file] = exporter
	}
	return f[file]
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
