package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Writer writes the problems of one target after the other.
type Writer interface {
	// Target writes what was found in a target, which may be nothing. The name
	// is the file (or files) of its values.
	Target(name string, problems []problem.Problem) error
	// Close ends the report. It does not close what the report is written to.
	Close() error
}

// Formats are the names that New takes, the default first.
var Formats = []string{"text", "json", "junit", "sarif", "github"}

// New makes a writer of the named format. Colour is for text on a terminal,
// version for SARIF, which names the tool it comes from.
func New(format string, w io.Writer, colour bool, version string) (Writer, error) {
	switch format {
	case "text":
		return NewText(w, colour), nil
	case "json":
		return &jsonWriter{w: w}, nil
	case "junit":
		return &junitWriter{w: w}, nil
	case "sarif":
		return &sarifWriter{w: w, version: version}, nil
	case "github":
		return &githubWriter{w: w}, nil
	default:
		return nil, fmt.Errorf("unknown output format %q: use one of %s", format, strings.Join(Formats, ", "))
	}
}

// isFile tells the name of a file from that of a flag, such as
// `--set istio.version=…`, which has no place in a file.
func isFile(name string) bool {
	return name != "" && !strings.HasPrefix(name, "--")
}

// sentence is the reason with the path it is about.
func sentence(p problem.Problem) string {
	if p.Path == "" {
		return p.Reason
	}
	return p.Path + ": " + p.Reason
}

// safe is a problem in which nothing acts on a terminal, for formats that have
// no escapes of their own for it.
func safe(p problem.Problem) problem.Problem {
	p.ID, p.Path, p.File = terminal.Safe(p.ID), terminal.Safe(p.Path), terminal.Safe(p.File)
	p.IgnoredBy = terminal.Safe(p.IgnoredBy)
	p.Reason, p.Fix = terminal.SafeLines(p.Reason), terminal.SafeLines(p.Fix)
	return p
}
