// Command release makes a release: see package release. make release runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/istio-lightstep/istio-lightstep/cmd/release"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o := release.Options{Helm: os.Getenv("HELM4"), Cosign: os.Getenv("COSIGN"), Out: os.Stderr}
	commit := flag.Bool("commit", false, "write the version into the files that name it, and end")
	flag.StringVar(&o.Root, "root", "../..", "the `folder` of the repository")
	flag.StringVar(&o.Version, "version", "", "the `version`, such as 0.1.0")
	flag.StringVar(&o.Registry, "registry", "", "the `registry` to push to, such as ghcr.io/istio-lightstep")
	flag.StringVar(&o.Dist, "dist", "", "the `folder` to make")
	flag.StringVar(&o.Key, "key", "", "cosign's private key; keyless without it")
	flag.StringVar(&o.PGPKey, "pgp-key", "", "the OpenPGP key that signs chart and plugin, its passphrase in PGP_PASSPHRASE; a dry run needs the public key alone")
	flag.BoolVar(&o.Dry, "dry", false, "neither sign nor push")
	flag.Parse()
	if *commit {
		return release.WriteVersion(o.Root, o.Version)
	}
	return release.Run(ctx, o)
}
