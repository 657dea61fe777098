package migrate_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// TestReportIsBounded: what mentions LightStep too often is named some times, and
// the rest is counted; of other files nothing is lost by it.
func TestReportIsBounded(t *testing.T) {
	sources := []migrate.Source{
		{Name: "a.yaml", Data: []byte(changed)},
		{Name: "many.yaml", Data: []byte(repeated(20_000, "k%[1]d: a lightstep\n"))},
		{Name: "z.yaml", Data: []byte("x: a lightstep\n")},
	}
	result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	report := result.Report()
	assert.Less(t, len(report), 60_000)
	assert.Contains(t, report, "- many.yaml: 19800 more of these, not listed\n- z.yaml:1:")
	assert.Equal(t, 200, strings.Count(report, "- many.yaml:")-1)
}

// TestLinesAreBounded: no line of a report or of a diff is longer than a person
// reads, however deep or long the document's are, and no part of a secret is at
// a cut.
func TestLinesAreBounded(t *testing.T) {
	deep := changed + "x: " + strings.Repeat("{a: ", 3000) + "{lightstep: {other: b}}" + strings.Repeat("}", 3000) + "\n"
	wide := strings.ReplaceAll(changed, "}\n", ", x: ["+strings.Repeat("word, ", 20_000)+"]}\n")
	for _, text := range []string{deep, wide} {
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
		require.NoError(t, err)
		for line := range strings.Lines(result.Report() + result.Diff(result.Documents[0])) {
			assert.Less(t, utf8.RuneCountInString(line), 2100)
		}
	}
	for pad := 960; pad < 1010; pad++ {
		text := fmt.Sprintf("global: {proxy: {tracer: lightstep}, tracer: {lightstep: {address: \"a.lightstep.com:443\", accessToken: horsebattery}}, name: \"%s horsebattery %s\"}\n",
			strings.Repeat("a", pad-130), strings.Repeat("b", 3000))
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
		require.NoError(t, err)
		require.NotContains(t, result.Diff(result.Documents[0]), "horseb")
	}
}
