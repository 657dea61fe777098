package measured_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

const root = "../../.."

// Versions are those of what is built: no tag of an image that was made up.
func TestTodayHasTheVersionsThatAreBuilt(t *testing.T) {
	t.Parallel()
	for _, of := range settings.Known {
		s, err := measured.Today(root, of, nil)
		require.NoError(t, err)
		assert.Regexp(t, `^v0\.0\.0-\d{14}-[0-9a-f]{12}$`, s.Build, of.Version)
		assert.Regexp(t, `^1\.\d+\.\d+$`, s.Envoy, of.Version)
		assert.Regexp(t, `^0\.\d+\.\d+$`, s.Collector)
		assert.Regexp(t, `^v1\.\d+\.\d+$`, s.Kubernetes)
		assert.Equal(t, "kindnetd of this repository", s.CNI)
		assert.Regexp(t, `^[0-9a-f]{12}$`, s.Chart)
		assert.Empty(t, s.Marks(s))
		assert.Empty(t, s.Commit+s.At, "those are the run's")
	}
	pulled, err := measured.Today(root, settings.Known[1], func(string) bool { return true })
	require.NoError(t, err)
	assert.Equal(t, settings.Known[1].Version+", as published", pulled.Build)
	assert.Equal(t, "Istio's own", pulled.Envoy)
	assert.Contains(t, pulled.CNI, "kindnetd of kindest/node:")
	patch, err := settings.Lookup("1.28.99")
	require.NoError(t, err)
	of, err := measured.Today(root, patch, nil)
	require.NoError(t, err)
	assert.Equal(t, "1.28.99, as published", of.Build, "no table has it, so it is pulled")
	_, err = measured.Known(root, "1.28.99")
	require.ErrorIs(t, err, measured.ErrUnknown)
}

// tree makes one whose examples render these objects.
func tree(t *testing.T, objects string) string {
	t.Helper()
	root := t.TempDir()
	for _, example := range []string{"istio-1.26", "istio-1.26-direct"} {
		dir := filepath.Join(root, "examples", example, "rendered")
		require.NoError(t, os.MkdirAll(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "cluster.yaml"), []byte(objects), 0o600))
	}
	return root
}

func digest(t *testing.T, objects string) string {
	t.Helper()
	of, err := measured.Digest(tree(t, objects))
	require.NoError(t, err)
	return of
}

const objects = `---
# Source: istio-lightstep/templates/a.yaml
kind: A
metadata:
  name: a
  labels: {helm.sh/chart: istio-lightstep-0.1.0, app.kubernetes.io/version: "0.1.0"}
---
kind: B
spec: {template: {metadata: {labels: {helm.sh/chart: istio-lightstep-0.1.0}}}, list: [{image: "c:1"}]}
`

func TestDigestIsThatOfWhatAUserGets(t *testing.T) {
	t.Parallel()
	first := digest(t, objects)
	for what, other := range map[string]string{
		"a comment":         strings.Replace(objects, "# Source", "# Other source", 1),
		"the version":       strings.ReplaceAll(objects, "0.1.0", "0.2.0"),
		"how it is written": strings.Replace(objects, `"c:1"`, `'c:1'`, 1),
	} {
		assert.Equal(t, first, digest(t, other), what)
	}
	for what, other := range map[string]string{
		"a value":   strings.Replace(objects, "c:1", "c:2", 1),
		"an object": objects + "---\nkind: C\n",
		"a label":   strings.Replace(objects, "name: a", "name: b", 1),
	} {
		assert.NotEqual(t, first, digest(t, other), what)
	}
	_, err := measured.Digest(t.TempDir())
	require.ErrorContains(t, err, "has no rendered objects")
	_, err = measured.Digest(tree(t, "a: [\n"))
	require.ErrorContains(t, err, "cluster.yaml")
}

func TestLinesNameWhatIsOldAndWhatIsNotRecorded(t *testing.T) {
	t.Parallel()
	today := measured.Setup{
		Commit: "ab12", At: "2026-11-28 10:00", Build: "v2", Envoy: "1.2.3", Collector: "0.155.0", Kubernetes: "v1.34.4", CNI: "kindnetd", Chart: "c2",
	}
	later, older := today, today
	later.At = "2026-11-28 11:00"
	older.At, older.Collector, older.Chart = "2026-11-27 10:00", "0.154.0", "c1"
	older.CNI = "kindnet"
	all := "; Istio v2; Envoy 1.2.3; collector 0.155.0; Kubernetes v1.34.4; CNI kindnetd; chart c2."
	assert.Equal(t, []string{"All: commit ab12; 2026-11-28 10:00 to 2026-11-28 11:00" + all},
		measured.Lines([]measured.Result{{Name: "a", Setup: today}, {Name: "b", Setup: later}}, today))
	assert.Equal(t, []string{
		"a, d: not recorded: commit, date, Istio, Envoy, collector, Kubernetes, CNI, chart. " +
			"**Perhaps older than this tree**: what it was measured with is not recorded.",
		"b: commit ab12; 2026-11-27 10:00; Istio v2; Envoy 1.2.3; collector 0.154.0; Kubernetes v1.34.4; CNI kindnet; chart c1. " +
			"**Older than this tree**: measured with collector 0.154.0, and it has 0.155.0; measured with CNI kindnet, and it has kindnetd; what the chart renders by default has changed since.",
		"c: commit ab12; 2026-11-28 10:00" + all,
	}, measured.Lines([]measured.Result{{Name: "a"}, {Name: "b", Setup: older}, {Name: "c", Setup: today}, {Name: "d"}}, today))
	assert.Empty(t, measured.Lines(nil, today))
}
