// Command images makes the images of the table images.yaml, and loads them into
// a kind cluster:
//
//	images list                           what there is, and what of it is made
//	images build [NAME...]                make these, or all
//	images load --name CLUSTER [NAME...]  make these, or all, and load them
//
// A name is an image's full name, or its last part, with or without the tag. The
// archives lie in the cache that ISTIO_LIGHTSTEP_CACHE names. With IMAGES=pull,
// Docker pulls the images in place of their being built.
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

	"github.com/istio-lightstep/istio-lightstep/test/images"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv("IMAGES"), os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: images list | build [NAME...] | load --name CLUSTER [NAME...]")

func run(ctx context.Context, args []string, origin string, out io.Writer) error {
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
		_, err := archives(ctx, origin, cache, args, out)
		return err
	case "load":
		flags := flag.NewFlagSet("load", flag.ContinueOnError)
		cluster := flags.String("name", "istio-lightstep", "kind `cluster`")
		if err := flags.Parse(args); err != nil {
			return err
		}
		made, err := archives(ctx, origin, cache, flags.Args(), out)
		if err != nil {
			return err
		}
		return images.Load(ctx, *cluster, made, out)
	default:
		return fmt.Errorf("no command %q, %w", command, errUsage)
	}
}

func archives(ctx context.Context, origin, cache string, names []string, out io.Writer) ([]images.Archive, error) {
	switch origin {
	case "", "build":
		return images.Build(ctx, cache, names, out)
	case "pull":
		return images.Pull(ctx, cache, names, out)
	default:
		return nil, fmt.Errorf("IMAGES=%s: it is build or pull", origin)
	}
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
