package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
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

// The errors of [New] for an unknown format and for a nil writer, and that of a
// [Writer] that was closed.
var (
	ErrFormat   = errors.New("unknown output format")
	ErrNoWriter = errors.New("there is nothing to write to: the writer is nil")
	ErrClosed   = errors.New("the report was closed")
)

// Writer writes the problems of one target after the other. It is not safe for
// concurrent use.
type Writer interface {
	// Target writes the problems of a target, of which there may be none. The
	// name is for people: that of the values file, or of several.
	Target(name string, problems []problem.Problem) error
	// Close ends the report. It does not close the underlying writer. After it,
	// Target and Close return [ErrClosed].
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
// one is [ErrFormat], and of a nil writer [ErrNoWriter].
func New(format string, w io.Writer, opts ...Option) (Writer, error) {
	switch {
	case !slices.Contains(Formats(), format):
		return nil, fmt.Errorf("%w %q: use one of %s", ErrFormat, format, strings.Join(Formats(), ", "))
	case w == nil:
		return nil, ErrNoWriter
	}
	o := optionsOf(opts)
	switch format {
	case Text:
		return &closing{Writer: &textWriter{w: w, color: o.color}}, nil
	case JSON:
		return &closing{Writer: &jsonWriter{w: w}}, nil
	case JUnit:
		return &closing{Writer: &junitWriter{w: w}}, nil
	case SARIF:
		return &closing{Writer: &sarifWriter{w: w, version: o.version}}, nil
	default: // GitHub
		return &closing{Writer: &githubWriter{w: w}}, nil
	}
}

// closing is a Writer that knows when it was closed.
type closing struct {
	Writer
	closed bool
}

// Target writes the problems of a target, unless the report has ended.
func (c *closing) Target(name string, problems []problem.Problem) error {
	if c.closed {
		return ErrClosed
	}
	return c.Writer.Target(name, problems)
}

// Close ends the report, once.
func (c *closing) Close() error {
	if c.closed {
		return ErrClosed
	}
	c.closed = true
	return c.Writer.Close()
}

// WriteText writes problems as [Text] does, without counting them.
func WriteText(w io.Writer, problems []problem.Problem, opts ...Option) error {
	if w == nil {
		return ErrNoWriter
	}
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

// textWriter writes problems for people, each as
//
//	values.yaml:4:7: error: global.tracer.lightstep.address: "https://x" is a URL  [LS-ADDRESS-URL]
//	    fix: write host:port, for example ingest.lightstep.com:443
type textWriter struct {
	w     io.Writer
	color bool
}

// problems writes the problems alone.
func (t *textWriter) problems(problems []problem.Problem) error {
	out := terminal.Text{Coloured: t.color}
	for _, p := range shown(problems) {
		colour := map[problem.Severity]string{problem.SeverityError: terminal.Red, problem.SeverityWarning: terminal.Yellow, problem.SeverityInfo: terminal.Green}[p.Severity]
		if at := location(p); at != "" {
			out.Add(out.In(terminal.Bold, at+":") + " ")
		}
		out.Add(out.In(colour, string(p.Severity)+":") + " " + indentMore(sentence(p)))
		if p.ID != "" {
			out.Add("  " + out.In(terminal.Faint, "["+p.ID+"]"))
		}
		out.Add("\n")
		if p.Fix != "" {
			out.Add("    fix: " + indentMore(p.Fix) + "\n")
		}
	}
	_, err := io.WriteString(t.w, out.String())
	return err
}

// Target writes the problems and a line that counts them.
func (t *textWriter) Target(name string, problems []problem.Problem) error {
	if err := t.problems(problems); err != nil {
		return err
	}
	_, err := fmt.Fprintf(t.w, "%s\n", terminal.Safe(summary(name, problems)))
	return err
}

// Close does nothing: every target is complete.
func (t *textWriter) Close() error { return nil }

// location is file:line:column, as far as it is known.
func location(p problem.Problem) string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
}

// indentMore sets further lines of a text below its first.
func indentMore(text string) terminal.Styled { return terminal.Lines(text, "      ") }

// summary counts the problems: `2 errors, 1 warning in values.yaml`.
func summary(name string, problems []problem.Problem) string {
	count := map[problem.Severity]int{}
	for _, p := range shown(problems) {
		count[p.Severity]++
	}
	var counts []string
	for _, s := range []problem.Severity{problem.SeverityError, problem.SeverityWarning, problem.SeverityInfo} {
		if count[s] > 0 {
			counts = append(counts, terminal.Counted(count[s], string(s)))
		}
	}
	if len(counts) == 0 {
		counts = []string{"no problems"}
	}
	told := strings.Join(counts, ", ") + " in " + name
	if ignored := Ignored(problems); ignored != "" {
		told += "; " + ignored
	}
	return told
}

// shown are the problems that are not ignored.
func shown(problems []problem.Problem) []problem.Problem {
	left := make([]problem.Problem, 0, len(problems))
	for _, p := range problems {
		if p.IgnoredBy == "" {
			left = append(left, p)
		}
	}
	return left
}

// Ignored counts the ignored problems by ID and by what ignores them, such as
// `2 findings ignored: LS-X (1 by --ignore), LS-Y (1 by annotation on
// namespace/foo)`. It is empty if none is ignored.
func Ignored(problems []problem.Problem) string {
	type reason struct{ id, by string }
	count, all := map[reason]int{}, 0
	var reasons []reason
	for _, p := range problems {
		if p.IgnoredBy == "" {
			continue
		}
		all++
		r := reason{p.ID, p.IgnoredBy}
		if count[r]++; count[r] == 1 {
			reasons = append(reasons, r)
		}
	}
	if all == 0 {
		return ""
	}
	var ids []string
	by := map[string]string{}
	for _, r := range reasons {
		if by[r.id] == "" {
			ids = append(ids, r.id)
		} else {
			by[r.id] += ", "
		}
		by[r.id] += fmt.Sprintf("%d by %s", count[r], r.by)
	}
	for i, id := range ids {
		ids[i] = id + " (" + by[id] + ")"
	}
	return terminal.Counted(all, "finding") + " ignored: " + strings.Join(ids, ", ")
}
