package conformance_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

func dialects(t *testing.T) *dialect.Table {
	t.Helper()
	table, err := dialect.Load()
	require.NoError(t, err)
	return table
}

// run is one thing to render, for one release, and one way to deliver spans.
type run struct {
	Release  string // of istioctl
	Version  string // of Istio that is rendered for
	Output   string
	Delivery string
	// Mesh says where the mesh settings stand: in the shared ConfigMap or in
	// the control-plane document.
	Mesh string
}

const (
	meshShared   = "ConfigMap"
	meshDocument = "document"
)

func (r run) String() string {
	return strings.Join([]string{r.Release, r.Version, r.Delivery, r.Output, r.Mesh}, "/")
}

// renderedFor are the Istio versions that are rendered for a release: its own,
// and patches of the same minor that no binary is to be had of, but whose
// istioctl reads the same documents.
func renderedFor(release istio.Release) []string {
	switch release.Version {
	case "1.5.0": // The chart refuses 1.5.0 itself where there is a CA.
		return []string{"1.5.4"}
	case "1.16.1":
		return []string{"1.16.0", "1.16.1"}
	case "1.31":
		return []string{"1.31.0"}
	}
	return []string{release.Version}
}

// dialectOf gives the row that holds for an Istio version.
func dialectOf(t *testing.T, version string) *dialect.Row {
	t.Helper()
	v, err := dialect.ParseVersion(version)
	require.NoError(t, err)
	match := dialects(t).For(v)
	require.Equal(t, dialect.OK, match.State, "Istio %s", version)
	return match.Row
}

// expectedRuns computes from the dialects what must be run for a release.
func expectedRuns(t *testing.T, release istio.Release) []run {
	t.Helper()
	var runs []run
	for _, version := range renderedFor(release) {
		row := dialectOf(t, version)
		meshes := []string{meshDocument}
		if row.Shared {
			meshes = append(meshes, meshShared)
		}
		for _, output := range row.Outputs {
			for _, delivery := range row.Deliveries {
				if output == "gatewayValues" && delivery == "collector" {
					continue // Gateways mount nothing then; the chart refuses to render it.
				}
				for _, mesh := range meshes {
					runs = append(runs, run{release.Version, version, output, delivery, mesh})
				}
			}
		}
	}
	return runs
}

// ledger keeps what was checked in each run.
type ledger struct {
	mu      sync.Mutex
	checked map[run][]int
}

func (l *ledger) add(r run, checks []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.checked[r] = checks
}

// TestDocuments gives each release what the chart renders for it and looks for
// its effect. The runs are computed from the dialects; one that does not come
// to its end fails the test.
func TestDocuments(t *testing.T) {
	var expected []run
	done := ledger{checked: map[run][]int{}}
	t.Run("run", func(t *testing.T) {
		for _, release := range istio.Releases() {
			for _, r := range expectedRuns(t, release) {
				expected = append(expected, r)
				t.Run(r.String(), func(t *testing.T) {
					t.Parallel()
					checks := checkRun(t, release, r)
					if !t.Failed() {
						done.add(r, checks)
					}
				})
			}
		}
	})
	require.NotEmpty(t, expected)
	missing := slices.DeleteFunc(slices.Clone(expected), func(r run) bool { return done.checked[r] != nil })
	assert.Empty(t, missing, "runs that did not come to their end")
	assert.Len(t, done.checked, len(expected))
	t.Logf("%d of %d runs passed on %d releases of Istio", len(done.checked), len(expected), len(istio.Releases()))
	if !t.Failed() {
		checkResults(t, done.checked)
	}
}

// checkRun does one run and tells what was checked.
func checkRun(t *testing.T, release istio.Release, r run) []int {
	t.Helper()
	tools, err := istio.Open(release)
	require.NoError(t, err)
	c := &conformance{run: r, tools: tools, row: dialectOf(t, r.Version)}
	switch r.Output {
	case "istioOperator":
		c.checkOperator(t)
	case "istiodValues":
		c.checkIstiodValues(t)
	case "sail":
		c.checkSail(t)
	case "gatewayValues":
		c.checkGatewayValues(t)
	case "legacyValues":
		c.checkLegacyValues(t)
	case "cluster":
		c.checkCluster(t)
	default:
		require.Fail(t, "nothing checks this output", r.Output)
	}
	require.NotEmpty(t, c.checks)
	return c.checks
}
