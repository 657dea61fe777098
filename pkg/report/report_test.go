package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

var problems = []problem.Problem{
	{
		ID: "LS-ADDRESS-URL", Severity: problem.SeverityError, Path: "global.tracer.lightstep.address",
		Reason: `"https://x" is a URL`, Fix: "write host:port, for example ingest.lightstep.com:443",
		File: "team a/values,1.yaml", Line: 4, Column: 7, URL: "https://example.com/rules#ls-address-url",
	},
	{
		ID: "LS-ISTIO-VERSION", Severity: problem.SeverityError, Path: "istio.version",
		Reason: "100% <wrong>\nin two lines", File: "--set istio.version=1.99",
	},
	{ID: "LS-SAMPLING", Severity: problem.SeverityWarning, Reason: "below 100", Fix: "set 100", File: "values.yaml", Line: 2},
}

func write(t *testing.T, format string, targets ...[]problem.Problem) string {
	t.Helper()
	var out strings.Builder
	w, err := report.New(format, &out, report.WithVersion("1.2.3"))
	require.NoError(t, err)
	for _, p := range targets {
		require.NoError(t, w.Target("values.yaml", p))
	}
	require.NoError(t, w.Close())
	return out.String()
}

func TestText(t *testing.T) {
	assert.Equal(t, `team a/values,1.yaml:4:7: error: global.tracer.lightstep.address: "https://x" is a URL  [LS-ADDRESS-URL]
    fix: write host:port, for example ingest.lightstep.com:443
--set istio.version=1.99: error: istio.version: 100% <wrong>
      in two lines  [LS-ISTIO-VERSION]
values.yaml:2: warning: below 100  [LS-SAMPLING]
    fix: set 100
2 errors, 1 warning in values.yaml
no problems in values.yaml
`, write(t, report.Text, problems, nil))
}

func TestTextInColour(t *testing.T) {
	var out strings.Builder
	require.NoError(t, report.WriteText(&out, problems, report.WithColor()))
	coloured := out.String()
	assert.Contains(t, coloured, "\x1b[31merror:\x1b[0m")
	plain := coloured
	for _, code := range []string{"\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[2m", "\x1b[0m"} {
		plain = strings.ReplaceAll(plain, code, "")
	}
	assert.Equal(t, write(t, report.Text, problems), plain+"2 errors, 1 warning in values.yaml\n")
}

func TestJSON(t *testing.T) {
	var read []map[string]any
	require.NoError(t, json.Unmarshal([]byte(write(t, report.JSON, problems[:1], nil, problems[1:])), &read))
	require.Len(t, read, 3)
	assert.Equal(t, map[string]any{
		"id": "LS-ADDRESS-URL", "severity": "error", "path": "global.tracer.lightstep.address",
		"reason": `"https://x" is a URL`, "fix": "write host:port, for example ingest.lightstep.com:443",
		"file": "team a/values,1.yaml", "line": 4.0, "column": 7.0, "url": "https://example.com/rules#ls-address-url",
	}, read[0])
	assert.Equal(t, map[string]any{
		"id": "LS-SAMPLING", "severity": "warning", "path": "", "reason": "below 100", "fix": "set 100",
		"file": "values.yaml", "line": 2.0,
	}, read[2])
	assert.Equal(t, "[]\n", write(t, report.JSON, nil, nil))
}

func TestGitHub(t *testing.T) {
	assert.Equal(t, `::error file=team a/values%2C1.yaml,line=4,col=7,title=LS-ADDRESS-URL::global.tracer.lightstep.address: `+
		`"https://x" is a URL%0Afix: write host:port, for example ingest.lightstep.com:443
::error title=LS-ISTIO-VERSION::--set istio.version=1.99: istio.version: 100%25 <wrong>%0Ain two lines
::warning file=values.yaml,line=2,title=LS-SAMPLING::below 100%0Afix: set 100
`, write(t, report.GitHub, problems))
	assert.Empty(t, write(t, report.GitHub, nil))
}

func TestJUnit(t *testing.T) {
	type suites struct {
		Suites []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Cases    []struct {
				Class   string `xml:"classname,attr"`
				Name    string `xml:"name,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
					Text    string `xml:",chardata"`
				} `xml:"failure"`
				Out string `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	var read suites
	require.NoError(t, xml.Unmarshal([]byte(write(t, report.JUnit, problems, nil)), &read))
	require.Len(t, read.Suites, 2)

	failing := read.Suites[0]
	assert.Equal(t, 3, failing.Tests)
	assert.Equal(t, 2, failing.Failures)
	assert.Equal(t, `global.tracer.lightstep.address: "https://x" is a URL`, failing.Cases[0].Failure.Message)
	assert.Equal(t, "team a/values,1.yaml:4:7: global.tracer.lightstep.address: \"https://x\" is a URL\n"+
		"fix: write host:port, for example ingest.lightstep.com:443", failing.Cases[0].Failure.Text)
	assert.Nil(t, failing.Cases[2].Failure, "a warning passes")
	assert.Equal(t, "LS-SAMPLING", failing.Cases[2].Name)
	assert.Contains(t, failing.Cases[2].Out, "below 100")

	passing := read.Suites[1]
	assert.Equal(t, 1, passing.Tests)
	require.Len(t, passing.Cases, 1)
	assert.Nil(t, passing.Cases[0].Failure)

	require.NoError(t, xml.Unmarshal([]byte(write(t, report.JUnit)), &suites{}))
}

func TestSARIF(t *testing.T) {
	type log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name, Version string
					Rules         []struct{ ID, HelpURI string }
				}
			}
			Results []struct {
				RuleID, Level string
				Message       struct{ Text string }
				Locations     []struct {
					PhysicalLocation *struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
					LogicalLocations []struct{ FullyQualifiedName string }
				}
			}
		}
	}
	var read log
	require.NoError(t, json.Unmarshal([]byte(write(t, report.SARIF, problems[:2], problems)), &read))
	assert.Equal(t, "2.1.0", read.Version)
	require.Len(t, read.Runs, 1)
	run := read.Runs[0]
	assert.Equal(t, "istio-lightstep", run.Tool.Driver.Name)
	assert.Equal(t, "1.2.3", run.Tool.Driver.Version)
	require.Len(t, run.Tool.Driver.Rules, 3, "each rule once")
	assert.Equal(t, "https://example.com/rules#ls-address-url", run.Tool.Driver.Rules[0].HelpURI)
	require.Len(t, run.Results, 5)

	first := run.Results[0]
	assert.Equal(t, "LS-ADDRESS-URL", first.RuleID)
	assert.Equal(t, "error", first.Level)
	assert.Equal(t, "team%20a/values,1.yaml", first.Locations[0].PhysicalLocation.ArtifactLocation.URI)
	assert.Equal(t, 4, first.Locations[0].PhysicalLocation.Region.StartLine)
	assert.Equal(t, 7, first.Locations[0].PhysicalLocation.Region.StartColumn)
	assert.Nil(t, run.Results[1].Locations[0].PhysicalLocation, "a flag is no file")
	assert.Equal(t, "istio.version", run.Results[1].Locations[0].LogicalLocations[0].FullyQualifiedName)

	var none log
	require.NoError(t, json.Unmarshal([]byte(write(t, report.SARIF, nil)), &none))
	assert.NotNil(t, none.Runs[0].Results, "no problems are an empty list")
}

// A reason that ends a sentence itself gets no second full stop.
func TestSARIFSentences(t *testing.T) {
	type log struct {
		Runs []struct {
			Results []struct{ Message struct{ Text string } }
		}
	}
	var read log
	require.NoError(t, json.Unmarshal([]byte(write(t, report.SARIF, []problem.Problem{
		{Reason: "unknown key; did you mean `preset`?", Fix: "remove it"}, {Reason: "it is not set", Fix: "set it"},
	})), &read))
	assert.Equal(t, "unknown key; did you mean `preset`? Fix: remove it", read.Runs[0].Results[0].Message.Text)
	assert.Equal(t, "it is not set. Fix: set it", read.Runs[0].Results[1].Message.Text)
}

func TestUnknownFormat(t *testing.T) {
	_, err := report.New("yaml", nil)
	require.ErrorIs(t, err, report.ErrFormat)
	assert.EqualError(t, err, `unknown output format "yaml": use one of text, json, junit, sarif, github`)
}

// A report that has ended takes no more, and one to nowhere does not begin.
func TestAClosedReportTakesNoMore(t *testing.T) {
	t.Parallel()
	for _, format := range report.Formats() {
		_, err := report.New(format, nil)
		require.ErrorIs(t, err, report.ErrNoWriter, format)
		var out bytes.Buffer
		w, err := report.New(format, &out)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		before := out.String()
		require.ErrorIs(t, w.Target("after", []problem.Problem{{ID: "X"}}), report.ErrClosed, format)
		require.ErrorIs(t, w.Close(), report.ErrClosed, format)
		require.Equal(t, before, out.String(), format)
	}
	require.ErrorIs(t, report.WriteText(nil, nil), report.ErrNoWriter)
}
