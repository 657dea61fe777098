package conformance_test

import (
	"bytes"
	"cmp"
	"encoding/csv"
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

var update = flag.Bool("update", false, "write the results of TestDocuments into "+resultsFile+" and docs/conformance.md, and of TestTrafficCostsProcessorTime into "+costsFile)

const (
	// resultsFile keeps what each run showed last. docs/conformance.md and docs/support.md are written from it.
	resultsFile = "results.csv"
	pageFile    = "../../docs/conformance.md"
	pageBegin   = "<!-- results -->\n"
	pageEnd     = "<!-- /results -->"
)

// columns are those of the file: a run, the questions that were asked, and when it was recorded last.
var columns = []string{"istioctl", "rendered for", "document", "delivery", "mesh settings in", "seen", "commit", "date"}

// result is what a run showed.
type result struct {
	run
	seen         string // numbers of questions
	commit, date string
}

func readResults(t *testing.T) []result {
	t.Helper()
	text, err := os.ReadFile(resultsFile)
	require.NoError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, columns, rows[0])
	var all []result
	for _, row := range rows[1:] {
		all = append(all, result{run{row[0], row[1], row[2], row[3], row[4]}, row[5], row[6], row[7]})
	}
	return all
}

func writeResults(t *testing.T, all []result) {
	t.Helper()
	rows := [][]string{columns}
	for _, r := range all {
		rows = append(rows, []string{r.Release, r.Version, r.Output, r.Delivery, r.Mesh, r.seen, r.commit, r.date})
	}
	var text bytes.Buffer
	require.NoError(t, csv.NewWriter(&text).WriteAll(rows))
	require.NoError(t, os.WriteFile(resultsFile, text.Bytes(), 0o644))
}

// checkResults holds the file to what was just run. A run of some releases answers for their rows; the others' are
// those of the last run of them, as long as the dialects still ask for them.
func checkResults(t *testing.T, checked map[run][]int) {
	t.Helper()
	kept := readResults(t)
	var want []result
	for _, release := range istio.All() {
		for _, r := range expectedRuns(t, release) {
			i := slices.IndexFunc(kept, func(k result) bool { return k.run == r })
			checks, ran := checked[r]
			if !ran {
				if i >= 0 {
					want = append(want, kept[i])
				}
				continue
			}
			now := result{run: r, seen: numbers(checks)}
			if *update {
				now.commit, now.date = commit(t), time.Now().UTC().Format(time.DateOnly)
			} else if i >= 0 {
				now.commit, now.date = kept[i].commit, kept[i].date
			}
			want = append(want, now)
		}
	}
	if *update {
		writeResults(t, want)
		writePage(t)
		return
	}
	assert.Equal(t, want, kept, "results in %s: run TestDocuments with -update", resultsFile)
}

// TestPageIsTheResults fails where docs/conformance.md says other than the file. With -update it writes the page.
func TestPageIsTheResults(t *testing.T) {
	if *update {
		writePage(t)
	}
	_, written, _ := page(t)
	assert.Equal(t, section(t, readResults(t)), written, "run TestPageIsTheResults with -update")
	for file, says := range map[string]string{"README.md": "the istioctl of %d of these versions", "docs/testing.md": "[%d versions](conformance.md) by istioctl"} {
		text, err := os.ReadFile("../../" + file)
		require.NoError(t, err)
		assert.Contains(t, string(text), fmt.Sprintf(says, len(istio.All())), file)
	}
}

func writePage(t *testing.T) {
	t.Helper()
	before, _, after := page(t)
	require.NoError(t, os.WriteFile(pageFile, []byte(before+section(t, readResults(t))+after), 0o644))
}

// page gives the page before, in, and after the section of results.
func page(t *testing.T) (before, written, after string) {
	t.Helper()
	text, err := os.ReadFile(pageFile)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), pageBegin)
	require.True(t, found, "%s has no %s", pageFile, pageBegin)
	written, after, found = strings.Cut(rest, pageEnd)
	require.True(t, found, "%s has no %s", pageFile, pageEnd)
	return before + pageBegin, written, pageEnd + after
}

// section writes the results: a row for each run that the dialects ask for.
func section(t *testing.T, all []result) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("\n")
	for i, question := range questions {
		fmt.Fprintf(&text, "%d. %s\n", i+1, question)
	}
	text.WriteString("\n| istioctl | rendered for | document | delivery | mesh settings in | seen |\n|---|---|---|---|---|---|\n")
	for _, release := range istio.All() {
		for _, r := range expectedRuns(t, release) {
			seen := "not run"
			if i := slices.IndexFunc(all, func(k result) bool { return k.run == r }); i >= 0 {
				seen = all[i].seen
			}
			fmt.Fprintf(&text, "| %s | %s | %s | %s | %s | %s |\n", r.Release, r.Version, r.Output, r.Delivery, r.Mesh, seen)
		}
	}
	text.WriteString("\nBuilt from istio.io/istio, and run last:\n\n")
	for _, release := range istio.All() {
		fmt.Fprintf(&text, "- %s: %s, %s\n", release.Version, moduleVersion(t, release), last(release, all))
	}
	return text.String()
}

// last says when a release was run: with the oldest of its rows, as it may be run in parts.
func last(release istio.Release, all []result) string {
	rows := slices.DeleteFunc(slices.Clone(all), func(r result) bool { return r.Release != release.Version })
	if len(rows) == 0 {
		return "not run"
	}
	oldest := slices.MinFunc(rows, func(a, b result) int { return cmp.Compare(a.date, b.date) })
	if oldest.date == "" {
		return "not recorded"
	}
	return fmt.Sprintf("commit %s, %s", oldest.commit, oldest.date)
}

// istioModule is the version of Istio that a release's module builds.
var istioModule = regexp.MustCompile(`(?m)^\s*(?:require )?istio\.io/istio (v\S+)`)

func moduleVersion(t *testing.T, release istio.Release) string {
	t.Helper()
	module, err := os.ReadFile(filepath.Join("istio", release.Minor, "go.mod"))
	require.NoError(t, err)
	version := istioModule.FindSubmatch(module)
	require.NotNil(t, version, release.Minor)
	return string(version[1])
}

func numbers(checks []int) string {
	var all []string
	for _, check := range slices.Sorted(slices.Values(checks)) {
		all = append(all, strconv.Itoa(check+1))
	}
	return strings.Join(all, ", ")
}
