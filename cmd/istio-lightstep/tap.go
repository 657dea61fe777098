package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
	"github.com/istio-lightstep/istio-lightstep/internal/listen"
)

// newTap is the command of the container that doctor trace asks.
func newTap() *cobra.Command {
	var otlp, address string
	command := &cobra.Command{
		Use:   "tap-collector",
		Short: "Let doctor trace see the spans that pass the collector (run by the chart, in the collector's pod)",
		Long: "Takes a copy of every span by OTLP/gRPC, keeps the names, ids and times of the last of them in memory, and\n" +
			"shows those to doctor trace by HTTP. Both addresses are to be on the pod's loopback.",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(command.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return serveTap(ctx, tap.New(tap.Kept), otlp, address)
		},
	}
	flags := command.Flags()
	flags.StringVar(&otlp, "otlp", collector.Loopback(collector.TapTakesPort), "`address` to take spans at")
	flags.StringVar(&address, "listen", collector.Loopback(collector.TapShowsPort), "`address` to show them at")
	return command
}

// serveTap takes and shows spans until it is told to end.
func serveTap(ctx context.Context, t *tap.Tap, otlp, address string) error {
	var at net.ListenConfig
	spans, err := at.Listen(ctx, "tcp", otlp)
	if err != nil {
		return fmt.Errorf("take spans: %w", err)
	}
	shown, err := at.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("show spans: %w", errors.Join(err, spans.Close()))
	}
	taken := grpc.NewServer(grpc.ConnectionTimeout(5 * time.Second))
	collectortrace.RegisterTraceServiceServer(taken, t)
	defer taken.Stop()
	server := listen.HTTP(t, time.Minute)
	failed := make(chan error, 2)
	// One client, the collector.
	go func() { failed <- taken.Serve(listen.Newest(spans, 8)) }()
	go func() { failed <- server.Serve(listen.Newest(shown, maxConnections)) }()
	select {
	case err := <-failed:
		return fmt.Errorf("show spans: %w", errors.Join(err, server.Close()))
	case <-ctx.Done():
		return server.Close()
	}
}
