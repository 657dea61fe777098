package report

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// The formats of [New].
const (
	Text   = "text"   // for people, with a line for each target that counts its problems
	JSON   = "json"   // one list of the problems of all targets
	JUnit  = "junit"  // JUnit XML: a suite for each target, a failed case for each error
	SARIF  = "sarif"  // SARIF 2.1.0, for code scanning
	GitHub = "github" // workflow commands of GitHub Actions, which annotate a pull request
)

// Formats gives the formats of [New], [Text] first.
func Formats() []string { return []string{Text, JSON, JUnit, SARIF, GitHub} }

// ErrFormat is the error of [New] for an unknown format.
var ErrFormat = errors.New("unknown output format")

// Writer writes the problems of one target after the other. It is not safe for
// concurrent use.
type Writer interface {
	// Target writes the problems of a target, of which there may be none. The
	// name is for people: that of the values file, or of several.
	Target(name string, problems []problem.Problem) error
	// Close ends the report. It does not close the underlying writer.
	Close() error
}

// Option changes how a report is written.
type Option func(*options)

type options struct {
	color   bool
	version string
}

// WithColor writes [Text] in the colors of a terminal.
func WithColor() Option { return func(o *options) { o.color = true } }

// WithVersion names in [SARIF] the version of the tool that found the problems.
func WithVersion(version string) Option { return func(o *options) { o.version = version } }

// New makes a [Writer] of a format, such as [SARIF]. The error of an unknown
// one is [ErrFormat].
func New(format string, w io.Writer, opts ...Option) (Writer, error) {
	o := optionsOf(opts)
	switch format {
	case Text:
		return &textWriter{w: w, color: o.color}, nil
	case JSON:
		return &jsonWriter{w: w}, nil
	case JUnit:
		return &junitWriter{w: w}, nil
	case SARIF:
		return &sarifWriter{w: w, version: o.version}, nil
	case GitHub:
		return &githubWriter{w: w}, nil
	default:
		return nil, fmt.Errorf("%w %q: use one of %s", ErrFormat, format, strings.Join(Formats(), ", "))
	}
}

// WriteText writes problems as [Text] does, without counting them.
func WriteText(w io.Writer, problems []problem.Problem, opts ...Option) error {
	return (&textWriter{w: w, color: optionsOf(opts).color}).problems(problems)
}

func optionsOf(opts []Option) options {
	var o options
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	return o
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
