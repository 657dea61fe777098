package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	// Clusters of clouds log in by plugins and tokens of their own.
	_ "k8s.io/client-go/plugin/pkg/client/auth"
	"k8s.io/klog/v2"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// meshOptions are what the command line says of the cluster to look at.
type meshOptions struct {
	kubeconfig, context string
	everywhere          bool
	revision            string
	ask                 bool
	parallel            int
	podTimeout, pause   time.Duration
}

func (o *meshOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig `file` (default as kubectl)")
	flags.StringVar(&o.context, "context", "", "`name` of the kubeconfig's context (default the current one)")
	flags.BoolVarP(&o.everywhere, "all-namespaces", "A", false, "check the workloads of all namespaces (default without -n)")
	flags.StringVar(&o.revision, "revision", "", "check only the control plane of this `revision`")
	flags.BoolVar(&o.ask, "ask", true, "query one proxy of each workload, and the collectors, for what they export")
	flags.IntVar(&o.parallel, "parallel", doctor.DefaultParallel, "how many pods to query in parallel")
	flags.DurationVar(&o.podTimeout, "pod-timeout", doctor.DefaultTimeout, "how long a pod may take to answer")
	flags.DurationVar(&o.pause, "pause", doctor.DefaultPause, "how long to wait between the two queries of each pod")
}

// The flags that mean something for one of the two ways alone.
var (
	ofSatellite = []string{
		"values", "set", "set-string", "set-json", "set-file", "set-literal", "token-file", "ca-file",
		"collector", "collector-metrics", "collector-zipkin", "trace-id",
	}
	ofMesh = []string{"context", "kubeconfig", "all-namespaces", "revision", "ask", "parallel", "pod-timeout", "pause"}
)

// refuseFlags finds a flag that would have no effect, so that nobody takes a
// look at the mesh for one at their values.
func refuseFlags(flags *pflag.FlagSet, satellite bool) error {
	if satellite {
		for _, name := range ofMesh {
			if flags.Changed(name) {
				return fmt.Errorf("--%s and --satellite exclude each other: no cluster is looked at", name)
			}
		}
		return nil
	}
	for _, name := range ofSatellite {
		if flags.Changed(name) {
			return fmt.Errorf("--%s is for --satellite: a mesh is looked at as it is", name)
		}
	}
	return nil
}

// runDoctorMesh looks at the mesh of a cluster. An empty namespace stands for
// all.
func runDoctorMesh(ctx context.Context, s *streams, all *doctorOptions) error {
	if all.meshNamespace != "" && all.mesh.everywhere {
		return errors.New("-n and -A exclude each other")
	}
	return s.look(all, func() (told, string, error) {
		result, err := s.examine(ctx, &all.mesh, all.meshNamespace)
		if err != nil {
			return nil, "", err
		}
		return result, result.Cluster, nil
	})
}

// look tells what a look at a mesh found, with the name of what was looked at.
func (s *streams) look(o *doctorOptions, look func() (told, string, error)) error {
	if _, err := s.reporter(o.format); err != nil {
		return err // before the work, not after it
	}
	ignored, err := ignoredIDs(o.ignore, ignore.OfMesh)
	if err != nil {
		return err
	}
	result, target, err := look()
	if err != nil {
		return err
	}
	result.Ignore(ignored.Has, ignore.Flag)
	result.For(o.mesh.flagsFor("--context"), o.mesh.flagsFor("--kube-context"))
	if err := s.writeResult(result, target, o.format); err != nil {
		return err
	}
	switch {
	case result.Errors():
		return errRefused
	case result.Partial():
		return errFailed // what could not be looked at is no pass
	default:
		return nil
	}
}

// flagsFor writes what was said of the cluster, for another command's line. The
// context's flag is called differently by Helm.
func (o *meshOptions) flagsFor(contextFlag string) string {
	var flags []string
	if o.context != "" {
		flags = append(flags, finding.Quote(contextFlag+"="+o.context))
	}
	if o.kubeconfig != "" {
		flags = append(flags, finding.Quote("--kubeconfig="+o.kubeconfig))
	}
	return strings.Join(flags, " ")
}

// connect gives the cluster, to which requests tell the command they are of.
func (o *meshOptions) connect(command string) (*mesh.Cluster, error) {
	klog.SetLogger(klog.Logger{}) // what fails is told by us
	config, err := o.config()
	if err != nil {
		return nil, err
	}
	config.UserAgent = "istio-lightstep/" + version() + " " + command
	return mesh.NewCluster(config)
}

// examine reads the mesh, asks its pods and gives what was found.
func (s *streams) examine(ctx context.Context, o *meshOptions, namespace string) (*doctor.Result, error) {
	cluster, err := o.connect("doctor")
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
	snapshot, err := mesh.Read(ctx, cluster, mesh.Options{Namespace: namespace, Revision: o.revision})
	if err != nil {
		return nil, err
	}
	var seen *doctor.Observations
	if o.ask {
		seen = d.Observe(ctx, cluster, snapshot, doctor.Asking{
			Parallel: o.parallel, Timeout: o.podTimeout, Pause: o.pause,
			Asked: func(done, all int) { progress.tell("asking pods: %d of %d", done, all) },
		})
	}
	snapshot.At = time.Now()
	result := d.Summarise(snapshot, seen, d.Examine(snapshot, seen))
	result.Cluster, result.Seconds, result.Calls = cluster.Host(), time.Since(begun).Seconds(), cluster.Calls()
	return result, nil
}

// told is what was found, in each format.
type told interface {
	Ignore(ids func(string) bool, by string)
	For(kubectl, helm string)
	Errors() bool
	Partial() bool
	WriteText(w io.Writer, colour bool) error
	WriteJSON(w io.Writer) error
	Problems() []problem.Problem
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
}

// newDoctorConfigMap is the filter in the commands by which doctor mends a
// mesh config.
func newDoctorConfigMap(s *streams) *cobra.Command {
	var edit doctor.Edit
	command := &cobra.Command{
		Use:   "configmap",
		Short: "Change the YAML inside a ConfigMap, between kubectl get and kubectl replace",
		Long: "Reads a ConfigMap from standard input, changes the YAML document in one of its keys, and writes it\n" +
			"to standard output. Keeps comments and order. doctor prints commands that use it to fix a mesh config.",
		Example: "  kubectl get configmap istio -n istio-system -o yaml |\n" +
			"    istio-lightstep doctor configmap --key mesh --remove 'extensionProviders[name=old]' |\n" +
			"    kubectl replace -f -",
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
