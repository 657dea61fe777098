// Command chartdata turns the chart's commented YAML data, dialects.yaml,
// backends.yaml and rules.yaml, into the JSON that templates and Go read. JSON is read seven
// times faster than YAML by a template, and has no comments to lose. Beside the
// rules stand the defaults of values.yaml and the types of its schema, which no
// template can read.
//
// The ranges of versions in pages come from the dialects too.
//
//	go run ./internal/chartdata charts/istio-lightstep README.md docs/dialects.md
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
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
