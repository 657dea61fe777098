// Command build makes, in the cache, the OpenTelemetry Collector, and the
// istioctl and oracle of Istio releases:
//
//	go run ./cmd/build             the releases of CI, or all with ALL=1
//	go run ./cmd/build 1.14 1.31   these minors
//
// It prints a line per release and ends with status 1 when one fails. A release
// that is there already costs nothing; a new one takes one to five minutes.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/otelcol"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := build(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func build(ctx context.Context, minors []string) error {
	releases := istio.Releases()
	if len(minors) > 0 {
		releases = nil
		for _, minor := range minors {
			release, err := istio.Find(minor)
			if err != nil {
				return err
			}
			releases = append(releases, release)
		}
	}
	start := time.Now()
	collector, built, err := otelcol.Build(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("collector %s: %s\n", note(built, start), collector.Path)
	for i, release := range releases {
		start := time.Now()
		tools, built, err := istio.Build(ctx, release)
		if err != nil {
			return err
		}
		fmt.Printf("[%d/%d] istio %s %s: %s\n", i+1, len(releases), release.Version, note(built, start), tools.Paths.Istioctl)
	}
	return nil
}

func note(built bool, start time.Time) string {
	if !built {
		return "cached"
	}
	return "built in " + time.Since(start).Round(time.Second).String()
}
