// Command images makes the images of the table images.yaml, and loads them into
// a kind cluster:
//
//	images list                           what there is, and what of it is made
//	images build [NAME...]                make these, or all
//	images load --name CLUSTER [NAME...]  make these, or all, and load them
//	images serve --at HOST:PORT [NAME...] make these, or all, and be a registry that has
//	                                      them under their official names, until interrupted
//
// A name is an image's full name, or its last part, with or without the tag. The
// archives lie in the cache that ISTIO_LIGHTSTEP_CACHE names.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"

	"github.com/istio-lightstep/istio-lightstep/test/offline/images"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: images list | build [NAME...] | load --name CLUSTER [NAME...] | serve --at HOST:PORT [NAME...]")

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	cache, err := images.Cache()
	if err != nil {
		return err
	}
	command, args := args[0], args[1:]
	switch command {
	case "list":
		return list(ctx, cache, out)
	case "build":
		_, err := images.Build(ctx, cache, args, out)
		return err
	case "load":
		flags := flag.NewFlagSet("load", flag.ContinueOnError)
		cluster := flags.String("name", "istio-lightstep", "kind `cluster`")
		if err := flags.Parse(args); err != nil {
			return err
		}
		made, err := images.Build(ctx, cache, flags.Args(), out)
		if err != nil {
			return err
		}
		return images.Load(ctx, *cluster, made, out)
	case "serve":
		return serve(ctx, cache, args, out)
	default:
		return fmt.Errorf("no command %q, %w", command, errUsage)
	}
}

// serve builds images and serves them from a folder that is gone afterwards.
func serve(ctx context.Context, cache string, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	address := flags.String("at", "127.0.0.1:5000", "`host:port` to listen at")
	if err := flags.Parse(args); err != nil {
		return err
	}
	made, err := images.Build(ctx, cache, flags.Args(), out)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp(cache, "registry-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // in the cache, which clean removes
	return images.Serve(ctx, *address, folder, made, out)
}

func list(ctx context.Context, cache string, out io.Writer) error {
	found, err := images.Find(ctx, cache, nil)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "IMAGE\tBUILD\tMADE\tFOR")
	for _, archive := range found {
		made := "no"
		if archive.Cached {
			made = "yes"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", archive.Image.Name, archive.Image.Build, made, archive.Image.For)
	}
	return table.Flush()
}
