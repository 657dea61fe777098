package results_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/results"
)

func TestReadGivesWhatWasWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "new", "rows.json")
	rows, err := results.Read[[]int](file)
	require.NoError(t, err)
	assert.Nil(t, rows, "there is no file yet")

	require.NoError(t, results.Write(file, []int{3, 4}))
	rows, err = results.Read[[]int](file)
	require.NoError(t, err)
	assert.Equal(t, []int{3, 4}, rows)

	require.NoError(t, os.WriteFile(file, []byte("[3,"), 0o600))
	_, err = results.Read[[]int](file)
	require.ErrorContains(t, err, file)
}
