package suite_test

import (
	"io/fs"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/suite"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// What is kept says what it was measured with, beside each item's own figures.
func TestItemsKeepTheirSetup(t *testing.T) {
	t.Parallel()
	folder, root := t.TempDir(), "../../.."
	today, err := measured.Known(root, settings.Known[0].Version)
	require.NoError(t, err)
	today.Commit, today.At = "2b", "2026-11-28 13:00"
	run := suite.Run{Istio: settings.Known[0].Version, Items: []suite.Item{{Name: "a"}, {Name: "b", Setup: today}}}
	require.NoError(t, run.Keep(folder, settings.Known[0].Minor))
	runs, err := suite.Read(folder, []string{settings.Known[0].Minor})
	require.NoError(t, err)
	require.Equal(t, []suite.Run{run}, runs)
	lines, err := runs[0].Ran(root)
	require.NoError(t, err)
	require.Len(t, lines, 2)
	assert.Contains(t, lines[0], "a: not recorded: commit, date")
	assert.Contains(t, lines[1], "b: commit 2b; 2026-11-28 13:00; Istio "+today.Build)
	assert.NotContains(t, lines[1], "Older")
	_, err = suite.Run{Istio: "1.0.0"}.Ran(root)
	require.ErrorIs(t, err, measured.ErrUnknown)
}

// What is kept is of items that there are. One that was not run yet is named by the pages.
func TestResultsAreThoseOfItems(t *testing.T) {
	t.Parallel()
	root := "../../.."
	names, err := suite.Names(root)
	require.NoError(t, err)
	assert.Equal(t, "WaysInRefused", names[0])
	assert.Contains(t, names, "UsersCluster")
	assert.Equal(t, "UsersBare", names[len(names)-1])
	var minors []string
	for _, known := range settings.Known {
		minors = append(minors, known.Minor)
	}
	runs, err := suite.Read("../results", minors)
	require.NoError(t, err)
	require.NotEmpty(t, runs)
	for _, run := range runs {
		for _, item := range run.Items {
			assert.Contains(t, names, item.Name, "Istio %s: remove the result of an item that is gone", run.Istio)
		}
	}
	_, err = suite.Names(t.TempDir())
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestRunsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	of := bookinfo.Mesh{RouterSpan: true}
	nine := spantest.Result{Tree: of.Tree("v3"), Spans: make([]spantest.RecordedSpan, 9)}
	var delivery *suite.Delivery
	for range 2 {
		delivery = delivery.Add(of, spantest.Report{
			Requests: 10, Complete: 9, Spans: 88, Doubled: 1, Results: slices.Repeat([]spantest.Result{nine}, 10),
		})
	}
	older := suite.Run{Istio: "1.20.0", Items: []suite.Item{{Name: "Collector", Result: suite.Passed, Delivery: delivery}}}
	newer := suite.Run{Istio: "1.31.0", Items: []suite.Item{{Name: "Direct", Result: suite.Skipped}}}
	require.NoError(t, older.Keep(folder, "1.20"))
	require.NoError(t, newer.Keep(folder, "1.31"))

	runs, err := suite.Read(folder, []string{"1.31", "1.28", "1.20"})
	require.NoError(t, err)
	require.Equal(t, []suite.Run{newer, older}, runs)
	assert.Equal(t, &suite.Delivery{Requests: 20, Exact: 18, Expected: 180, Delivered: 176, Doubled: 2}, runs[1].Item("Collector").Delivery)
	assert.Nil(t, runs[0].Item("Collector"))

	passed := suite.Item{Name: "Direct", Result: suite.Passed, Seconds: 40}
	load := suite.Item{Name: "Load", Result: suite.Failed}
	require.NoError(t, suite.Run{Istio: "1.20.1", Items: []suite.Item{load, passed}}.Keep(folder, "1.20"))
	require.NoError(t, suite.Run{Istio: "1.31.0", Items: []suite.Item{passed}}.Keep(folder, "1.31"))
	runs, err = suite.Read(folder, []string{"1.20", "1.31"})
	require.NoError(t, err)
	assert.Equal(t, []suite.Run{
		{Istio: "1.20.1", Items: append(older.Items, load, passed)},
		{Istio: "1.31.0", Items: []suite.Item{passed}},
	}, runs, "an item that runs again replaces what it showed, the others stay")
}
