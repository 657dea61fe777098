package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor"
	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// meshJob is what the flags of doctor mesh say.
type meshJob struct {
	*streams
	cluster  clusterFlags
	findings findingFlags
	revision string
	ask      bool
	asking   doctor.Asking
}

func newDoctorMesh(s *streams) *cobra.Command {
	job := &meshJob{streams: s, cluster: newClusterFlags()}
	job.cluster.Namespace = new(string)
	var everywhere bool
	command := &cobra.Command{
		Use:   "mesh",
		Short: "Check the live mesh of a cluster",
		Long: "Reads the mesh of the kubeconfig's cluster, and reports where spans are lost, why, and which command fixes\n" +
			"it. Prints text to standard error, and the formats for other tools to standard output. The exit status is\n" +
			"1 if spans are lost, and 2 if a part of the mesh could not be checked. Only reads.",
		Example: "  istio-lightstep doctor mesh\n" +
			"  istio-lightstep doctor mesh -n shop -o json\n" +
			"  istio-lightstep doctor mesh --context prod --ignore LS-PROXY-OLD",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if *job.cluster.Namespace != "" && everywhere {
				return errors.New("-n and -A exclude each other")
			}
			return s.look(job.cluster, &job.findings, func() (told, string, error) {
				result, err := job.examine(command.Context())
				if err != nil {
					return nil, "", err
				}
				return result, result.Cluster, nil
			})
		},
	}
	job.cluster.register(command)
	job.findings.register(command, ignore.OfMesh)
	flags := command.Flags()
	flags.BoolVarP(&everywhere, "all-namespaces", "A", false, "check the workloads of all namespaces (the default)")
	flags.StringVar(&job.revision, "revision", "", "check only the control plane of this `revision`")
	flags.BoolVar(&job.ask, "ask", true, "query one proxy of each workload, and the collectors, for what they export")
	flags.IntVar(&job.asking.Parallel, "parallel", doctor.DefaultParallel, "how many pods to query in parallel")
	flags.DurationVar(&job.asking.Timeout, "pod-timeout", doctor.DefaultTimeout, "how long a pod may take to answer")
	flags.DurationVar(&job.asking.Pause, "pause", doctor.DefaultPause, "how long to wait between the two queries of each pod")
	return command
}

// examine reads the mesh, asks its pods and gives what was found.
func (j *meshJob) examine(ctx context.Context) (*doctor.Result, error) {
	cluster, err := j.cluster.connect("doctor")
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
	snapshot, err := mesh.Read(ctx, cluster, mesh.Options{Namespace: *j.cluster.Namespace, Revision: j.revision})
	if err != nil {
		return nil, err
	}
	var seen *doctor.Observations
	if j.ask {
		j.asking.Asked = func(done, all int) { progress.tell("querying pods: %d of %d", done, all) }
		seen = d.Observe(ctx, cluster, snapshot, j.asking)
	}
	snapshot.At = time.Now()
	result := d.Summarise(snapshot, seen, d.Examine(snapshot, seen))
	result.Cluster, result.Seconds, result.Calls = cluster.Host(), time.Since(begun).Seconds(), cluster.Calls()
	return result, nil
}
