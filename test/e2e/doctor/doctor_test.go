package doctor

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	folder = "../results"
	root   = "../../.."
)

// TestPageIsTheResults fails where docs/doctor.md says other than the run.
func TestPageIsTheResults(t *testing.T) {
	t.Parallel()
	want, err := Page(folder)
	require.NoError(t, err)
	kept, err := os.ReadFile(filepath.Join(root, PageFile))
	require.NoError(t, err)
	assert.Equal(t, want, string(kept), "run: go -C test/e2e run ./doctor/cmd/page")
}

// TestResultsAreOfTheTable fails where a result is of no breakage any more, or of
// one that was changed since.
func TestResultsAreOfTheTable(t *testing.T) {
	t.Parallel()
	type key struct {
		delivery          Delivery
		name, finds, what string
	}
	table, err := Table(root)
	require.NoError(t, err)
	known := map[key]Breakage{}
	for _, b := range table {
		known[key{b.Delivery, b.Name, b.Finds, b.What}] = b
		assert.FileExists(t, filepath.Join(root, "docs/findings", b.Finds+".md"))
	}
	kept, err := Read(filepath.Join(folder, filepath.Base(File)))
	require.NoError(t, err)
	for _, r := range kept.Rows {
		b, ok := known[key{r.Delivery, r.Name, r.Finds, r.What}]
		assert.True(t, ok, "%s: run it again", r.Name)
		assert.NotEmpty(t, r.Mend+b.Instead, "%s: neither a command is printed, nor does the row say what to do instead", r.Name)
	}
	assert.GreaterOrEqual(t, len(kept.Rows), 30, "ways to break a mesh that doctor was seen to find")
	for _, h := range kept.Healthy {
		assert.Zero(t, h.Findings, "Istio %s, %s", h.Istio, h.Delivery)
	}
}

// TestExitStatusFitsTheReport checks what a run of doctor is judged by.
func TestExitStatusFitsTheReport(t *testing.T) {
	t.Parallel()
	warning, lost := Finding{ID: "W", Severity: "warning"}, Finding{ID: "E", Severity: "error"}
	assert.Equal(t, 0, Report{Findings: []Finding{warning}}.status())
	assert.Equal(t, 1, Report{Findings: []Finding{warning, lost}}.status())
	blind := Report{}
	blind.Gaps = []Gap{{What: "volumes", Why: "the kubelet does not answer", Optional: true}}
	assert.Equal(t, 0, blind.status(), "told, and not counted")
	assert.NotContains(t, blind.IDs(), "LS-NOT-LOOKED-AT")
	blind.Gaps = append(blind.Gaps, Gap{What: "proxies", Why: "no right"})
	assert.Contains(t, blind.IDs(), "LS-NOT-LOOKED-AT")
	assert.Equal(t, 2, blind.status())
	assert.Equal(t, []string{"LS-NOT-LOOKED-AT"}, blind.IDs())
	assert.Equal(t, []string{"W", "E"}, Report{Findings: []Finding{warning, lost, lost}}.IDs())
}
