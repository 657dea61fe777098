package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
	"github.com/istio-lightstep/istio-lightstep/internal/listen"
	"github.com/istio-lightstep/istio-lightstep/internal/relay"
	"github.com/istio-lightstep/istio-lightstep/internal/reload"
)

// maxConnections bounds the connections to the servers beside the collector,
// each of which takes some 20 KiB.
const maxConnections = 64

// newReload is the command of the container beside the collector.
func newReload(s *streams) *cobra.Command {
	options := reload.Options{Interval: 5 * time.Second}
	var address string
	command := &cobra.Command{
		Use:  "reload-collector",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			options.Delay = time.Duration(ordinal()) * (options.Drain + 30*time.Second)
			return serveReload(command.Context(), s, address, options)
		},
	}
	flags := command.Flags()
	flags.StringArrayVar(&options.CAs, "cacert", nil, "PEM `file` of a CA that the collector verifies a backend by (repeatable)")
	flags.StringArrayVar(&options.Values, "value", nil, "`file` that the collector puts into its configuration (repeatable)")
	flags.StringVar(&options.Config, "config", "/etc/otelcol/config.yaml", "the collector's configuration, as in its --config flag")
	flags.StringVar(&options.Health, "health", "http://"+collector.Loopback(collector.HealthPort)+"/", "URL of the collector's health check")
	flags.DurationVar(&options.Drain, "drain", 15*time.Second, "how long the pod is out of its Service before the collector reads again")
	flags.StringVar(&options.Replicas, "replicas-of", "", "headless Service of all collectors: one that is alone stays in its Service (default: there are others)")
	flags.StringVar(&address, "listen", ":8080", "address of the readiness probe")
	command.MarkFlagsOneRequired("cacert", "value")
	return command
}

// ordinal is the number of this replica: a StatefulSet's pods are named so.
func ordinal() int {
	name, err := os.Hostname()
	if err != nil {
		return 0
	}
	number, err := strconv.Atoi(name[strings.LastIndex(name, "-")+1:])
	if err != nil || number < 0 {
		return 0
	}
	return number
}

// serveReload watches, and answers the probe, until it is told to end.
func serveReload(ctx context.Context, s *streams, address string, options reload.Options) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	reloader := reload.New(options, slog.New(slog.NewTextHandler(s.err, nil)))
	var at net.ListenConfig
	listener, err := at.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("answer the readiness probe: %w", err)
	}
	server := listen.HTTP(reloader, 5*time.Second)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listen.Newest(listener, maxConnections)) }()
	go reloader.Run(ctx)
	select {
	case err := <-failed:
		return fmt.Errorf("answer the readiness probe: %w", err)
	case <-ctx.Done():
		return errors.Join(server.Close(), ignoreClosed(<-failed))
	}
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// newDrain is the command of the chart's job before `helm uninstall`.
func newDrain(s *streams) *cobra.Command {
	var metrics string
	var replicas int
	var exporters []string
	var wait time.Duration
	command := &cobra.Command{
		Use:  "drain-collector",
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

// newTap is the command of the container that doctor trace asks.
func newTap() *cobra.Command {
	var otlp, address string
	command := &cobra.Command{
		Use:  "tap-collector",
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

// newRelay is the command of the container that a collector sends to.
func newRelay() *cobra.Command {
	var config string
	command := &cobra.Command{
		Use:  "relay-collector",
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
