// Package digest tells whether what the chart renders is what it was, by the objects
// that the examples keep.
package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// defaults are the examples whose objects are the chart's by default, with a collector
// and direct.
var defaults = []string{"istio-1.26", "istio-1.26-direct"}

// Defaults is that of what the chart of the tree at root renders by default, as the
// examples keep it. Comments, the order of keys and the chart's own version are no part
// of it.
func Defaults(root string) (string, error) {
	hash := sha256.New()
	for _, example := range defaults {
		files, err := filepath.Glob(filepath.Join(root, "examples", example, "rendered", "*.yaml"))
		if err != nil {
			return "", err
		}
		if len(files) == 0 {
			return "", fmt.Errorf("examples/%s has no rendered objects", example)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			_, _ = fmt.Fprintln(hash, example, filepath.Base(file)) // a hash takes all
			if err := add(hash, string(text)); err != nil {
				return "", fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	return hex.EncodeToString(hash.Sum(nil))[:12], nil
}

// Examples is the digest of what the chart of the tree at root renders with the values of
// each example, as they keep it. Comments and the chart's own version are no part of it.
func Examples(root string) (string, error) {
	files, err := filepath.Glob(filepath.Join(root, "examples", "*", "rendered", "*"))
	if err != nil {
		return "", err
	}
	slices.Sort(files)
	hash := sha256.New()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintln(hash, "/"+filepath.ToSlash(name))
		for line := range strings.Lines(string(text)) {
			own := func(label string) bool { return strings.Contains(line, label) }
			if !strings.HasPrefix(line, "#") && !slices.ContainsFunc(ownVersion, own) {
				_, _ = io.WriteString(hash, line)
			}
		}
	}
	return hex.EncodeToString(hash.Sum(nil))[:12], nil
}

// ownVersion are labels that name the chart's version.
var ownVersion = []string{"helm.sh/chart", "app.kubernetes.io/version"}

func add(to io.Writer, stream string) error {
	for document := range strings.SplitSeq(stream, "\n---\n") {
		var object any
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			return err
		}
		drop(object)
		text, err := json.Marshal(object)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(to, "%s\n", text); err != nil {
			return err
		}
	}
	return nil
}

// drop removes labels of the chart's version, wherever they are.
func drop(value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, label := range ownVersion {
			delete(value, label)
		}
		for _, inner := range value {
			drop(inner)
		}
	case []any:
		for _, inner := range value {
			drop(inner)
		}
	}
}
