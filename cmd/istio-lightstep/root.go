package main

import (
	"bufio"
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
	"sigs.k8s.io/yaml"

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
	failure := cmp.Or(describe(command), asHelmPlugin(command))
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
		Use:                   "istio-lightstep",
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
	cobra.AddTemplateFunc("withoutBools", withoutBools)
	command.SetUsageTemplate(strings.ReplaceAll(command.UsageTemplate(), ".FlagUsages |", ".FlagUsages | withoutBools |"))
	command.AddCommand(newRender(s), newCheck(s), newExplain(s), newVersions(s), newVersion(s), newMigrate(s), newDoctor(s))
	for _, inPod := range []*cobra.Command{newReload(s), newDrain(s), newTap(), newRelay()} {
		inPod.Hidden = true
		command.AddCommand(inPod)
	}
	command.AddCommand(buildCommands()...)
	return command
}

// withoutBools removes what pflag writes after each switch, which kubectl and Helm do not
// show. The spaces keep the columns.
func withoutBools(usages string) string {
	const shown = "[=true|false]"
	return strings.ReplaceAll(usages, shown, strings.Repeat(" ", len(shown)))
}

// commandsYAML has what each command says of itself.
//
//go:embed commands.yaml
var commandsYAML []byte

// describe gives a command, and all below it, what they say of themselves.
func describe(command *cobra.Command) error {
	var texts map[string]struct{ Short, Long, Example string }
	if err := yaml.UnmarshalStrict(commandsYAML, &texts); err != nil {
		return fmt.Errorf("commands.yaml: %w", err)
	}
	istio := strings.NewReplacer("{istio}", istioRange())
	all := []*cobra.Command{command}
	for len(all) > 0 {
		c := all[0]
		if text, ok := texts[c.CommandPath()]; ok {
			c.Short, c.Long, c.Example = text.Short, istio.Replace(text.Long), text.Example
		}
		all = append(all[1:], c.Commands()...)
	}
	return nil
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

// wrongFlag is the error of a flag that cannot be read. pflag's own quotes what
// was typed, which may be a token with a dash too few before --set.
func wrongFlag(command *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		err = unknownFlag(command, unknown)
	case errors.As(err, &value):
		err = fmt.Errorf("invalid value for --%s: it takes a %s", value.GetFlag().Name, value.GetFlag().Value.Type())
	case errors.As(err, &syntax):
		err = errors.New("a flag has no name before its =")
	}
	return fmt.Errorf("%w\nRun '%s --help' for usage", err, command.CommandPath())
}

// movedFlags are former flags of doctor, and the command that each became.
var movedFlags = map[string]string{"satellite": "istio-lightstep doctor backend", "trace": "istio-lightstep doctor trace URL"}

func unknownFlag(command *cobra.Command, unknown *pflag.NotExistError) error {
	name, short := unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames()
	switch {
	case len(short) > 1:
		return fmt.Errorf("unknown flag: -%.1s; long flag names begin with two dashes", name)
	case movedFlags[name] != "":
		return fmt.Errorf("unknown flag: --%s; use '%s'", name, movedFlags[name])
	case short != "":
		name = "-" + short
	default:
		name = "--" + name
	}
	if command.HasSubCommands() {
		name += "; flags follow a command"
	}
	return errors.New("unknown flag: " + name)
}

// unknownCommand refuses what is no command of a group. It does not repeat it,
// which may be a secret.
func unknownCommand(command *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	command.SuggestionsMinimumDistance = 2
	if meant := command.SuggestionsFor(args[0]); len(meant) > 0 {
		return fmt.Errorf("unknown command for '%s': did you mean %s?", command.CommandPath(), strings.Join(meant, " or "))
	}
	return fmt.Errorf("unknown command for '%s'\nRun '%[1]s --help' for usage", command.CommandPath())
}

// noArguments refuses what stands beside the flags, such as a values file.
func noArguments(command *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("%s takes no arguments%s", command.CommandPath(), meant(args[0]))
}

// meant guesses what an argument was meant for. Only the name of a file is
// repeated: all else may be a value.
func meant(argument string) string {
	if key, _, ok := strings.Cut(argument, "="); ok {
		return fmt.Sprintf(": did you mean --set %s=…?", redact.Key(key))
	}
	if _, err := os.Stat(argument); err == nil || strings.HasSuffix(argument, ".yaml") || strings.HasSuffix(argument, ".yml") {
		return fmt.Sprintf(": did you mean -f %s?", redact.Key(argument))
	}
	return "; run it with --help for its flags"
}

// holdSignals gives a context that a signal ends, which would end the program
// otherwise, and a function that has the signals' way again: the program then
// ends by one that came in between, as shells expect.
func holdSignals(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	came := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // as nohup has the program ignore one
			signal.Notify(came, s)
		}
	}
	held := make(chan os.Signal, 1)
	go func() {
		defer close(held)
		select {
		case s := <-came:
			held <- s
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		cancel()
		signal.Stop(came)
		s, ok := <-held
		if !ok {
			return
		}
		if itself, err := os.FindProcess(os.Getpid()); err == nil && itself.Signal(s) == nil {
			select {} // the signal ends the program
		}
	}
}
