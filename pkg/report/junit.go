package report

import (
	"encoding/xml"
	"io"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// junitWriter writes a test suite for each target, with a test case for each
// problem: an error fails, a warning passes and is told in system-out. A
// target without problems has one case that passes.
type junitWriter struct {
	w     io.Writer
	begun bool
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Skipped *junitSkipped `xml:"skipped,omitempty"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

func (j *junitWriter) begin() error {
	if j.begun {
		return nil
	}
	j.begun = true
	_, err := io.WriteString(j.w, xml.Header+"<testsuites>\n")
	return err
}

// Target writes the problems of a target.
func (j *junitWriter) Target(name string, problems []problem.Problem) error {
	if err := j.begin(); err != nil {
		return err
	}
	suite := junitSuite{Name: terminal.Safe(name), Tests: max(1, len(problems))}
	for _, p := range problems {
		p = safe(p)
		c := junitCase{Class: p.ID, Name: p.Path}
		if c.Name == "" {
			c.Name = p.ID
		}
		told := location(p)
		if told != "" {
			told += ": "
		}
		told += sentence(p)
		if p.Fix != "" {
			told += "\nfix: " + p.Fix
		}
		switch {
		case p.IgnoredBy != "":
			suite.Skipped++
			c.Skipped = &junitSkipped{Message: "ignored by " + p.IgnoredBy}
		case p.Severity == problem.SeverityError:
			suite.Failures++
			c.Failure = &junitFailure{Message: sentence(p), Type: p.ID, Text: told}
		default:
			c.Out = string(p.Severity) + ": " + told
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(problems) == 0 {
		suite.Cases = []junitCase{{Class: "istio-lightstep", Name: suite.Name}}
	}
	text, err := xml.MarshalIndent(suite, "  ", "  ")
	if err != nil {
		return err
	}
	_, err = j.w.Write(append(text, '\n'))
	return err
}

// Close ends the report.
func (j *junitWriter) Close() error {
	if err := j.begin(); err != nil {
		return err
	}
	_, err := io.WriteString(j.w, "</testsuites>\n")
	return err
}
