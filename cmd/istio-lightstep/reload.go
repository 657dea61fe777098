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

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/listen"
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
		Use:   "reload-collector",
		Short: "Have the collector beside it read changed files again (run by the chart, in the collector's pod)",
		Long: "Watches files of CAs and of values. When one changes, the pod is taken out of its Service (the probe at --listen\n" +
			"answers 503), and after --drain the collector is told to read its configuration again. Replica N of a\n" +
			"StatefulSet waits N times as long, so that they go one after another.",
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
