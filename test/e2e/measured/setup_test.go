package measured_test

import (
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
		assert.Regexp(t, `^[0-9a-f]{12}$`, s.Examples)
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

func TestLinesNameWhatIsOldAndWhatIsNotRecorded(t *testing.T) {
	t.Parallel()
	today := measured.Setup{
		Commit: "ab12", At: "2026-11-28 10:00", Build: "v2", Envoy: "1.2.3", Collector: "0.155.0", Kubernetes: "v1.34.4", CNI: "kindnetd", Chart: "c2", Examples: "e2",
	}
	later, older, others, unknown := today, today, today, today
	others.Examples, unknown.Examples = "e1", ""
	later.At = "2026-11-28 11:00"
	older.At, older.Collector, older.Chart = "2026-11-27 10:00", "0.154.0", "c1"
	older.CNI = "kindnet"
	all := "; Istio v2; Envoy 1.2.3; collector 0.155.0; Kubernetes v1.34.4; CNI kindnetd; chart c2; examples e2."
	assert.Equal(t, []string{"All: commit ab12; 2026-11-28 10:00 to 2026-11-28 11:00" + all},
		measured.Lines([]measured.Result{{Name: "a", Setup: today}, {Name: "b", Setup: later}}, today))
	assert.Equal(t, []string{
		"a, d: not recorded: commit, date, Istio, Envoy, collector, Kubernetes, CNI, chart. " +
			"**Perhaps older than this tree**: what it was measured with is not recorded.",
		"b: commit ab12; 2026-11-27 10:00; Istio v2; Envoy 1.2.3; collector 0.154.0; Kubernetes v1.34.4; CNI kindnet; chart c1; examples e2. " +
			"**Older than this tree**: measured with collector 0.154.0, and it has 0.155.0; measured with CNI kindnet, and it has kindnetd; what the chart renders by default has changed since.",
		"c: commit ab12; 2026-11-28 10:00" + all,
	}, measured.Lines([]measured.Result{{Name: "a"}, {Name: "b", Setup: older}, {Name: "c", Setup: today}, {Name: "d"}}, today))
	assert.Contains(t, measured.Lines([]measured.Result{{Setup: others}}, today)[0],
		"chart c2; examples e1. **Perhaps older than this tree**: what the chart renders with other values has changed since.")
	assert.Contains(t, measured.Lines([]measured.Result{{Setup: unknown}}, today)[0],
		"chart c2. **Perhaps older than this tree**: what the chart rendered with other values is not recorded.")
	assert.Empty(t, measured.Lines(nil, today))

	uncommitted, undated := today, today
	uncommitted.Commit, undated.At = "", ""
	assert.Equal(t, []string{
		"b: commit ab12; Istio v2; Envoy 1.2.3; collector 0.155.0; Kubernetes v1.34.4; CNI kindnetd; chart c2; examples e2; not recorded: date.",
		"a: 2026-11-28 10:00; Istio v2; Envoy 1.2.3; collector 0.155.0; Kubernetes v1.34.4; CNI kindnetd; chart c2; examples e2; not recorded: commit.",
		"c: commit ab12; 2026-11-28 10:00" + all,
	}, measured.Lines([]measured.Result{{Name: "a", Setup: uncommitted}, {Name: "b", Setup: undated}, {Name: "c", Setup: today}}, today),
		"of each, what is not recorded is named")

	others = today
	others.Build = "v1"
	assert.Equal(t, []string{"All: commit ab12; 2026-11-28 10:00; Istio v1" + strings.TrimPrefix(all, "; Istio v2")},
		measured.Lines([]measured.Result{{Setup: others, Today: &others}}, today), "one of another Istio is compared with what the tree has for that")
}
