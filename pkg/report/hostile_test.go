package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

const hostile = "x\x1b[2J\x1b]0;t\x07\u009b31m\u202egnp\u200b\u2028\r::set-env name=A::b ##[error]]]><x> %0A::error::\x9b"

func TestNothingActsOnATerminal(t *testing.T) {
	problems := []problem.Problem{
		{ID: "LS-X" + hostile, Severity: problem.SeverityError, Path: hostile, Reason: hostile, Fix: hostile, File: hostile, Line: 1, Column: 2},
		{ID: "LS-Y", Severity: problem.SeverityWarning, Path: "::error::" + hostile, Reason: hostile, File: "--set " + hostile},
	}
	for _, format := range report.Formats() {
		var out strings.Builder
		w, err := report.New(format, &out, report.WithVersion("1.2.3"))
		require.NoError(t, err)
		require.NoError(t, w.Target(hostile, problems))
		require.NoError(t, w.Target("::error::"+hostile, nil))
		require.NoError(t, w.Close())
		assert.True(t, utf8.ValidString(out.String()), format)
		for _, r := range out.String() {
			if r != '\n' && !terminal.Shows(r) {
				t.Errorf("%s has %U", format, r)
			}
		}
		if format == "json" {
			var read []problem.Problem
			require.NoError(t, json.Unmarshal([]byte(out.String()), &read))
			assert.Equal(t, strings.ToValidUTF8(hostile, "\ufffd"), read[0].Reason, "nothing is lost")
		}
		for line := range strings.Lines(out.String()) {
			if format == "github" {
				assert.Regexp(t, `^::(error|warning) (file=x|title=LS-Y)`, line)
				continue
			}
			assert.Equal(t, strings.TrimSuffix(line, "\n"), terminal.Safe(strings.TrimSuffix(line, "\n")), format)
		}
	}
}
