// Command bookinfo is one workload of the Bookinfo stand-in: see the package
// above it for the environment it reads.
//
//	bookinfo [-role details-v1] [-propagation 1.16.2] [-listen :9080]
//
// The flags come before BOOKINFO_ROLE and BOOKINFO_PROPAGATION. SIGTERM and
// SIGINT end it once its requests are answered.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/istio-lightstep/istio-lightstep/test/bookinfo"
)

func main() { os.Exit(start()) }

// start runs until a signal and gives the process's exit code.
func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bookinfo:", err)
		return 1
	}
	return 0
}

// run serves until ctx ends and writes its log to out.
func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("bookinfo", flag.ContinueOnError)
	role := flags.String("role", getenv("BOOKINFO_ROLE"), "workload to be")
	propagation := flags.String("propagation", getenv("BOOKINFO_PROPAGATION"), "image version whose headers are forwarded")
	listen := flags.String("listen", ":9080", "address to serve on")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	config, err := bookinfo.ConfigFromEnv(func(name string) string {
		switch name {
		case "BOOKINFO_ROLE":
			return *role
		case "BOOKINFO_PROPAGATION":
			return *propagation
		default:
			return getenv(name)
		}
	})
	if err != nil {
		return err
	}
	config.Log = slog.New(slog.NewTextHandler(out, nil))
	handler, err := bookinfo.NewHandler(config)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	config.Log.Info("serving", "role", *role, "propagation", string(config.Propagation), "address", listener.Addr().String())
	if err := bookinfo.Serve(ctx, listener, handler, bookinfo.Grace); err != nil {
		return err
	}
	config.Log.Info("stopped", "role", *role)
	return nil
}
