package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/compare"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// compareJob is what the flags of doctor compare say.
type compareJob struct {
	*streams
	options  compare.Options
	cluster  clusterFlags
	findings findingFlags
}

func newDoctorCompare(s *streams) *cobra.Command {
	job := &compareJob{streams: s, cluster: newClusterFlags()}
	job.cluster.Namespace = new("istio-system")
	job.findings.known = ignore.OfMesh
	command := &cobra.Command{
		Use:   "compare",
		Short: "Show whether the backends of a release take the same spans",
		Long: "Looks at the metrics of all collectors of a release for a while, and reports whether each backend took\n" +
			"every span: what was sent, refused, or did not fit in the queue, and what still waits. Waits for queues to be\n" +
			"empty before and after. A restart of a collector is noted. Prints text to standard error, and JSON or YAML to\n" +
			"standard output. The exit status is 0 if the backends took the same, 1 if they did not, and 2 if the counts\n" +
			"do not tell. Only reads.",
		Example: "  istio-lightstep doctor compare -n istio-system\n" +
			"  istio-lightstep doctor compare --for 10m --backend lightstep --backend honeycomb\n" +
			"  istio-lightstep doctor compare --spans 100000 -o json",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return job.run(command.Context()) },
	}
	job.cluster.register(command)
	registerFormat(command, &job.findings.format, resultFormats)
	flags := command.Flags()
	flags.Lookup("namespace").Usage, flags.Lookup("namespace").DefValue = "`namespace` of the release", "istio-system"
	flags.StringVar(&job.options.Release, "release", "", "`name` of the release, if the namespace has several")
	flags.StringSliceVar(&job.options.Backends, "backend", nil, "compare only this backend, by its `name` in the values (repeatable; default all)")
	flags.DurationVar(&job.options.For, "for", compare.DefaultFor, "how long to compare")
	flags.Float64Var(&job.options.Spans, "spans", 0, "end sooner, once each backend took this `number` of spans")
	flags.DurationVar(&job.options.Every, "every", compare.DefaultEvery, "how long to wait between two looks at the metrics")
	flags.DurationVar(&job.options.Settle, "settle", compare.DefaultSettle, "how long to wait for empty queues, before and after")
	flags.DurationVar(&job.options.Timeout, "pod-timeout", compare.DefaultTimeout, "how long a pod may take to answer")
	flags.StringSliceVar(&job.findings.ids, "ignore", nil, "leave out findings of this `ID`, and count them (repeatable)")
	_ = command.RegisterFlagCompletionFunc("ignore", completed(ignore.OfMesh))
	return command
}

func (j *compareJob) run(ctx context.Context) error {
	if !slices.Contains(resultFormats, j.findings.format) {
		return fmt.Errorf("unknown output format %q: use one of %s", terminal.Safe(j.findings.format), strings.Join(resultFormats, ", "))
	}
	if err := j.bounds(); err != nil {
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
	report, err := compare.Run(ctx, cluster, catalogue, j.options)
	if err != nil {
		return err
	}
	progress.done()
	report.Cluster = cluster.Host()
	report.Ignore(ignored.Has, ignore.Flag)
	report.For(j.cluster.forKubectl())
	if err := j.write(report); err != nil {
		return err
	}
	switch {
	case report.Errors():
		return errRefused
	case report.Partial():
		return errFailed
	}
	return nil
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

func (j *compareJob) write(report *compare.Report) error {
	switch j.findings.format {
	case "json":
		return terminal.WriteJSON(j.out, report)
	case "yaml":
		text, err := yaml.Marshal(report)
		if err != nil {
			return err
		}
		_, err = j.out.Write(text)
		return err
	}
	return report.WriteText(j.err, j.colour)
}
