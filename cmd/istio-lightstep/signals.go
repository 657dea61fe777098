package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

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
