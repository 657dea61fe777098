package ignore_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
)

func TestAnUnknownIDIsAnErrorThatNamesTheNearOne(t *testing.T) {
	t.Parallel()
	known, err := ignore.OfMesh()
	require.NoError(t, err)
	ids, err := ignore.Parse([]string{"LS-SAMPLING-PARTIAL", "ls-leftover"}, known)
	require.NoError(t, err)
	assert.True(t, ids.Has("LS-LEFTOVER"))
	assert.False(t, ids.Has("LS-SAMPLING-NONE"))
	_, err = ignore.Parse([]string{"LS-SAMPLING-PARTAIL", "LS-LEFTOVER", "x\x1b"}, known)
	require.ErrorContains(t, err, `--ignore: "LS-SAMPLING-PARTAIL" is not the ID of a finding; did you mean LS-SAMPLING-PARTIAL?, "X\\x1b" is not`)
	_, err = ignore.Parse([]string{""}, known)
	require.Error(t, err)
}

// TestEveryIDOfCodeIsKnown finds ids that somebody could see, and not ignore.
func TestEveryIDOfCodeIsKnown(t *testing.T) {
	t.Parallel()
	known, err := ignore.OfValues()
	require.NoError(t, err)
	assert.Contains(t, known, "LS-COLLECTOR-ALONE", "of a rule")
	literal := regexp.MustCompile(`"(LS-[A-Z0-9-]+[A-Z0-9])"`)
	for _, pattern := range []string{"backend", "certificate", "document", "schema", "values", "../pkg/render"} {
		files, err := filepath.Glob(filepath.Join("..", pattern, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, match := range literal.FindAllStringSubmatch(string(data), -1) {
				assert.Contains(t, known, match[1], file)
			}
		}
	}
}
