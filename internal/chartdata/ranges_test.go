package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
)

func TestRanges(t *testing.T) {
	table, err := dialect.Load()
	require.NoError(t, err)
	newest := table.Newest().Minor
	for text, want := range map[string]string{
		"<!-- istio: any -->1.0 to 1.1, and 1.2 to 1.3.":    "<!-- istio: any -->1.4 to " + newest + ", and 1.2 to 1.3.",
		"| <!-- istio: receiver otlp -->1.0 – 1.1 | 1.16 |": "| <!-- istio: receiver otlp -->1.16.1 – " + newest + " | 1.16 |",
		"<!-- istio: receiver zipkin -->1.1 – 1.2":          "<!-- istio: receiver zipkin -->1.15 – 1.16.0",
		"<!-- istio: native meshConfig -->1.1 – 1.2":        "<!-- istio: native meshConfig -->1.6 – 1.14",
		"<!-- istio: telemetry v1alpha1 -->1.1 – 1.2":       "<!-- istio: telemetry v1alpha1 -->1.16.1 – 1.21",
		"<!-- istio: output sail -->1.1 – 1.2":              "<!-- istio: output sail -->1.22 – " + newest,
		"a: on 1.0 to 1.1 # istio: delivery direct\n":       "a: on 1.26 to " + newest + " # istio: delivery direct\n",
		"1.4 to 1.14": "1.4 to 1.14",
	} {
		got, err := withRanges(table, text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got)
		again, err := withRanges(table, got)
		require.NoError(t, err)
		assert.Equal(t, got, again)
	}
	for text, says := range map[string]string{
		"<!-- istio: any --> 1.4 to 1.14":         "1 comments `istio: …` without a range",
		"<!-- istio: any -->1.4":                  "without a range",
		"<!-- istio: delivery owl -->1.4 to 1.14": `no Istio is known by "delivery owl"`,
		"<!-- istio: pigeon -->1.4 to 1.14":       `no Istio is known by "pigeon"`,
	} {
		_, err := withRanges(table, text)
		assert.ErrorContains(t, err, says, text)
	}
}

// TestRangesAreMarked: a range that ends with the newest Istio is one that the
// next row moves, so it is written by `make generate`.
func TestRangesAreMarked(t *testing.T) {
	const root = "../.."
	table, err := dialect.Load()
	require.NoError(t, err)
	unmarked := regexp.MustCompile(`[0-9]\.[0-9.]+( – | to |-|–)` + regexp.QuoteMeta(table.Newest().Minor) + `\b`)
	kinds := regexp.MustCompile(`(\.md|\.gotmpl|\.tmpl|\.svg|Chart\.yaml|values\.yaml)$`)
	marked := 0
	require.NoError(t, filepath.WalkDir(root, func(page string, entry fs.DirEntry, err error) error {
		switch name := strings.TrimPrefix(page, root+"/"); {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && page != root:
			return filepath.SkipDir
		case entry.IsDir() || !kinds.MatchString(name):
			return nil
		case slices.Contains([]string{"CHANGELOG.md", "docs/rules.md", "charts/istio-lightstep/README.md"}, name):
			return nil // they tell of versions as they were then, or come from what is looked at here
		}
		text, err := os.ReadFile(page)
		marked += len(ranges.FindAllString(string(text), -1))
		rest := ranges.ReplaceAllString(string(text), "")
		assert.Empty(t, unmarked.FindAllString(rest, -1), "%s: put a comment before it, as internal/chartdata/ranges.go says", page)
		return err
	}))
	assert.Greater(t, marked, 10)
}
