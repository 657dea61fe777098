// Command chartdata turns the chart's commented YAML data, dialects.yaml and
// rules.yaml, into the JSON that templates and Go read. JSON is read seven
// times faster than YAML by a template, and has no comments to lose. Beside the
// rules stand the defaults of values.yaml, which no template can read.
//
//	go run ./internal/chartdata charts/istio-lightstep
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: chartdata CHART")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "chartdata:", err)
		os.Exit(1)
	}
}

func write(chart string) error {
	files := filepath.Join(chart, "files")
	if err := convert(filepath.Join(files, "dialects"), dialects); err != nil {
		return err
	}
	defaults, err := readDefaults(chart)
	if err != nil {
		return err
	}
	return convert(filepath.Join(files, "rules"), func(data []byte) ([]byte, error) { return rules(data, defaults) })
}

// convert reads base.yaml and writes base.json.
func convert(base string, to func([]byte) ([]byte, error)) error {
	data, err := os.ReadFile(base + ".yaml")
	if err != nil {
		return err
	}
	out, err := to(data)
	if err != nil {
		return fmt.Errorf("%s.yaml: %w", base, err)
	}
	return os.WriteFile(base+".json", out, 0o644)
}

// dialects completes each row.
func dialects(data []byte) ([]byte, error) {
	var source map[string]any
	if err := yaml.Unmarshal(data, &source); err != nil {
		return nil, err
	}
	delete(source, "eras") // what rows share, and have taken
	encoded, err := encode(source)
	if err != nil {
		return nil, err
	}
	table, err := dialect.Complete(encoded)
	if err != nil {
		return nil, err
	}
	return table.JSON()
}

// rules writes one rule a line so that a change of one shows as one, and the
// defaults behind them.
func rules(data []byte, defaults []any) ([]byte, error) {
	var source struct {
		Public   []any          `yaml:"public"`
		Secrets  []string       `yaml:"secrets"`
		Literals map[string]any `yaml:"literals"`
		Rules    []any          `yaml:"rules"`
	}
	if err := yaml.Unmarshal(data, &source); err != nil {
		return nil, err
	}
	if len(source.Rules) == 0 {
		return nil, errors.New("no rules in it")
	}
	public, err := encode(source.Public)
	if err != nil {
		return nil, err
	}
	secrets, err := encode(source.Secrets)
	if err != nil {
		return nil, err
	}
	literals, err := encode(source.Literals)
	if err != nil {
		return nil, err
	}
	list, err := lines(source.Rules)
	if err != nil {
		return nil, err
	}
	nulls, err := lines(defaults)
	if err != nil {
		return nil, err
	}
	// The count lets a reader see that the file was cut short.
	return fmt.Appendf(nil, `{"count": %d, "public": %s, "secrets": %s, "literals": %s, "rules": %s, "defaults": %s}`+"\n",
		len(source.Rules), public, secrets, literals, list, nulls), nil
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
