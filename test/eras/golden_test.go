package eras_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/eras"
)

// An example with a .diff is its golden with those lines changed, and no others.
func TestGoldenByDiff(t *testing.T) {
	const base = "a\nb\nc\nd\n"
	for name, test := range map[string]struct{ diff, want, wrong string }{
		"the same":         {"", base, ""},
		"changed":          {"@@ -2 +2 @@ a\n-b\n+B\n", "a\nB\nc\nd\n", ""},
		"added at the top": {"@@ -0,0 +1 @@\n+x\n", "x\na\nb\nc\nd\n", ""},
		"added and gone":   {"@@ -1,0 +2,2 @@\n+x\n+y\n@@ -3,2 +5,0 @@\n-c\n-d\n", "a\nx\ny\nb\n", ""},
		"added at the end": {"@@ -4,0 +5 @@\n+e\n", "a\nb\nc\nd\ne\n", ""},
		"another base":     {"@@ -2 +2 @@\n-x\n+B\n", "", "is not line 2"},
		"out of order":     {"@@ -3 +3 @@\n-c\n@@ -1 +1 @@\n-a\n", "", "out of order"},
		"no head":          {"@@ b\n-b\n", "", "head of a hunk"},
		"context":          {"@@ -2 +2 @@\n b\n", "", "no line of a diff"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for file, text := range map[string]string{
				"one/rendered/cluster.yaml": base,
				"two/rendered/cluster.diff": "--- ../../one/rendered/cluster.yaml\n+++ cluster.yaml\n" + test.diff,
			} {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o750))
				require.NoError(t, os.WriteFile(filepath.Join(root, file), []byte(text), 0o600))
			}
			got, err := eras.Golden(filepath.Join(root, "two"), "cluster")
			if test.wrong != "" {
				assert.ErrorContains(t, err, test.wrong)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, string(got))
			_, err = eras.Golden(filepath.Join(root, "two"), "sail")
			assert.ErrorIs(t, err, os.ErrNotExist)
		})
	}
}

// What stands as a .diff is close to another example, which is there in full.
func TestDiffsAreShort(t *testing.T) {
	diffs, err := filepath.Glob("../../examples/*/rendered/*.diff")
	require.NoError(t, err)
	require.NotEmpty(t, diffs)
	for _, file := range diffs {
		diff, err := os.ReadFile(file)
		require.NoError(t, err)
		folder, output := filepath.Dir(filepath.Dir(file)), strings.TrimSuffix(filepath.Base(file), ".diff")
		golden, err := eras.Golden(folder, output)
		require.NoError(t, err)
		assert.Less(t, 3*strings.Count(string(diff), "\n"), strings.Count(string(golden), "\n"), "%s: keep the whole document", file)
	}
}
