package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// eachFlag is --each of a command that takes values files.
type eachFlag struct{ set bool }

func (e *eachFlag) register(command *cobra.Command) {
	command.Flags().BoolVar(&e.set, "each", false, "make every file a target of its own, those of -f and the arguments; --set* apply to each")
}

// files adds the arguments to the files, which --each alone takes.
func (e *eachFlag) files(command *cobra.Command, args []string, files *[]string) error {
	if !e.set {
		if len(args) > 0 {
			return fmt.Errorf("%s takes no arguments without --each%s", command.CommandPath(), meant(args[0]))
		}
		return nil
	}
	if *files = append(*files, args...); len(*files) == 0 {
		return errors.New("--each needs at least one file, as an argument or by -f")
	}
	return nil
}

// outcome is what became of the targets so far.
type outcome struct {
	refused, failed bool
}

// settle notes the error of one target, so that the others go on. Of a failure
// people are told here.
func (o *outcome) settle(s *streams, target string, err error) {
	if errors.Is(err, errRefused) {
		o.refused = true
		return
	}
	o.failed = true
	s.tellFailure(target, err)
}

// err gives the gravest of the targets' errors.
func (o *outcome) err() error {
	switch {
	case o.failed:
		return errFailed
	case o.refused:
		return errRefused
	default:
		return nil
	}
}
