package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor"
)

func newDoctorMesh(s *streams) *cobra.Command {
	job := newMeshJob(s)
	job.cluster.Namespace = new(string)
	var everywhere, ask bool
	var asking doctor.Asking
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
			if everywhere && command.Flags().Changed("namespace") {
				return errors.New("-n and -A exclude each other")
			}
			if everywhere {
				*job.cluster.Namespace = "" // where Helm named one
			}
			begun := time.Now()
			return job.look(command.Context(), *job.cluster.Namespace, func(read meshRead) (told, string, error) {
				var seen *doctor.Observations
				if ask {
					asking.Asked = func(done, all int) { read.progress.tell("querying pods: %d of %d", done, all) }
					seen = read.doctor.Observe(command.Context(), read.Cluster, read.snapshot, asking)
				}
				read.snapshot.At = time.Now()
				result := read.doctor.Summarise(read.snapshot, seen, read.doctor.Examine(read.snapshot, seen))
				result.Cluster, result.Seconds, result.Calls = read.Host(), time.Since(begun).Seconds(), read.Calls()
				return result, result.Cluster, nil
			})
		},
	}
	job.register(command, "check only the control plane of this `revision`")
	flags := command.Flags()
	flags.BoolVarP(&everywhere, "all-namespaces", "A", false, "check the workloads of all namespaces (the default)")
	flags.BoolVar(&ask, "ask", true, "query one proxy of each workload, and the collectors, for what they export")
	flags.IntVar(&asking.Parallel, "parallel", doctor.DefaultParallel, "how many pods to query in parallel")
	flags.DurationVar(&asking.Timeout, "pod-timeout", doctor.DefaultTimeout, "how long a pod may take to answer")
	flags.DurationVar(&asking.Pause, "pause", doctor.DefaultPause, "how long to wait between the two queries of each pod")
	return command
}
