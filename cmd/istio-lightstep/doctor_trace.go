package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/hops"
	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/satellite"
)

// traceJob is what the command line says of requests to follow.
type traceJob struct {
	*streams
	cluster  clusterFlags
	findings findingFlags
	revision string
	options  hops.Options
}

func newDoctorTrace(s *streams) *cobra.Command {
	job := &traceJob{streams: s, cluster: newClusterFlags()}
	command := &cobra.Command{
		Use:   "trace URL",
		Short: "Find the application that does not forward the tracing headers",
		Long: "Sends marked requests to a URL through the gateway, follows their spans, and reports which application\n" +
			"does not forward the tracing headers. Needs collector.tap.enabled of the chart.",
		Example: "  istio-lightstep doctor trace http://GATEWAY/productpage\n" +
			"  istio-lightstep doctor trace https://192.0.2.10/ --host shop.example.com --requests 20",
		RunE: func(command *cobra.Command, args []string) error {
			if err := job.parse(args); err != nil {
				return err
			}
			return s.look(job.cluster, &job.findings, func() (told, string, error) {
				result, err := job.follow(command.Context())
				if err != nil {
					return nil, "", err
				}
				return result, result.URL, nil
			})
		},
	}
	job.cluster.register(command)
	job.findings.register(command, ignore.OfMesh)
	flags := command.Flags()
	flags.StringVar(&job.revision, "revision", "", "follow requests in the control plane of this `revision`")
	flags.StringVar(&job.options.Host, "host", "", "`name` of the host to ask for, also in TLS, if the URL has another, such as the gateway's address")
	flags.IntVar(&job.options.Requests, "requests", hops.DefaultRequests, "how many requests to send, one after the other")
	flags.DurationVar(&job.options.Wait, "wait", satellite.DefaultWait, "how long to wait for the spans of the requests")
	return command
}

// parse reads the URL. An error does not repeat it: it may hold a password.
func (j *traceJob) parse(args []string) error {
	u, err := url.Parse(strings.Join(args, " "))
	if err != nil || len(args) != 1 || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("doctor trace takes a URL such as http://GATEWAY/productpage")
	}
	if j.options.Requests < 1 || j.options.Requests > 1000 {
		return fmt.Errorf("--requests is %d: set it between 1 and 1000", j.options.Requests)
	}
	j.options.URL = u
	return nil
}

// follow reads the mesh, sends the requests and gives what became of them.
func (j *traceJob) follow(ctx context.Context) (*hops.Report, error) {
	cluster, err := j.cluster.connect("doctor")
	if err != nil {
		return nil, err
	}
	catalogue, err := finding.Load()
	if err != nil {
		return nil, err
	}
	d, err := doctor.New()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	progress := j.progress()
	defer progress.done()
	progress.tell("reading the mesh of %s", cluster.Host())
	snapshot, err := mesh.Read(ctx, cluster, mesh.Options{Revision: j.revision})
	if err != nil {
		return nil, err
	}
	j.options.Agent = "istio-lightstep/" + version() + " doctor"
	j.options.Timeout, j.options.Settle = hops.DefaultTimeout, hops.DefaultSettle
	j.options.Told = func(what string) { progress.tell("%s", what) }
	result, err := hops.Run(ctx, cluster, snapshot, catalogue, j.options)
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
