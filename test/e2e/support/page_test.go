package support

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/suite"
)

const root = "../../.."

// TestPageIsTheResults fails where docs/support.md says other than what was run.
func TestPageIsTheResults(t *testing.T) {
	want, err := Page(root)
	require.NoError(t, err)
	kept, err := os.ReadFile(filepath.Join(root, PageFile))
	require.NoError(t, err)
	assert.Equal(t, want, string(kept), "run: go -C test/e2e run ./support/cmd/page")
}

// What ran is found, what failed is not hidden, and what is missing is an error.
func TestPageReadsWhatRan(t *testing.T) {
	r := reader{root: root}
	minors := r.minors()
	require.NoError(t, r.err)
	byName := map[string]*minor{}
	for _, m := range minors {
		byName[m.Name] = m
	}
	assert.Equal(t, "1.4", minors[len(minors)-1].Name)
	assert.Equal(t, []string{"1.4.1"}, byName["1.4"].Documents)
	assert.Equal(t, "1.20.0", byName["1.20"].Mesh)
	assert.NotEmpty(t, byName["1.31"].Documents)
	assert.Empty(t, byName["1.6"].Documents)
	assert.Empty(t, byName["1.6"].Like)
	assert.Equal(t, []string{"1.28.0"}, byName["1.27"].Like)
	assert.Equal(t, []string{"1.31.0"}, byName["1.30"].Like)
	assert.NotZero(t, byName["1.20"].Passed)

	// A new row is enough for the page to name what Istio supports then.
	newest := &minor{Name: "1.99"}
	assert.Equal(t, minors[1].Name+", "+minors[0].Name+" and 1.99", list(supported(append([]*minor{newest}, minors...))))
	assert.Empty(t, list(supported(nil)))

	folder := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "test", "conformance"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "test", "conformance", "results.csv"), []byte(
		"istioctl,rendered for,document,delivery,mesh settings in,seen\n"+
			"1.4.1,1.4.1,cluster,native,document,20\n1.4.1,1.4.1,sail,native,document,2\n1.5.0,1.5.4,cluster,native,document,\n"), 0o600))
	assert.Equal(t, map[string][]string{"1.4": {"1.4.1"}}, (&reader{root: folder}).documents())

	// What ran on an older tree is marked, and so is what may have.
	today := measured.Setup{Collector: "2", Chart: "c", Examples: "e"}
	older, unknown := today, measured.Setup{}
	older.Collector = "1"
	var m minor
	m.count(suite.Run{Istio: "1.9.0", Items: []suite.Item{
		{Result: suite.Failed, Setup: older},
		{Result: suite.Passed, Setup: older},
		{Result: suite.Passed, Setup: unknown},
		{Result: suite.Passed, Setup: today},
		{Result: suite.Skipped, Setup: older},
	}}, 7, today)
	assert.Equal(t, minor{Mesh: "1.9.0", Passed: 3, Skipped: 1, Failed: 1, Not: 2, Older: 2, Perhaps: 1}, m)
	assert.Equal(t, "1.9.0: 3 items passed, 1 skipped, 1 failed, 2 not run. **Older than this tree**: 2. **Perhaps older than this tree**: 1", m.Ran())
	assert.Equal(t, "1.9.0: 1 items passed", (&minor{Mesh: "1.9.0", Passed: 1}).Ran())

	assert.Empty(t, r.one("a", "(b)"))
	require.ErrorContains(t, r.err, "nothing matches (b)")
	_, err := Page(t.TempDir())
	require.Error(t, err)
}
