package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/backend"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/hops"
)

func newDoctorTrace(s *streams) *cobra.Command {
	job := newMeshJob(s)
	options := hops.Options{
		Agent: "istio-lightstep/" + version() + " doctor", Timeout: hops.DefaultTimeout, Settle: hops.DefaultSettle,
	}
	command := &cobra.Command{
		Use:   "trace URL",
		Short: "Find the application that does not forward the tracing headers",
		Long: "Sends marked requests to a URL through the gateway, follows their spans, and reports which application\n" +
			"does not forward the tracing headers. Needs collector.tap.enabled of the chart.",
		Example: "  istio-lightstep doctor trace http://GATEWAY/productpage\n" +
			"  istio-lightstep doctor trace https://192.0.2.10/ --host shop.example.com --requests 20",
		RunE: func(command *cobra.Command, args []string) error {
			if err := parseRequests(&options, args); err != nil {
				return err
			}
			begun := time.Now()
			return job.look(command.Context(), "", func(read meshRead) (told, string, error) {
				result, err := follow(command.Context(), read, options)
				if err != nil {
					return nil, "", err
				}
				result.Cluster, result.Seconds = read.Host(), time.Since(begun).Seconds()
				return result, result.URL, nil
			})
		},
	}
	job.register(command, "follow requests in the control plane of this `revision`")
	flags := command.Flags()
	flags.StringVar(&options.Host, "host", "", "`name` of the host to ask for, also in TLS, if the URL has another, such as the gateway's address")
	flags.IntVar(&options.Requests, "requests", hops.DefaultRequests, "how many requests to send, one after the other")
	flags.DurationVar(&options.Wait, "wait", backend.DefaultWait, "how long to wait for the spans of the requests")
	return command
}

// parseRequests reads the URL. An error does not repeat it: it may hold a
// password.
func parseRequests(o *hops.Options, args []string) error {
	u, err := url.Parse(strings.Join(args, " "))
	if err != nil || len(args) != 1 || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("doctor trace takes a URL such as http://GATEWAY/productpage")
	}
	if o.Requests < 1 || o.Requests > 1000 {
		return fmt.Errorf("--requests is %d: set it between 1 and 1000", o.Requests)
	}
	o.URL = u
	return nil
}

// follow sends the requests and gives what became of them.
func follow(ctx context.Context, read meshRead, options hops.Options) (*hops.Report, error) {
	catalogue, err := finding.Load()
	if err != nil {
		return nil, err
	}
	options.Told = func(what string) { read.progress.tell("%s", what) }
	result, err := hops.Run(ctx, read, read.snapshot, catalogue, options)
	if err != nil {
		return nil, err
	}
	for _, plane := range read.doctor.Summarise(read.snapshot, nil, nil).Planes {
		if plane.Sampling != "" && !strings.HasPrefix(plane.Sampling, "100 %") {
			result.Notes = append(result.Notes, fmt.Sprintf("revision %s samples %s: of calls that begin a trace of their own only so many have spans, and an application that makes them may look as if it made none",
				plane.Revision, plane.Sampling))
		}
	}
	return result, nil
}
