package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
)

// newDrain is the command of the chart's job before `helm uninstall`.
func newDrain(s *streams) *cobra.Command {
	var metrics string
	var replicas int
	var exporters []string
	var wait time.Duration
	command := &cobra.Command{
		Use:   "drain-collector",
		Short: "Wait until nothing is queued in the collectors (run by the chart, before it is uninstalled)",
		Long: "Asks the metrics of every collector until the queue of every exporter is empty, but for that of\n" +
			"collector.tap. A queue that proxies still send to counts as empty while under 1 % of it waits and its\n" +
			"exporter sends. The exit status is 1 if spans still wait at the end of --wait, or if that is unknown because\n" +
			"a collector has no address or does not answer: what it queued would stay behind.",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := refuseAddress("collector-metrics", metrics); err != nil {
				return err
			}
			return runDrain(command.Context(), s, metrics, replicas, exporters, wait)
		},
	}
	flags := command.Flags()
	flags.StringVar(&metrics, "collector-metrics", "", "`host:port` of the collectors' metrics; every address of the host is asked")
	flags.IntVar(&replicas, "replicas", 1, "how many collectors must answer")
	flags.StringSliceVar(&exporters, "exporter", []string{collector.Exporter}, "`names` of exporters whose queues must be told of")
	flags.DurationVar(&wait, "wait", 3*time.Minute, "how long the queues may take")
	_ = command.MarkFlagRequired("collector-metrics")
	return command
}

func runDrain(ctx context.Context, s *streams, metrics string, replicas int, exporters []string, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err := collector.Drain(ctx, metrics, replicas, exporters, func(waiting []collector.Waiting) {
		for _, w := range waiting {
			s.say("%s", w)
		}
	})
	var undrained *collector.UndrainedError
	if errors.As(err, &undrained) {
		s.say("%v", undrained)
		return errRefused
	}
	return err
}
