package main

import (
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
		Short: "Pass spans on to the satellite, and have the collector keep what it refuses (run by the chart, in the collector's pod)",
		Long: "Takes OTLP/gRPC on the pod's loopback and passes it on to the satellite, with the access token and the CA as\n" +
			"their files are now. Where the satellite refuses for a reason that somebody can mend, such as a wrong token, the\n" +
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
			var at net.ListenConfig
			listener, err := at.Listen(ctx, "tcp", options.Listen)
			if err != nil {
				return fmt.Errorf("take spans: %w", err)
			}
			return relay.Serve(ctx, listen.Newest(listener, maxConnections), options)
		},
	}
	command.Flags().StringVar(&config, "config", "/etc/otelcol/"+collector.RelayConfig, "`file` that says where to take spans and where to send them")
	_ = command.MarkFlagFilename("config", "yaml")
	return command
}
