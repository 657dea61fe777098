package conformance_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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
		strings.Join(rows, "\n") + "\n\n" + ran(t, checked, written)
}

// istioModule is the version of Istio that a release's module builds.
var istioModule = regexp.MustCompile(`(?m)^\s*(?:require )?istio\.io/istio (v\S+)`)

// ran says for each release what was built, and, for those that are not in every run,
// when the rows were written: -update does it for the ones that it runs.
func ran(t *testing.T, checked map[run][]int, written string) string {
	t.Helper()
	now := map[string]bool{}
	for r := range checked {
		now[r.Release] = true
	}
	var lines strings.Builder
	lines.WriteString("Built from istio.io/istio, and run last:\n\n")
	for _, release := range istio.All() {
		module, err := os.ReadFile(filepath.Join("istio", release.Minor, "go.mod"))
		require.NoError(t, err)
		version := istioModule.FindSubmatch(module)
		require.NotNil(t, version, release.Minor)
		start := fmt.Sprintf("- %s: %s, ", release.Version, version[1])
		last := "not recorded\n"
		switch _, after, found := strings.Cut(written, start); {
		case release.CI:
			last = "in every run\n"
		case *update && now[release.Version]:
			last = fmt.Sprintf("commit %s, %s\n", commit(t), time.Now().UTC().Format(time.DateOnly))
		case found:
			last, _, _ = strings.Cut(after, "\n")
			last += "\n"
		}
		lines.WriteString(start + last)
	}
	return lines.String()
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

// TestPageSaysWhatIsBuilt holds the list of releases below the table to their modules.
func TestPageSaysWhatIsBuilt(t *testing.T) {
	text, err := os.ReadFile(resultsFile)
	require.NoError(t, err)
	assert.Contains(t, string(text), ran(t, nil, string(text))+resultsEnd)
}
