package release

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLicenses reads the terms of packages from their folders up to their module's.
func TestLicenses(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o600))
	}
	write("a/LICENSE", "terms of a")
	write("a/NOTICE.txt", "notice of a")
	write("a/license.go", "package a")
	write("a/forked/COPYING", "terms of what a forked")
	write("a/forked/deep/deep.go", "package deep")
	write("a/other/LICENSE", "terms of what is not in the binary")
	write("b/b.go", "package b")
	write("go/LICENSE", "terms of Go")
	write("go/src/io/io.go", "package io")
	modules := map[string]licenses{}
	listed := `{"Dir": "` + root + `/a/forked/deep", "Module": {"Path": "example.com/a", "Version": "v1.2.3", "Dir": "` + root + `/a"}}
{"Dir": "` + root + `/b", "Module": {"Path": "example.com/b", "Version": "v0.1.0", "Dir": "` + root + `/b"}}
{"Dir": "` + root + `/go/src/io", "Standard": true}
{"Dir": "` + root + `", "Module": {"Path": "example.com/main", "Main": true, "Dir": "` + root + `"}}`
	require.NoError(t, addLicenses(modules, listed, licenses{module: "Go", version: "go1.26"}, filepath.Join(root, "go")))
	assert.Equal(t, map[string]licenses{
		"example.com/a": {module: "example.com/a", version: "v1.2.3", texts: map[string]string{
			"LICENSE": "terms of a", "NOTICE.txt": "notice of a", "forked/COPYING": "terms of what a forked",
		}},
		"example.com/b": {module: "example.com/b", version: "v0.1.0", texts: map[string]string{}},
		"Go":            {module: "Go", version: "go1.26", texts: map[string]string{"LICENSE": "terms of Go"}},
	}, modules)
	page := string(licensesPage(modules))
	assert.Contains(t, page, "\nexample.com/a v1.2.3\n")
	assert.Contains(t, page, "\nLICENSE\n\nterms of a\n")
	assert.NotContains(t, page, "not in the binary")
}
