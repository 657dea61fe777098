package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor"
	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

func newDoctor(s *streams) *cobra.Command {
	command := &cobra.Command{
		Use:                   "doctor",
		DisableFlagsInUseLine: true,
		Args:                  unknownCommand,
		RunE: func(command *cobra.Command, _ []string) error {
			command.SetOut(s.err)
			return errors.Join(command.Help(), errFailed)
		},
	}
	command.AddCommand(newDoctorMesh(s), newDoctorBackend(s), newDoctorTrace(s), newDoctorCompare(s), newDoctorConfigMap(s))
	return command
}

// findingFlags say how findings are reported, and which are not.
type findingFlags struct {
	format string
	ids    []string
	known  func() ([]string, error)
}

func (f *findingFlags) register(command *cobra.Command, known func() ([]string, error), formats []string) {
	f.known = known
	registerFormat(command, &f.format, formats)
	command.Flags().StringSliceVar(&f.ids, "ignore", nil, "leave out findings of this `ID`, and count them (repeatable)")
	_ = command.RegisterFlagCompletionFunc("ignore", completed(known))
}

// ignored reads --ignore, against the ids that are known.
func (f *findingFlags) ignored() (ignore.IDs, error) {
	if len(f.ids) == 0 {
		return nil, nil
	}
	ids, err := f.known()
	if err != nil {
		return nil, err
	}
	return ignore.Parse(f.ids, ids)
}

// ignoreProblems marks the problems that are ignored.
func ignoreProblems(problems []problem.Problem, ids ignore.IDs) {
	for i := range problems {
		if ids.Has(problems[i].ID) {
			problems[i].IgnoredBy = ignore.Flag
		}
	}
}

// told is what was found in a cluster, in each format.
type told interface {
	Ignore(ids func(string) bool, by string)
	For(kubectl, helm, istioctl string)
	Errors() bool
	Partial() bool
	WriteText(w io.Writer, colour bool) error
	WriteJSON(w io.Writer) error
	Problems() []problem.Problem
}

// meshJob is what the command line says of a mesh to look at.
type meshJob struct {
	*streams
	findingFlags
	cluster  clusterFlags
	revision string
	istio    string // a namespace that runs a control plane
}

func newMeshJob(s *streams) meshJob { return meshJob{streams: s, cluster: newClusterFlags()} }

func (j *meshJob) register(command *cobra.Command, revisionUsage string) {
	j.cluster.register(command)
	j.findingFlags.register(command, ignore.OfMesh, report.Formats())
	command.Flags().StringVar(&j.revision, "revision", "", revisionUsage)
	command.Flags().StringVar(&j.istio, "istio-namespace", "", "`namespace` of a control plane that no webhook of Istio leads to")
}

// meshRead is a mesh that was read, and the means to find out more.
type meshRead struct {
	*mesh.Cluster
	doctor   *doctor.Doctor
	snapshot *mesh.Snapshot
	progress *progress
}

// look reads the mesh and has it looked at, and tells what was found, with the
// name of what was looked at. Without a namespace it is all of them.
func (j *meshJob) look(ctx context.Context, namespace string, examine func(meshRead) (told, string, error)) error {
	if _, err := j.reporter(j.format); err != nil {
		return err // before the work, not after it
	}
	ignored, err := j.ignored()
	if err != nil {
		return err
	}
	cluster, err := j.cluster.connect("doctor")
	if err != nil {
		return err
	}
	d, err := doctor.New()
	if err != nil {
		return err
	}
	progress := j.progress()
	defer progress.done()
	progress.tell("reading the mesh of %s", cluster.Host())
	snapshot, err := mesh.Read(ctx, cluster, mesh.Options{Namespace: namespace, Revision: j.revision, IstioNamespace: j.istio})
	if err != nil {
		return err
	}
	result, target, err := examine(meshRead{cluster, d, snapshot, progress})
	if err != nil {
		return err
	}
	progress.done()
	result.Ignore(ignored.Has, ignore.Flag)
	result.For(j.cluster.forKubectl(), j.cluster.forHelm(), j.cluster.forIstioctl())
	if err := j.writeResult(result, target, j.format); err != nil {
		return err
	}
	return verdict(result)
}

// verdict gives the error for what was found.
func verdict(result interface {
	Errors() bool
	Partial() bool
},
) error {
	switch {
	case result.Errors():
		return errRefused
	case result.Partial():
		return errFailed // what could not be looked at is no pass
	}
	return nil
}

// writeResult writes text to standard error, as check does, and the formats
// for other tools to standard output. The target is what was looked at.
func (s *streams) writeResult(result told, target, format string) error {
	switch format {
	case report.Text:
		return result.WriteText(s.err, s.colour)
	case report.JSON:
		return result.WriteJSON(s.out)
	}
	writer, err := report.New(format, s.out, report.WithVersion(version()))
	if err != nil {
		return err
	}
	return errors.Join(writer.Target(target, result.Problems()), writer.Close())
}

// progress is one line that tells on a terminal how far the work is.
type progress struct {
	w     io.Writer
	shown bool
}

func (s *streams) progress() *progress {
	if !isTerminal(s.err) || os.Getenv("TERM") == "dumb" {
		return &progress{w: io.Discard}
	}
	return &progress{w: s.err}
}

func (p *progress) tell(format string, args ...any) {
	p.shown = true
	_, _ = fmt.Fprint(p.w, "\r\x1b[K"+terminal.Safe(fmt.Sprintf(format, args...)))
}

// done takes the line away.
func (p *progress) done() {
	if p.shown {
		_, _ = fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.shown = false
}

func newDoctorMesh(s *streams) *cobra.Command {
	job := newMeshJob(s)
	job.cluster.Namespace = new(string)
	var everywhere, ask bool
	var asking doctor.Asking
	command := &cobra.Command{
		Use:  "mesh",
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

// newDoctorConfigMap is the filter in the commands by which doctor mends a
// mesh config.
func newDoctorConfigMap(s *streams) *cobra.Command {
	var edit doctor.Edit
	command := &cobra.Command{
		Use:  "configmap",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			in, err := bounded.Read(s.in, bounded.Document)
			if err != nil {
				return fmt.Errorf("read the ConfigMap: %w", err)
			}
			out, err := edit.Apply(in)
			if err != nil {
				return err
			}
			_, err = s.out.Write(out)
			return err
		},
	}
	flags := command.Flags()
	flags.StringVar(&edit.Key, "key", "mesh", "`key` of the ConfigMap's data")
	flags.StringArrayVar(&edit.Remove, "remove", nil, "remove `path`: a.b, or a[name=x] for an item of a list (repeatable)")
	flags.StringArrayVar(&edit.Append, "append", nil, "add an item to a list: `path=value` (repeatable)")
	return command
}
