package migrate_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// docsFile is the page whose outputs these tests hold to what is true.
const docsFile = "../../docs/migrate.md"

const exampleInput = `# The shop's mesh.
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  profile: default
  meshConfig:
    accessLogFile: /dev/stdout  # asked for by the auditors
    defaultProviders: {tracing: [lightstep]}
    extensionProviders:
    - name: lightstep
      lightstep:
        service: ingest.lightstep.com
        port: 443
        accessToken: 31a5e7f09b2c4d68
---
apiVersion: telemetry.istio.io/v1alpha1
kind: Telemetry
metadata: {name: mesh-default, namespace: istio-system}
spec:
  tracing:
  - providers: [{name: lightstep}]
    randomSamplingPercentage: 100
`

// TestDocs holds the outputs in the docs to those of the program.
func TestDocs(t *testing.T) {
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "istio.yaml", Data: []byte(exampleInput)}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	diff := result.Diff(result.Documents[0])
	timeline, err := migrate.NewTimeline(t.Context(), "1.24", "1.27")
	require.NoError(t, err)
	_, ofCluster := migrateLive(t, liveObjects(t, ""), "1.28")
	told, _, _ := strings.Cut(ofCluster.Report(), "\n## Steps")
	replaceInDocs(t, map[string]string{
		"example live":     fenced("text", wrapped(told)),
		"example input":    fenced("yaml", exampleInput),
		"example values":   fenced("yaml", string(result.Values)),
		"example report":   fenced("text", wrapped(result.Report())) + "\n" + fenced("diff", diff),
		"example timeline": fenced("text", timeline.String()),
		"mesh":             onMesh(t, measuredMove(t)),
	})
}

// measuredMove is what the end-to-end test kept of a move.
func measuredMove(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../../test/e2e/results/migrate.json")
	require.NoError(t, err)
	return text
}

// TestOnMesh: how long the first span took is said where it was measured.
func TestOnMesh(t *testing.T) {
	const move = `{"from": "1.20.0", "to": "1.31", "backend": "mine", %s "steps": [{"number": 1}]}`
	require.NotContains(t, onMesh(t, fmt.Appendf(nil, move, "")), "first span")
	require.Contains(t, onMesh(t, fmt.Appendf(nil, move, `"firstSpanSeconds": 83,`)),
		"\nThe first span, of `helm test` or of a proxy, was at mine 83 s after the first command of the steps.\n")
}

// onMesh is the table of what the end-to-end test saw on a real mesh. What that was measured
// with stands below it, written by `make pages`.
func onMesh(t *testing.T, move []byte) string {
	t.Helper()
	type account struct{ Requests, Spans, Lost int }
	var saw struct {
		From, To, Backend         string
		Requests, FailedRequests  int
		FirstSpanSeconds          float64
		LightStep, Other, Settled account
		Both                      struct{ Requests, LightStep, Other int }
		Steps                     []struct {
			Number, Requests int
			Seconds          float64
			LightStep, Other *account
		}
	}
	require.NoError(t, json.Unmarshal(move, &saw))
	require.NotEmpty(t, saw.Steps)
	var table strings.Builder
	fmt.Fprintf(&table, "\nFrom Istio %s to %s and on to the backend %s, at 10 requests a second.\n", saw.From, saw.To, saw.Backend)
	fmt.Fprintf(&table, "Of %d requests %d failed. Of the %d that were sent while `doctor compare` ran, LightStep has the exact\n"+
		"traces of %d and %s those of %d.\n\n", saw.Requests, saw.FailedRequests, saw.Both.Requests, saw.Both.LightStep, saw.Backend, saw.Both.Other)
	if saw.FirstSpanSeconds > 0 {
		fmt.Fprintf(&table, "The first span, of `helm test` or of a proxy, was at %s %.0f s after the first command of the steps.\n\n", saw.Backend, saw.FirstSpanSeconds)
	}
	fmt.Fprintf(&table, "| from the step on | it took, s | requests | spans for LightStep | lost | spans for %s | lost |\n|---|--:|--:|--:|--:|--:|--:|\n", saw.Backend)
	spans := func(of *account) string {
		if of == nil {
			return "– | –"
		}
		return fmt.Sprintf("%d | %d", of.Spans, of.Lost)
	}
	for _, step := range saw.Steps {
		fmt.Fprintf(&table, "| %d | %.0f | %d | %s | %s |\n", step.Number, step.Seconds, step.Requests, spans(step.LightStep), spans(step.Other))
	}
	fmt.Fprintf(&table, "| after the last step | | %d | – | – | %s |\n", saw.Settled.Requests, spans(&saw.Settled))
	fmt.Fprintf(&table, "| all of it, with the time before | | %d | %s | %s |\n", saw.Requests, spans(&saw.LightStep), spans(&saw.Other))
	return table.String() + "\n"
}

// wrapped breaks the lines of a report that are longer than those of the page, but
// for those of commands.
func wrapped(report string) string {
	const width = 118
	var out strings.Builder
	command := false
	for line := range strings.Lines(report) {
		command = command != strings.HasPrefix(strings.TrimLeft(line, " "), "```")
		for !command && len(line) > width {
			at := strings.LastIndexByte(line[:width], ' ')
			if at < 20 {
				break
			}
			out.WriteString(line[:at] + "\n")
			line = "  " + line[at+1:]
		}
		out.WriteString(line)
	}
	return out.String()
}

// fenced fences a text, which may have fences of its own.
func fenced(language, text string) string {
	const fence = "````"
	return fence + language + "\n" + text + fence + "\n"
}

// replaceInDocs holds what stands between markers of the page to a run, or
// writes it.
func replaceInDocs(t *testing.T, parts map[string]string) {
	t.Helper()
	text, err := os.ReadFile(docsFile)
	require.NoError(t, err)
	written := string(text)
	for name, part := range parts {
		first, _, _ := strings.Cut(name, " ")
		marked := regexp.MustCompile(`(?s)<!-- ` + name + ` -->\n.*?<!-- /` + first + ` -->`)
		require.True(t, marked.MatchString(written), name)
		written = marked.ReplaceAllLiteralString(written, "<!-- "+name+" -->\n"+part+"<!-- /"+first+" -->")
	}
	if *update {
		require.NoError(t, os.WriteFile(docsFile, []byte(written), 0o644))
		return
	}
	require.Equal(t, written, string(text), "run `go test ./internal/migrate -update`")
}
