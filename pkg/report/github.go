package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// githubWriter writes workflow commands of GitHub Actions, which mark the line
// in the pull request.
type githubWriter struct {
	w io.Writer
}

// What a workflow command escapes, as its own toolkit does
// (actions/toolkit, packages/core/src/command.ts).
var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// Target writes the problems of a target.
func (g *githubWriter) Target(_ string, problems []problem.Problem) error {
	if ignored := Ignored(problems); ignored != "" {
		if _, err := fmt.Fprintf(g.w, "::notice title=ignored::%s\n", githubData.Replace(terminal.SafeLines(ignored))); err != nil {
			return err
		}
	}
	for _, p := range shown(problems) {
		var properties []string
		add := func(key, value string) {
			properties = append(properties, key+"="+githubProperty.Replace(terminal.Safe(value)))
		}
		if isFile(p.File) {
			add("file", p.File)
			if p.Line > 0 {
				add("line", strconv.Itoa(p.Line))
			}
			if p.Column > 0 {
				add("col", strconv.Itoa(p.Column))
			}
		}
		if p.ID != "" {
			add("title", p.ID)
		}
		message := sentence(p)
		if !isFile(p.File) && p.File != "" {
			message = p.File + ": " + message
		}
		if p.Fix != "" {
			message += "\nfix: " + p.Fix
		}
		_, err := fmt.Fprintf(g.w, "::%s %s::%s\n", githubCommand(p.Severity), strings.Join(properties, ","), githubData.Replace(terminal.SafeLines(message)))
		if err != nil {
			return err
		}
	}
	return nil
}

// githubCommand is the command for a severity.
func githubCommand(s problem.Severity) string {
	if s == problem.SeverityInfo {
		return "notice"
	}
	return string(s)
}

// Close does nothing: every line is complete.
func (g *githubWriter) Close() error { return nil }
