package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/satellite"
)

// newDrain is the command of the chart's job before `helm uninstall`.
func newDrain(s *streams) *cobra.Command {
	var metrics string
	var wait time.Duration
	command := &cobra.Command{
		Use:   "drain-collector",
		Short: "Wait until nothing is queued in the collectors (run by the chart, before it is uninstalled)",
		Long: "Asks the metrics of every collector until each queue is empty. The exit status is 1 where spans still wait\n" +
			"at the end of --wait: the satellite does not take them, and they would stay behind.",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return runDrain(command.Context(), s, metrics, wait)
		},
	}
	flags := command.Flags()
	flags.StringVar(&metrics, "collector-metrics", "", "`host:port` of the collectors' metrics; every address of the host is asked")
	flags.DurationVar(&wait, "wait", 3*time.Minute, "how long the queues may take")
	_ = command.MarkFlagRequired("collector-metrics")
	return command
}

func runDrain(ctx context.Context, s *streams, metrics string, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err := satellite.Drain(ctx, metrics, func(requests float64) { s.say("%.0f requests wait for the satellite", requests) })
	var undrained *satellite.UndrainedError
	if errors.As(err, &undrained) {
		s.say("%v", undrained)
		return errRefused
	}
	return err
}
