package conformance_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

var update = flag.Bool("update", false, "write the results of TestDocuments into docs/conformance.md, and of TestTrafficCostsProcessorTime into "+costsFile)

const (
	resultsFile  = "../../docs/conformance.md"
	resultsBegin = "<!-- results -->\n"
	resultsEnd   = "<!-- /results -->"
)

// checkResults holds the table of results in the docs to what was just run. A
// run of some releases answers for their rows; the others' rows are those of
// the last run of all, as long as the dialects still ask for them.
func checkResults(t *testing.T, checked map[run][]int) {
	t.Helper()
	content, err := os.ReadFile(resultsFile)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(content), resultsBegin)
	require.True(t, found, "%s has no %s", resultsFile, resultsBegin)
	written, after, found := strings.Cut(rest, resultsEnd)
	require.True(t, found, "%s has no %s", resultsFile, resultsEnd)

	want := results(t, checked, written)
	if *update {
		require.NoError(t, os.WriteFile(resultsFile, []byte(before+resultsBegin+want+resultsEnd+after), 0o644))
		return
	}
	assert.Equal(t, want, written, "results in %s: run TestDocuments with -update", resultsFile)
}

// results writes the section: a row for each run that passed.
func results(t *testing.T, checked map[run][]int, written string) string {
	t.Helper()
	var rows []string
	for _, release := range istio.All() {
		for _, r := range expectedRuns(t, release) {
			start := fmt.Sprintf("| %s | %s | %s | %s | %s |", r.Release, r.Version, r.Output, r.Delivery, r.Mesh)
			if checks, ok := checked[r]; ok {
				rows = append(rows, start+" "+numbers(checks)+" |")
				continue
			}
			kept := slices.DeleteFunc(strings.Split(written, "\n"), func(line string) bool { return !strings.HasPrefix(line, start) })
			rows = append(rows, kept...)
		}
	}
	return "\n" + legend() + "\n| istioctl | rendered for | document | delivery | mesh settings in | seen |\n|---|---|---|---|---|---|\n" +
		strings.Join(rows, "\n") + "\n"
}

func legend() string {
	var list strings.Builder
	for i, question := range questions {
		fmt.Fprintf(&list, "%d. %s\n", i+1, question)
	}
	return list.String()
}

func numbers(checks []int) string {
	var all []string
	for _, check := range slices.Sorted(slices.Values(checks)) {
		all = append(all, strconv.Itoa(check+1))
	}
	return strings.Join(all, ", ")
}
