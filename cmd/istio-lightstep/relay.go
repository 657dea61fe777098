package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/listen"
	"github.com/istio-lightstep/istio-lightstep/internal/relay"
)

// newRelay is the command of the container that a collector sends to.
func newRelay() *cobra.Command {
	var config string
	command := &cobra.Command{
		Use:   "relay-collector",
		Short: "Pass spans on to the backends, and have the collector keep what they refuse (run by the chart, in the collector's pod)",
		Long: "Takes OTLP on the pod's loopback, at a port for each backend, and passes it on, with the access token and the CA as\n" +
			"their files are now. Where a backend refuses for a reason that somebody can mend, such as a wrong token, the\n" +
			"collector is told to send again: by itself it would drop the spans.",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			text, err := bounded.File(config, bounded.Document)
			if err != nil {
				return err
			}
			options, err := relay.ReadOptions(text)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(command.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return relayAll(ctx, options)
		},
	}
	command.Flags().StringVar(&config, "config", "/etc/otelcol/"+collector.RelayConfig, "`file` that says where to take spans and where to send them")
	_ = command.MarkFlagFilename("config", "yaml")
	return command
}

// relayAll passes spans on to everything that the options name, until one of
// these ends.
func relayAll(ctx context.Context, options relay.Options) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var relays []func() error
	add := func(address string, serve func(net.Listener) error) {
		relays = append(relays, func() error {
			defer stop()
			var at net.ListenConfig
			listener, err := at.Listen(ctx, "tcp", address)
			if err != nil {
				return fmt.Errorf("take spans: %w", err)
			}
			return serve(listen.Newest(listener, maxConnections))
		})
	}
	if options.Listen != "" {
		add(options.Listen, func(at net.Listener) error { return relay.Serve(ctx, at, options) })
	}
	for _, backend := range options.Backends {
		add(backend.Listen, func(at net.Listener) error { return relay.ServeBackend(ctx, at, options, backend) })
	}
	ended := make(chan error)
	for _, relay := range relays {
		go func() { ended <- relay() }()
	}
	var errs []error
	for range relays {
		errs = append(errs, <-ended)
	}
	return errors.Join(errs...)
}
