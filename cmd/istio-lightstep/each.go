package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

// ahead is how many targets, for each processor, are worked on or wait to be
// written: enough to keep every processor busy, few enough to bound memory.
const ahead = 4

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

// each works on every name on all processors, and hands the outcomes to emit
// in the order of the names. It stops at the first error of emit.
func each[N, T any](ctx context.Context, names []N, work func(context.Context, N) T, emit func(N, T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	queue := make(chan chan T, ahead*runtime.GOMAXPROCS(0))
	go func() {
		defer close(queue)
		for _, name := range names {
			result := make(chan T, 1)
			select {
			case queue <- result:
				go func() { result <- work(ctx, name) }()
			case <-ctx.Done():
				return
			}
		}
	}()
	next := 0
	for result := range queue {
		if err := emit(names[next], <-result); err != nil {
			return err
		}
		next++
	}
	return ctx.Err()
}

// outcome is what became of the targets so far.
type outcome struct {
	refused, failed bool
}

// settle notes the error of one target, so that the others go on. Of a failure
// people are told here.
func (o *outcome) settle(s *streams, target string, err error) error {
	if errors.Is(err, errRefused) {
		o.refused = true
		return nil
	}
	o.failed = true
	s.tellFailure(target, err)
	return nil
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
