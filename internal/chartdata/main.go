// Command chartdata turns the chart's commented YAML data, dialects.yaml,
// backends.yaml and rules.yaml, into the JSON that templates and Go read. JSON is read seven
// times faster than YAML by a template, and has no comments to lose. Beside the
// rules stand the defaults of values.yaml and the types of its schema, which no
// template can read.
//
// The schema gets the types of Kubernetes that it refers to.
//
// The ranges of versions in pages come from the dialects too.
//
//	go run ./internal/chartdata charts/istio-lightstep README.md docs/dialects.md
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/kubetypes"
	"github.com/istio-lightstep/istio-lightstep/internal/ruletemplate"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: chartdata CHART [PAGE ...]")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "chartdata:", err)
		os.Exit(1)
	}
}

func write(chart string, pages []string) error {
	base := filepath.Join(chart, "files")
	table, err := dialects(filepath.Join(base, "dialects.yaml"))
	if err != nil {
		return err
	}
	out, err := table.JSON()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(chart, dialect.File), out, 0o644); err != nil {
		return err
	}
	for _, page := range append(pages, filepath.Join(chart, "Chart.yaml")) {
		if err := writeRanges(table, page); err != nil {
			return err
		}
	}
	if out, err = backends(filepath.Join(base, "backends.yaml")); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(base, "backends.json"), out, 0o644); err != nil {
		return err
	}
	if err := addTypes(filepath.Join(chart, "values.schema.json")); err != nil {
		return err
	}
	source, err := ruletemplate.Read(os.DirFS(chart))
	if err != nil {
		return err
	}
	if out, err = source.JSON(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(base, "rules.json"), out, 0o644); err != nil {
		return err
	}
	if out, err = source.Template(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(chart, "templates", "_rules.tpl"), out, 0o644)
}

// addTypes writes Kubernetes' types into the schema.
func addTypes(file string) error {
	schema, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	version, err := kubernetesVersion()
	if err != nil {
		return err
	}
	if schema, err = kubetypes.AddDefinitions(schema, version); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, schema, 0o644)
}

// kubernetesVersion gives the version of Kubernetes whose types go.mod names:
// that of k8s.io/api v0.37.0 is 1.37.
func kubernetesVersion() (string, error) {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if minor, ok := strings.CutPrefix(module.Version, "v0."); ok && module.Path == "k8s.io/api" {
			minor, _, _ = strings.Cut(minor, ".")
			return "1." + minor, nil
		}
	}
	return "", errors.New("the program does not know its version of k8s.io/api")
}

// dialects reads the rows, and completes each.
func dialects(file string) (*dialect.Table, error) {
	var source map[string]any
	if err := read(file, &source); err != nil {
		return nil, err
	}
	delete(source, "eras") // what rows share, and have taken
	encoded, err := encode(source)
	if err != nil {
		return nil, err
	}
	table, err := dialect.Complete(encoded)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return table, nil
}

func read(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// backends writes one preset a line.
func backends(file string) ([]byte, error) {
	var source struct {
		Presets  []map[string]any  `yaml:"presets"`
		Synonyms map[string]string `yaml:"synonyms"`
	}
	if err := read(file, &source); err != nil {
		return nil, err
	}
	presets := make([]any, len(source.Presets))
	for i, preset := range source.Presets {
		delete(preset, "facts") // no template reads them, and each would be read with every render
		delete(preset, "refusals")
		delete(preset, "holds")
		presets[i] = preset
	}
	synonyms, err := encode(source.Synonyms)
	if err != nil {
		return nil, err
	}
	list, err := lines(presets)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, `{"count": %d, "synonyms": %s, "presets": %s}`+"\n", len(source.Presets), synonyms, list), nil
}

// lines writes a list, an entry a line.
func lines(entries []any) ([]byte, error) {
	out := []byte("[\n")
	for i, entry := range entries {
		line, err := encode(entry)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i, err)
		}
		out = append(out, line...)
		if i < len(entries)-1 {
			out = append(out, ',')
		}
		out = append(out, '\n')
	}
	return append(out, ']'), nil
}

func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(buf.Bytes()), nil
}

// A range of versions in a page stands behind a comment that says which one it
// is, or before one in YAML:
//
//	<!-- istio: otlp -->1.16.1 – 1.32
//	on Istio 1.4 to 1.32 # istio: any
const capability, span = `istio: ([A-Za-z0-9 ]+)`, `([0-9.]+)( – | to )([0-9.]*[0-9])`

var (
	marker = regexp.MustCompile(`<!-- istio:|# istio:`)
	ranges = regexp.MustCompile(`<!-- ` + capability + ` -->` + span + `|` + span + ` # ` + capability)
)

// writeRanges writes the ranges of versions in a page.
func writeRanges(table *dialect.Table, page string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	written, err := withRanges(table, string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	return os.WriteFile(page, []byte(written), 0o644)
}

func withRanges(table *dialect.Table, text string) (string, error) {
	var errs []error
	if unread := len(marker.FindAllString(text, -1)) - len(ranges.FindAllString(text, -1)); unread > 0 {
		errs = append(errs, fmt.Errorf("%d comments `istio: …` without a range such as 1.4 – 1.14 or 1.4 to 1.14 beside them", unread))
	}
	text = ranges.ReplaceAllStringFunc(text, func(found string) string {
		parts := ranges.FindStringSubmatch(found)
		name, from, between, to := parts[1], parts[2], parts[3], parts[4]
		if name == "" {
			from, between, to, name = parts[5], parts[6], parts[7], parts[8]
		}
		can := capabilityOf(name)
		since, until := table.Range(can)
		if until == "" {
			errs = append(errs, fmt.Errorf("no Istio is known by %q", name))
		}
		return strings.Replace(found, from+between+to, since+between+until, 1)
	})
	return text, errors.Join(errs...)
}

// capabilityOf reads what a comment says: any, otlp, zipkin, `native meshConfig`,
// `delivery direct`, `output sail` or `telemetry v1`.
func capabilityOf(name string) dialect.Capability {
	kind, value, _ := strings.Cut(name, " ")
	switch kind {
	case "any":
		return dialect.Any
	case "delivery":
		return dialect.Delivers(value)
	case "output":
		return dialect.Takes(value)
	}
	return func(r *dialect.Row) bool {
		return kind == "receiver" && r.Receiver == value ||
			kind == "native" && r.Native == value ||
			kind == "telemetry" && strings.HasSuffix(r.Telemetry, "/"+value)
	}
}
