package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/problem"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
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
	for _, p := range problems {
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
		_, err := fmt.Fprintf(g.w, "::%s %s::%s\n", p.Severity, strings.Join(properties, ","), githubData.Replace(terminal.SafeLines(message)))
		if err != nil {
			return err
		}
	}
	return nil
}

// Close does nothing: every line is complete.
func (g *githubWriter) Close() error { return nil }
