package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/hops"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// traceOptions are what the command line says of requests to follow.
type traceOptions struct {
	url, host string
	requests  int
}

func (o *traceOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.url, "trace", "", "send marked requests to `URL` through the gateway, and find the applications that do not forward the tracing headers")
	flags.StringVar(&o.host, "trace-host", "", "`name` of the host to ask for, by TLS too, where the URL has another, such as the gateway's address")
	flags.IntVar(&o.requests, "trace-requests", hops.DefaultRequests, "how many requests to send, one after the other")
}

// refuse finds a flag that would have no effect.
func (o *traceOptions) refuse(flags *pflag.FlagSet) error {
	if !flags.Changed("trace") {
		for _, name := range []string{"trace-host", "trace-requests"} {
			if flags.Changed(name) {
				return fmt.Errorf("--%s goes with --trace", name)
			}
		}
		return nil
	}
	for _, name := range []string{"all-namespaces", "ask", "parallel", "pod-timeout", "pause"} {
		if flags.Changed(name) {
			return fmt.Errorf("--%s and --trace exclude each other: requests are followed, no workload is asked", name)
		}
	}
	return nil
}

// parse reads the URL. An error does not repeat it: it may hold a password.
func (o *traceOptions) parse() (*url.URL, error) {
	u, err := url.Parse(o.url)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("--trace takes a URL such as http://GATEWAY/productpage")
	}
	if o.requests < 1 || o.requests > 1000 {
		return nil, fmt.Errorf("--trace-requests is %d: set it between 1 and 1000", o.requests)
	}
	return u, nil
}

// runDoctorTrace follows requests through the mesh.
func runDoctorTrace(ctx context.Context, s *streams, o *doctorOptions) error {
	target, err := o.trace.parse()
	if err != nil {
		return err
	}
	if o.satellite {
		return errors.New("--trace and --satellite exclude each other")
	}
	if o.meshNamespace != "" {
		return errors.New("--trace and -n exclude each other: a request goes where it goes")
	}
	return s.look(o, func() (told, string, error) {
		cluster, err := o.mesh.connect("doctor")
		if err != nil {
			return nil, "", err
		}
		result, err := s.follow(ctx, cluster, target, o)
		if err != nil {
			return nil, "", err
		}
		return result, result.URL, nil
	})
}

// follow reads the mesh, sends the requests and gives what became of them.
func (s *streams) follow(ctx context.Context, cluster *mesh.Cluster, target *url.URL, o *doctorOptions) (*hops.Report, error) {
	catalogue, err := finding.Load()
	if err != nil {
		return nil, err
	}
	d, err := doctor.New()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	progress := s.progress()
	defer progress.done()
	progress.tell("reading the mesh of %s", cluster.Host())
	snapshot, err := mesh.Read(ctx, cluster, mesh.Options{Revision: o.mesh.revision})
	if err != nil {
		return nil, err
	}
	result, err := hops.Run(ctx, cluster, snapshot, catalogue, hops.Options{
		URL: target, Host: o.trace.host, Agent: "istio-lightstep/" + version() + " doctor", Requests: o.trace.requests,
		Timeout: hops.DefaultTimeout, Wait: o.collector.Wait, Settle: hops.DefaultSettle,
		Told: func(what string) { progress.tell("%s", what) },
	})
	if err != nil {
		return nil, err
	}
	for _, plane := range d.Summarise(snapshot, nil, nil).Planes {
		if plane.Sampling != "" && !strings.HasPrefix(plane.Sampling, "100 %") {
			result.Notes = append(result.Notes, fmt.Sprintf("revision %s samples %s: of calls that begin a trace of their own only so many have spans, and an application that makes them may look as if it made none",
				plane.Revision, plane.Sampling))
		}
	}
	result.Cluster, result.Seconds = cluster.Host(), time.Since(begun).Seconds()
	return result, nil
}
