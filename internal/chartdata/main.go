// Command chartdata turns the chart's commented YAML data, dialects.yaml and
// rules.yaml, into the JSON that templates and Go read. JSON is read seven
// times faster than YAML by a template, and has no comments to lose.
//
//	go run ./internal/chartdata charts/istio-lightstep/files
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: chartdata FOLDER")
		os.Exit(2)
	}
	for _, name := range []string{"dialects", "rules"} {
		if err := convert(filepath.Join(os.Args[1], name)); err != nil {
			fmt.Fprintln(os.Stderr, "chartdata:", err)
			os.Exit(1)
		}
	}
}

// source is the shape of both files; each has one of the two lists.
type source struct {
	Secrets  []string         `yaml:"secrets"`
	Dialects []map[string]any `yaml:"dialects"`
	Rules    []map[string]any `yaml:"rules"`
}

// convert reads base.yaml and writes base.json, one entry a line so that a
// change of one shows as one.
func convert(base string) error {
	data, err := os.ReadFile(base + ".yaml")
	if err != nil {
		return err
	}
	var src source
	if err := yaml.Unmarshal(data, &src); err != nil {
		return fmt.Errorf("%s.yaml: %w", base, err)
	}
	key, entries := "dialects", src.Dialects
	if src.Rules != nil {
		key, entries = "rules", src.Rules
	}
	if len(entries) == 0 {
		return fmt.Errorf("%s.yaml: neither dialects nor rules in it", base)
	}
	secrets, err := encode(src.Secrets)
	if err != nil {
		return err
	}
	// The count lets a reader see that a file was cut short.
	out := fmt.Appendf(nil, "{\"count\": %d, \"secrets\": %s, %q: [\n", len(entries), secrets, key)
	for i, entry := range entries {
		line, err := encode(entry)
		if err != nil {
			return fmt.Errorf("%s.yaml: %s %d: %w", base, key, i, err)
		}
		out = append(out, line...)
		if i < len(entries)-1 {
			out = append(out, ',')
		}
		out = append(out, '\n')
	}
	return os.WriteFile(base+".json", append(out, "]}\n"...), 0o644)
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
