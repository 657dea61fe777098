package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

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
