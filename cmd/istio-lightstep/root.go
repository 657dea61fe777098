package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// The exit statuses.
const (
	exitFine    = 0
	exitErrors  = 1 // the input has errors
	exitFailure = 2 // a wrong call, or something that failed
)

// What a command gives back once it has told people all they need.
var (
	errRefused = errors.New("the input has errors")
	errFailed  = errors.New("some targets failed")
)

// streams are what a command reads and writes.
type streams struct {
	in     io.Reader
	out    *bufio.Writer // the result
	err    io.Writer     // what people are told
	colour bool          // standard error is a terminal that wants colour
	wide   bool          // standard output is a terminal, so columns are aligned
}

// run runs the command line and gives the exit status. Signals are left to
// their defaults but while files are written (holdSignals): nothing else is on
// disk that would need cleaning up, so Ctrl-C and a closed pipe end the process
// at once and without a word.
func run(args []string, in io.Reader, out, err io.Writer) int {
	s := &streams{
		in: in, out: bufio.NewWriterSize(out, 1<<16), err: err,
		colour: isTerminal(err) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		wide:   isTerminal(out),
	}
	command := newRoot(s)
	command.SetArgs(args)
	failure := asHelmPlugin(command)
	if failure == nil {
		failure = command.ExecuteContext(context.Background())
	}
	if flushed := s.out.Flush(); failure == nil && flushed != nil {
		failure = fmt.Errorf("write standard output: %w", flushed)
	}
	return s.exit(command.Name(), failure)
}

// exit tells people of an error and gives the exit status for it.
func (s *streams) exit(name string, failure error) int {
	var refused *render.ProblemsError
	switch {
	case failure == nil:
		return exitFine
	case errors.Is(failure, errFailed):
		return exitFailure
	case errors.Is(failure, errRefused):
		return exitErrors
	case errors.As(failure, &refused):
		_ = report.WriteText(s.err, refused.Problems, s.reportOptions()...)
		return exitErrors
	default:
		s.tellFailure(name, failure)
		return exitFailure
	}
}

// longestLine is how many characters of a line of an error are shown.
const longestLine = 1000

// tellFailure tells people of an error. Whose words it has is not known here,
// nor whether they quote a token or a text of any length.
func (s *streams) tellFailure(name string, failure error) {
	lines := strings.Split(terminal.SafeLines(redact.Tokens(failure.Error())), "\n")
	for i, line := range lines {
		lines[i] = terminal.Bounded(line, longestLine)
	}
	_, _ = fmt.Fprintf(s.err, "%s: %s\n", redact.Key(name), strings.Join(lines, "\n"))
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// reportOptions are those of every report.
func (s *streams) reportOptions() []report.Option {
	options := []report.Option{report.WithVersion(version())}
	if s.colour {
		options = append(options, report.WithColor())
	}
	return options
}

// writeTarget tells people the problems of a target.
func (s *streams) writeTarget(name string, problems []problem.Problem) error {
	w, err := report.New(report.Text, s.err, s.reportOptions()...)
	if err != nil {
		return err
	}
	return w.Target(name, problems)
}

// refuse tells the problems of a target and gives errRefused.
func (s *streams) refuse(name string, problems []problem.Problem) error {
	return errors.Join(s.writeTarget(name, problems), errRefused)
}

func newRoot(s *streams) *cobra.Command {
	command := &cobra.Command{
		Use:   "istio-lightstep",
		Short: "Send the spans of an Istio mesh to LightStep and other OTLP backends",
		Long: "Renders, checks and migrates the configuration that makes Istio's proxies send their spans to LightStep\n" +
			"and other OTLP backends, on Istio " + istioRange() + ". Uses the values of the Helm chart, and needs no\n" +
			"cluster. Finds where a live mesh loses spans.",
		Version:               version(),
		Args:                  unknownCommand,
		RunE:                  func(command *cobra.Command, _ []string) error { return command.Help() },
		DisableFlagsInUseLine: true,
		SilenceErrors:         true,
		SilenceUsage:          true,
	}
	command.SetIn(s.in)
	command.SetOut(s.out)
	command.SetErr(s.err)
	command.SetFlagErrorFunc(wrongFlag)
	command.AddCommand(newRender(s), newCheck(s), newExplain(s), newVersions(s), newVersion(s), newMigrate(s), newDoctor(s))
	for _, inPod := range []*cobra.Command{newReload(s), newDrain(s), newTap(), newRelay()} {
		inPod.Hidden = true
		command.AddCommand(inPod)
	}
	command.AddCommand(buildCommands()...)
	return command
}

// istioRange is the versions of Istio that are known.
func istioRange() string {
	oldest, newest := "?", "?"
	if table, err := dialect.Load(); err == nil { // where it is broken, each command says so
		oldest, newest = table.Range(dialect.Any)
	}
	return oldest + " to " + newest
}

// version is that of the module, as `go install` or `go build` recorded it.
func version() string {
	if build, ok := debug.ReadBuildInfo(); ok && build.Main.Version != "" {
		return build.Main.Version
	}
	return "unknown"
}
