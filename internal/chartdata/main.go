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
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
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
	defaults, err := readDefaults(chart)
	if err != nil {
		return err
	}
	files := filepath.Join(chart, "files")
	if err := convert(filepath.Join(files, "dialects"), nil); err != nil {
		return err
	}
	return convert(filepath.Join(files, "rules"), defaults)
}

// source is the shape of both files; each has one of the two lists.
type source struct {
	Public   []any            `yaml:"public"`
	Queue    map[string]any   `yaml:"queue"`
	Secrets  []string         `yaml:"secrets"`
	Dialects []map[string]any `yaml:"dialects"`
	Rules    []map[string]any `yaml:"rules"`
}

// convert reads base.yaml and writes base.json, one entry a line so that a
// change of one shows as one.
func convert(base string, defaults []any) error {
	data, err := os.ReadFile(base + ".yaml")
	if err != nil {
		return err
	}
	var src source
	if err := yaml.Unmarshal(data, &src); err != nil {
		return fmt.Errorf("%s.yaml: %w", base, err)
	}
	key, maps := "dialects", src.Dialects
	if src.Rules != nil {
		key, maps = "rules", src.Rules
	}
	if len(maps) == 0 {
		return fmt.Errorf("%s.yaml: neither dialects nor rules in it", base)
	}
	entries := make([]any, len(maps))
	for i, entry := range maps {
		entries[i] = entry
	}
	list, err := lines(entries)
	if err != nil {
		return fmt.Errorf("%s.yaml: %w", base, err)
	}
	// The count lets a reader see that a file was cut short.
	out := fmt.Appendf(nil, "{\"count\": %d, ", len(entries))
	if src.Queue != nil {
		queue, err := encode(src.Queue)
		if err != nil {
			return err
		}
		out = fmt.Appendf(out, "\"queue\": %s, ", queue)
	}
	if src.Rules != nil {
		public, err := encode(src.Public)
		if err != nil {
			return err
		}
		secrets, err := encode(src.Secrets)
		if err != nil {
			return err
		}
		out = fmt.Appendf(out, "\"public\": %s, \"secrets\": %s, ", public, secrets)
	}
	out = fmt.Appendf(out, "%q: %s", key, list)
	if defaults != nil {
		list, err := lines(defaults)
		if err != nil {
			return err
		}
		out = fmt.Appendf(out, ", \"defaults\": %s", list)
	}
	return os.WriteFile(base+".json", append(out, "}\n"...), 0o644)
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
