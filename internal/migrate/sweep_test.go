package migrate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// strange is a kind that nobody knows, with a mention in each line that ends in a
// percent sign.
const strange = `apiVersion: example.com/v1
kind: Widget
metadata: {name: a}
spec:
  light_step: {address: x, at: 100%}
  LIGHTSTEP_URL: https://ingest.example.com/100%
  script: |
    # lightstep in a comment of the text
    curl https://Lightstep.example.com/100%
    export LIGHT_STEP_TOKEN=100%
  json: '{"tracer": "lightstep"}' # 100%
  "light-step": 100%
  folded: >-
    this goes
    to LightStep 100%
  'it''s lightstep': 100%
  fragment: a#lightstep 100%
  # lightstep
  own: istio-lightstep
`

// changed begins a document of which something is taken out, so that there is a
// diff.
const changed = "global:\n  proxy: {tracer: lightstep}\n  tracer:\n    lightstep: {address: \"a.lightstep.com:443\", accessToken: t0kz9d6b7a1e4c52}\n"

// TestEveryMentionIsNamed: in whatever it stands, a line that mentions LightStep is
// named, and the report does not say that nothing was found.
func TestEveryMentionIsNamed(t *testing.T) {
	for name, text := range map[string]string{
		"a kind that nobody knows": strange,
		"beside what is moved":     changed + "---\n" + strange,
		"no YAML":                  strings.Replace(strange, "metadata:", "metadata", 1),
		"a template":               strange + "  {{- if .Values.x }}\n",
		"a script":                 "set -e\n" + strange,
	} {
		source := migrate.Source{Name: "mine.yaml", Data: []byte(text)}
		result, err := migrate.Migrate(t.Context(), []migrate.Source{source}, migrate.Options{To: "1.28"})
		assert.NoError(t, err, name)
		assert.NotContains(t, result.Report(), "No tracing to LightStep was found", name)
		named := map[int]bool{}
		for _, f := range result.Findings {
			named[f.Line] = true
		}
		for i, line := range strings.Split(text, "\n") {
			if strings.HasSuffix(strings.TrimRight(line, "}"), "100%") {
				assert.True(t, named[i+1], "%s: line %d: %s", name, i+1, line)
			}
		}
	}
}

func repeated(n int, format string) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, format, i)
	}
	return out.String()
}
