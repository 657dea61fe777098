package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/backend"
	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/compare"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/hops"
	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
)

// compareJob is what the flags of doctor compare say.
type compareJob struct {
	*streams
	options  compare.Options
	has      []string // files with what backends have, as NAME=FILE
	cluster  clusterFlags
	findings findingFlags
}

func newDoctorCompare(s *streams) *cobra.Command {
	job := &compareJob{streams: s, cluster: newClusterFlags()}
	job.cluster.Namespace = new("istio-system")
	command := &cobra.Command{
		Use:  "compare",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return job.run(command.Context()) },
	}
	job.cluster.register(command)
	job.findings.register(command, ignore.OfMesh, resultFormats)
	flags := command.Flags()
	flags.Lookup("namespace").Usage, flags.Lookup("namespace").DefValue = "`namespace` of the release", "istio-system"
	flags.StringVar(&job.options.Release, "release", "", "`name` of the release, if the namespace has several")
	flags.StringArrayVar(&job.has, "has", nil, "compare by trace IDs: `NAME=FILE` with what backend NAME shows of its traces (repeatable; needs collector.tap.enabled)")
	flags.StringSliceVar(&job.options.Backends, "backend", nil, "compare only this backend, by its `name` in the values (repeatable; default all)")
	flags.DurationVar(&job.options.For, "for", compare.DefaultFor, "how long to compare: 10m or more for a verdict on a mesh with steady traffic")
	flags.Float64Var(&job.options.Spans, "spans", 0, "end sooner, once each backend took this `number` of spans")
	flags.DurationVar(&job.options.Every, "every", compare.DefaultEvery, "how long to wait between two looks at the metrics")
	flags.DurationVar(&job.options.Settle, "settle", compare.DefaultSettle, "how long to wait for empty queues, before and after")
	flags.DurationVar(&job.options.Timeout, "pod-timeout", compare.DefaultTimeout, "how long a pod may take to answer")
	for _, name := range []string{"backend", "for", "spans", "every", "ignore"} {
		command.MarkFlagsMutuallyExclusive("has", name)
	}
	return command
}

func (j *compareJob) run(ctx context.Context) error {
	exports, err := j.exports()
	if err := cmp.Or(knownFormat(j.findings.format), j.bounds(), err); err != nil {
		return err
	}
	ignored, err := j.findings.ignored()
	if err != nil {
		return err
	}
	catalogue, err := finding.Load()
	if err != nil {
		return err
	}
	cluster, err := j.cluster.connect("doctor")
	if err != nil {
		return err
	}
	progress := j.progress()
	defer progress.done()
	j.options.Namespace = *j.cluster.Namespace
	j.options.Told = func(what string) { progress.tell("%s", what) }
	if len(exports) > 0 {
		report, err := compare.ByTraceIDs(ctx, cluster, exports, j.options)
		if err != nil {
			return err
		}
		progress.done()
		report.Cluster = cluster.Host()
		if err := j.writeFormat(j.findings.format, report, func() error { return report.WriteText(j.err, j.colour) }); err != nil {
			return err
		}
		return verdict(report)
	}
	report, err := compare.Run(ctx, cluster, catalogue, j.options)
	if err != nil {
		return err
	}
	progress.done()
	report.Cluster = cluster.Host()
	report.Ignore(ignored.Has, ignore.Flag)
	report.For(j.cluster.forKubectl())
	if err := j.writeFormat(j.findings.format, report, func() error { return report.WriteText(j.err, j.colour) }); err != nil {
		return err
	}
	return verdict(report)
}

// exports reads what backends show of their traces.
func (j *compareJob) exports() ([]compare.Export, error) {
	var all []compare.Export
	for _, given := range j.has {
		name, file, found := strings.Cut(given, "=")
		if !found || name == "" || file == "" {
			return nil, errors.New("--has takes NAME=FILE, such as honeycomb=traces.json")
		}
		text, err := bounded.File(file, bounded.Document)
		if err != nil {
			return nil, err
		}
		all = append(all, compare.Export{Backend: name, Text: text})
	}
	return all, nil
}

// bounds refuses times that no comparison can have.
func (j *compareJob) bounds() error {
	var wrong []error
	for _, f := range []struct {
		flag  string
		given bool
	}{
		{"for", j.options.For > 0},
		{"every", j.options.Every > 0},
		{"settle", j.options.Settle >= 0},
		{"pod-timeout", j.options.Timeout > 0},
		{"spans", j.options.Spans >= 0},
	} {
		if !f.given {
			wrong = append(wrong, fmt.Errorf("--%s must be positive", f.flag))
		}
	}
	return errors.Join(wrong...)
}

func newDoctorTrace(s *streams) *cobra.Command {
	job := newMeshJob(s)
	options := hops.Options{
		Agent: "istio-lightstep/" + version() + " doctor", Timeout: hops.DefaultTimeout, Settle: hops.DefaultSettle,
	}
	command := &cobra.Command{
		Use: "trace URL",
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
